"""Does the text–image pair draw? Spoil one half of it, then the other, and make the picture again."""

from collections.abc import Iterator

import numpy as np

from tdiff.arrays import F32
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.measures import difference, edges
from tdiff.lessons.core.naming import match
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import SAME, playing
from tdiff.lessons.core.rewording import choices, swapped, usable
from tdiff.lessons.core.together import steered
from tdiff.pipeline import to_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_STATIC, _ANOTHER, _SAME = range(3)
_AS_STATIC = 0.8  # of the edges that the starting noise has


def clip_draws(bench: Bench) -> Iterator[Outcome]:
    """Make one picture with the whole pair, with its image half shuffled, and with its text half shuffled."""
    prompt, noun = usable(bench.recipe.prompt, "noun")
    foreign = swapped(prompt, noun, choices(prompt, noun)[0])
    recipe = steered(bench, prompt=prompt)
    rng = np.random.Generator(np.random.PCG64([recipe.seed, 8]))
    total = 3 * recipe.steps
    whole = bench.pipeline.trace(recipe)
    yield from playing(whole, ["whole pair"], total=total)
    shown = [Pane("whole pair", to_pixels(whole.final[0]))]
    blind = bench.pipeline.shuffled("image", rng)
    no_image = blind.trace(recipe)
    yield from playing(no_image, ["image half shuffled"], shown, recipe.steps, total)
    shown.append(Pane("image half shuffled", to_pixels(no_image.final[0])))
    no_text = bench.pipeline.shuffled("text", rng).trace(recipe)
    yield from playing(no_text, ["text half shuffled"], shown, 2 * recipe.steps, total)

    apart = [difference(whole.final[0], other.final[0]) for other in (no_image, no_text)]
    guesses = np.concatenate([step.x0 for step in whole])
    own, other = match(bench.pipeline, prompt, guesses), match(bench.pipeline, foreign, guesses)
    noisy = match(bench.pipeline, prompt, np.concatenate([step.x_t for step in whole]))
    steps = tuple(float(number) for number in range(1, len(guesses) + 1))
    fits = [match(bench.pipeline, prompt, each.final)[0] for each in (whole, no_image, no_text)]
    yield Outcome(
        panes=(
            Pane("first guess", to_pixels(guesses[0]), f"fits by {own[0]:.2f}"),
            Pane("whole pair", to_pixels(whole.final[0]), f"fits by {fits[0]:.2f}"),
            Pane("image half shuffled", to_pixels(no_image.final[0]), f"{apart[0]:.3f} apart"),
            Pane("text half shuffled", to_pixels(no_text.final[0]), f"{apart[1]:.3f} apart"),
        ),
        values={
            "image": apart[0],
            "text": apart[1],
            "fits": fits[0],
            "text_fits": fits[2],
            "blind": match(blind, prompt, whole.final)[0],
            "static": noisy[0],
            "first": own[0],
            "last": own[-1],
            "foreign": other[-1],
        },
        steps=recipe.steps,
        answer=_answer(apart[0], no_image.final, whole[0].x_t),
        curves=(
            Curve("clean guess", steps, own),
            Curve("picture with its noise", steps, noisy),
            Curve("clean guess, another noun", steps, other),
        ),
        x_label="step",
        y_label="fit (cosine)",
    )


def _answer(apart: float, made: F32, noise: F32) -> int:
    """From how far the picture without the image half is from the other, and whether it has the edges of noise."""
    if apart <= SAME:
        return _SAME
    return _STATIC if edges(made)[0] >= _AS_STATIC * edges(noise)[0] else _ANOTHER
