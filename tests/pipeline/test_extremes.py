"""Settings at their ends: every picture is of numbers, and never one plain colour without a word."""

import numpy as np
import pytest

import tdiff
from tdiff.errors import TdiffError
from tdiff.pipeline import to_pixels
from tdiff.recipe import GUIDANCE_RANGE, STEPS_RANGE, Recipe
from tdiff.samplers import SAMPLERS
from tests.counts import FULL


@pytest.fixture(scope="module")
def pipeline() -> tdiff.Pipeline:
    return tdiff.load()


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("steps", [1, 12, *([STEPS_RANGE[1]] if FULL else [])])
@pytest.mark.parametrize("guidance", [*GUIDANCE_RANGE, 0.0, 1e-300])
def test_the_ends_of_guidance_and_steps(
    pipeline: tdiff.Pipeline, sampler: str, clip: bool, steps: int, guidance: float
) -> None:
    recipe = Recipe(
        prompt="a red apple", negative="a cat", sampler=sampler, clip=clip, steps=steps, guidance=guidance, seed=1
    )
    try:
        final = pipeline.trace(recipe).complete().final
    except TdiffError as refused:
        assert "\n" not in str(refused)
        return
    assert np.isfinite(final).all()
    assert len(np.unique(to_pixels(final))) > 8


@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_the_ends_of_the_seeds(pipeline: tdiff.Pipeline, seed: int) -> None:
    made = pipeline.generate("a red apple", seed=seed, steps=2)
    assert (made == pipeline.generate("a red apple", seed=seed, steps=2)).all() and made.std() > 0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 15.1, -2.1, 1e999])
def test_numbers_beyond_them_are_refused(pipeline: tdiff.Pipeline, value: float) -> None:
    with pytest.raises(TdiffError, match="guidance"):
        pipeline.generate("a red apple", guidance=value)
