"""Several recipes made side by side, in one batch, so that they can be compared step by step."""

from collections.abc import Sequence

from tdiff.batches import shared
from tdiff.defaults import GUIDANCE
from tdiff.diffusion import Denoiser, Trace, run_of
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.errors import LessonError
from tdiff.pipeline import Pipeline, options_of
from tdiff.recipe import SEED_RANGE, Recipe

STEERED = 2.0
"""Least guidance at which a prompt or a negative has much of an effect."""


def short(bench: Bench, **changes: object) -> Recipe:
    """Return the bench's recipe as a run of 8 to 12 DDIM steps without a negative: many of them can be waited for."""
    return bench.plain(least=8, most=12, **{"sampler": "ddim", "eta": 0.0, "negative": "", **changes})


def steered(bench: Bench, **changes: object) -> Recipe:
    """Return the same with a guidance that steers: the bench's own from 2 on, else the default."""
    guidance = bench.recipe.guidance if bench.recipe.guidance >= STEERED else GUIDANCE
    return short(bench, **{"guidance": guidance, **changes})


def together(pipeline: Pipeline, recipes: Sequence[Recipe], denoiser: Denoiser | None = None) -> Trace:
    """Return a trace, ready to be played, that makes one picture for each recipe.

    Args:
        pipeline: the model.
        recipes: equal but for prompt, negative, guidance, seed and switches; from noise, without a watermark.
        denoiser: the network to ask; the pipeline's by default.

    Raises:
        LessonError: they differ in something else.
    """
    first = recipes[0]
    if any(_fixed(recipe) != _fixed(first) for recipe in recipes):
        raise LessonError(
            "recipes made together share steps, sampler, eta, clipping and where guidance sets in",
            remedy="make the others apart",
        )
    points = sorted({0, *(switch.step for recipe in recipes for switch in recipe.switches)})
    texts = [[_texts(recipe, point) for recipe in recipes] for point in points]
    plan = [
        (point, pipeline.conditions([prompt for prompt, _ in row], [negative for _, negative in row]))
        for point, row in zip(points, texts, strict=True)
    ]
    weights = tuple(recipe.guidance for recipe in recipes)
    options = options_of(first, weights)
    seeds = [recipe.seed for recipe in recipes]
    return Trace(run_of(pipeline.denoiser if denoiser is None else denoiser, plan, seeds, options))


def seeds_from(seed: int, count: int) -> tuple[int, ...]:
    """Return consecutive seeds; after the largest comes the smallest."""
    return tuple((seed + place) % (SEED_RANGE[1] + 1) for place in range(count))


def _fixed(recipe: Recipe) -> tuple[object, ...]:
    return *shared(recipe), recipe.start, recipe.watermark


def _texts(recipe: Recipe, step: int) -> tuple[str, str]:
    """Prompt and negative that hold at a step."""
    texts = recipe.texts()
    return texts[max(first for first in texts if first <= step)]
