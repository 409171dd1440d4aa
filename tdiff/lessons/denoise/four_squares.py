"""Four starting noises, one wish: which of them becomes a fish?"""

from collections.abc import Iterator

import numpy as np

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.naming import Name, listed, match, name_pictures
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing, side_by_side, start_of

_WISH, _NOUN = "a fish", "fish"
_BLUEST, _ALL, _SOME, _NONE = range(4)


def four_squares(bench: Bench) -> Iterator[Outcome]:
    """Ask for a fish in the static of four seeds, and have the finished pictures named."""
    recipe = bench.plain(prompt=_WISH, negative="")
    trace = bench.pipeline.trace(recipe, count=4)
    yield from playing(trace, [f"square {n}" for n in range(1, 5)])

    names = name_pictures(bench.pipeline, trace.final)
    fits = match(bench.pipeline, _WISH, trace.final)
    blue = (start_of(trace.run).argmax(axis=-1) == 2).mean(axis=(1, 2))  # share of pixels where blue is strongest
    bluest = int(np.argmax(blue))
    titles = [f"{n}: {name.noun}" for n, name in enumerate(names, 1)]
    rows = [
        (str(n), f"{share:.0%}", name.noun, f"{fit:.2f}")
        for n, (share, name, fit) in enumerate(zip(blue, names, fits, strict=True), 1)
    ]
    yield Outcome(
        panes=side_by_side(titles, trace.final, [f"seed {seed}" for seed in trace.run.seeds]),
        values={
            "named": sum(name.noun == _NOUN for name in names),
            "names": listed([name.noun for name in names]),
            "bluest": bluest + 1,
            "guidance": recipe.guidance,
        },
        answer=_answer(names, bluest),
        table=(("square", "blue", "called", "fits “a fish”"), *rows),
    )


def _answer(names: tuple[Name, ...], bluest: int) -> int:
    fish = [place for place, name in enumerate(names) if name.noun == _NOUN]
    if not fish:
        return _NONE
    if len(fish) >= len(names) - 1:
        return _ALL
    return _BLUEST if fish == [bluest] else _SOME
