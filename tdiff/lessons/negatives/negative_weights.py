"""One negative under w = 0, w = 1 and more: the negative itself, nothing at all, and a push away from it."""

from collections.abc import Iterator

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.naming import match
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import SAME, playing, side_by_side
from tdiff.lessons.core.rewording import heard, shortened
from tdiff.lessons.core.together import steered, together
from tdiff.lessons.negatives.negative_lab import as_prompt, foreign_to

_PROMPTS, _NEGATIVES_OWN, _NEITHER = range(3)
_FITS = 0.3  # cosine similarity below which a picture shows neither


def negative_weights(bench: Bench) -> Iterator[Outcome]:
    """Make the prompt with a negative at w = 0, 1 and the bench's, and beside them what each ought to equal."""
    prompt = heard(bench.recipe.prompt)
    negative = foreign_to(prompt)
    recipe = steered(bench, prompt=prompt, negative=negative)
    plain = recipe.replace(guidance=1.0)
    trace = together(
        bench.pipeline,
        (
            recipe.replace(guidance=0.0),
            plain,
            recipe,
            plain.replace(prompt=as_prompt(negative), negative=""),
            plain.replace(negative=""),
        ),
    )
    titles = ["w = 0", "w = 1", f"w = {recipe.guidance:g}", "negative as a prompt"]
    yield from playing(trace, titles)

    zero, one, guided, alone, without = trace.final
    inert, painted = difference(one, without), difference(zero, alone)
    fits = match(bench.pipeline, prompt, trace.final), match(bench.pipeline, negative, trace.final)
    notes = [f"{painted:.3f} from the fourth", f"{inert:.3f} from none", "", f"“{as_prompt(negative)}”, w = 1"]
    rows = [
        (f"w = {w:g}", f"{fits[0][place]:.2f}", f"{fits[1][place]:.2f}")
        for place, w in enumerate((0.0, 1.0, recipe.guidance))
    ]
    yield Outcome(
        panes=side_by_side(titles, trace.final[:4], notes),
        values={
            "negative": negative,
            "prompt": shortened(prompt, 40),
            "zero": painted,
            "one": inert,
            "guided": difference(guided, without),
            "guidance": recipe.guidance,
        },
        steps=recipe.steps,
        answer=_answer(painted, fits[0][0], fits[1][0]),
        table=(("", "fits prompt", "fits negative"), *rows),
    )


def _answer(painted: float, fits_prompt: float, fits_negative: float) -> int:
    """From how far w = 0 is from the negative made as a prompt, or else from what it fits."""
    if painted <= SAME:
        return _NEGATIVES_OWN
    if max(fits_prompt, fits_negative) < _FITS:
        return _NEITHER
    return _PROMPTS if fits_prompt > fits_negative else _NEGATIVES_OWN
