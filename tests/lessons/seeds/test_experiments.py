"""What the experiments on seeds find."""

import importlib

import numpy as np

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.seeds.jigsaw import jigsaw
from tests.lessons.running import TREE, Runs
from tests.lessons.stored import stored_pipeline


def test_the_same_seed_gives_the_same_picture_with_either_sampler(ran: Runs) -> None:
    values = ran["seeds.seed_fixes"][-1].values
    assert values["ddim"] == values["ddpm"] == values["ddim_fresh"] == 0
    assert values["ddpm_fresh"] > 0.01


def test_a_tile_that_appears_in_one_step_is_told_from_one_that_grows() -> None:
    module = importlib.import_module("tdiff.lessons.seeds.jigsaw")  # its function has the same name
    black, gray, white = (np.full((32, 32, 3), level, np.uint8) for level in (0, 128, 255))
    half = np.concatenate([white[:16], black[:16]])  # the upper tiles have come, the lower ones have not
    moves = np.stack([module._moved(black, half), module._moved(half, white)])
    assert (moves.max(axis=0) / moves.sum(axis=0) == 1).all()
    moves = np.stack([module._moved(black, gray), module._moved(gray, white)])
    assert (moves.max(axis=0) / moves.sum(axis=0)).round(1).max() == 0.5


def test_tiles_are_followed_from_where_guidance_sets_in() -> None:
    *_, outcome = jigsaw(Bench(stored_pipeline()[0], TREE.replace(guidance_start=0.25)))
    assert outcome.panes[0].title == "guess 3"
    assert outcome.curves[0].xs[0] == 4
