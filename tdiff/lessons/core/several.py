"""Several pictures of bare prompts, each with a seed of its own: what is counted needs many."""

from collections.abc import Sequence

from tdiff.diffusion import Trace
from tdiff.lessons.core.together import seeds_from, together
from tdiff.pipeline import Pipeline
from tdiff.recipe import Recipe


def several(pipeline: Pipeline, prompts: Sequence[str], seed: int, steps: int, guidance: float) -> Trace:
    """Return the trace of a batch that is ready to be played: DDIM without fresh noise, clipped, no negative.

    Args:
        pipeline: whose network paints.
        prompts: one for each picture.
        seed: of the first picture; the others follow.
        steps: 1 … 1000.
        guidance: w of all of them.
    """
    seeds = seeds_from(seed, len(prompts))
    return together(
        pipeline,
        [
            Recipe(prompt=prompt, seed=each, steps=steps, guidance=guidance)
            for prompt, each in zip(prompts, seeds, strict=True)
        ],
    )
