"""Four starting noises, one prompt: which of them becomes what it asks for?"""

from collections.abc import Iterator

import numpy as np

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.naming import listed, match, name_pictures
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing, side_by_side, start_of
from tdiff.lessons.core.rewording import shortened, usable

_BLUEST, _ALL, _SOME, _NONE = range(4)


def four_squares(bench: Bench) -> Iterator[Outcome]:
    """Make the bench's prompt from the static of four seeds, and have the finished pictures named.

    The prompt is that of the bench, so that what the card speaks of is what stands there; one without a thing to
    name gives way to a plain one.
    """
    prompt, wanted = usable(bench.recipe.prompt, "noun")
    recipe = bench.plain(prompt=prompt)
    trace = bench.pipeline.trace(recipe, count=4)
    yield from playing(trace, [f"square {n}" for n in range(1, 5)])

    names = name_pictures(trace.final, [wanted.reads] * 4)
    fits = match(bench.pipeline, prompt, trace.final)
    blue = (start_of(trace.run).argmax(axis=-1) == 2).mean(axis=(1, 2))  # share of pixels where blue is strongest
    bluest = int(np.argmax(blue))
    titles = [f"{n}: {name}" for n, name in enumerate(names, 1)]
    rows = [
        (str(n), f"{share:.0%}", name, f"{fit:.2f}")
        for n, (share, name, fit) in enumerate(zip(blue, names, fits, strict=True), 1)
    ]
    yield Outcome(
        panes=side_by_side(titles, trace.final, [f"seed {seed}" for seed in trace.run.seeds]),
        values={
            "named": sum(name == wanted.reads for name in names),
            "noun": wanted.reads,
            "prompt": shortened(prompt, 50),
            "names": listed(names),
            "bluest": bluest + 1,
            "guidance": recipe.guidance,
        },
        answer=_answer(names, wanted.reads, bluest),
        table=(("square", "blue", "called", "fits"), *rows),
    )


def _answer(names: tuple[str, ...], wanted: str, bluest: int) -> int:
    right = [place for place, name in enumerate(names) if name == wanted]
    if not right:
        return _NONE
    if len(right) >= len(names) - 1:
        return _ALL
    return _BLUEST if right == [bluest] else _SOME
