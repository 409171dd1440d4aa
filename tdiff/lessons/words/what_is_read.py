"""What the model reads: a word more that it does not know, and another word for the same thing."""

from collections.abc import Iterator

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import SAME, playing
from tdiff.lessons.core.rewording import PLAIN_PROMPT, fate_of, read_as, shortened, swapped, unknown_word, usable
from tdiff.lessons.core.together import short, together
from tdiff.pipeline import to_pixels
from tdiff.prompt.understand import understand
from tdiff.views.figures import Pane

_NOTHING, _A_LITTLE, _ANOTHER = range(3)
_LITTLE = 0.1  # mean difference from which on one would speak of another picture
_NAME = 14  # characters of a word in the table


def what_is_read(bench: Bench) -> Iterator[Outcome]:
    """Make the prompt's picture, then with an unknown word before it, then with its noun called something else."""
    prompt, noun = usable(bench.recipe.prompt, "noun")
    unknown, other = unknown_word(), read_as(noun)
    if other is None:
        prompt, noun = usable(PLAIN_PROMPT, "noun")
        other = read_as(noun) or noun.reads
    prompts = [prompt, f"{unknown} {prompt}", swapped(prompt, noun, other)]
    titles = ["the prompt", f"with “{unknown}”", shortened(f"“{other}”", 24)]
    recipe = short(bench)
    trace = together(bench.pipeline, [recipe.replace(prompt=text) for text in prompts])
    yield from playing(trace, titles)

    apart = [difference(trace.final[0], picture) for picture in trace.final]
    read = [word for text in prompts[1:] for word in understand(text).words]
    rows = {(word.text, fate_of(word), word.reads): word for word in read}
    yield Outcome(
        panes=tuple(
            Pane(title, to_pixels(picture), "" if place == 0 else f"{apart[place]:.3f} apart")
            for place, (title, picture) in enumerate(zip(titles, trace.final, strict=True))
        ),
        values={
            "unknown": unknown,
            "difference": apart[1],
            "other": other,
            "noun": noun.reads,
            "other_difference": apart[2],
            "tokens": len(understand(prompt).ids),
        },
        steps=recipe.steps,
        answer=_NOTHING if apart[1] <= SAME else _A_LITTLE if apart[1] <= _LITTLE else _ANOTHER,
        table=(
            ("word", "became", "token"),
            *((shortened(text, _NAME), fate, shortened(reads, _NAME) or "–") for text, fate, reads in rows),
        ),
    )
