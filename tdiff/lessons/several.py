"""Several pictures side by side, each with a prompt and a seed of its own: what is counted needs many."""

from collections.abc import Sequence

from tdiff.diffusion import SamplerOptions, Trace, run_of
from tdiff.pipeline import Pipeline
from tdiff.recipe import SEED_RANGE


def several(pipeline: Pipeline, prompts: Sequence[str], seed: int, steps: int, guidance: float) -> Trace:
    """Return the trace of a batch that is ready to be played: DDIM without fresh noise, clipped, no negative.

    Args:
        pipeline: whose network paints.
        prompts: one for each picture.
        seed: of the first picture; the others follow, counted round at the end of all seeds.
        steps: 1 … 1000.
        guidance: w of all of them.
    """
    seeds = tuple((seed + place) % (SEED_RANGE[1] + 1) for place in range(len(prompts)))
    options = SamplerOptions(steps, "ddim", 0.0, guidance, True)
    return Trace(run_of(pipeline.denoiser, pipeline.conditions(prompts, [""] * len(prompts)), seeds, options))
