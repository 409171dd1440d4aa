"""A drawing in a pose stays what it is."""

import numpy as np
import pytest

from tdiff.world.palette import COLOURS, PALETTE
from tdiff.world.pose import AS_DRAWN, Pose, draw_pose, posed
from tdiff.world.sprites import resized, sprites


def middle(patch: np.ndarray) -> np.ndarray:
    """Centre of what is opaque, x and y in pixels."""
    alpha = patch[..., 3]
    across, down = np.meshgrid(np.arange(alpha.shape[1]), np.arange(alpha.shape[0]))
    return np.array([(alpha * across).sum(), (alpha * down).sum()]) / alpha.sum()


def test_a_pose_is_drawn_again_from_an_equal_generator_and_within_its_bounds() -> None:
    rng = np.random.default_rng(1)
    poses = [draw_pose(rng) for _ in range(500)]
    assert poses[0] == draw_pose(np.random.default_rng(1))
    assert len(set(poses)) == 500
    assert max(abs(pose.tilt) for pose in poses) <= 8 < 2 * np.std([pose.tilt for pose in poses]) + 1
    assert all(0.93 <= pose.stretch <= 1.08 and 0.94 <= pose.shade <= 1.06 and abs(pose.hue) <= 5 for pose in poses)


def test_as_drawn_is_the_drawing_itself() -> None:
    assert (posed(5, "red", 20, AS_DRAWN) == resized(5, "red", 20)).all()


@pytest.mark.parametrize("index", range(0, len(sprites()), 97))
def test_the_most_of_every_pose_stays_in_its_tile_and_valid(index: int) -> None:
    upright = posed(index, None, 24, AS_DRAWN)
    for pose in (Pose(8, 1.07, 1.06, 5), Pose(-8, 1 / 1.07, 0.94, -5)):
        patch = posed(index, None, 24, pose)
        assert patch.shape == (24, 24, 4)
        assert (
            patch.min() >= 0 and (patch[..., :3] <= 255 * patch[..., 3:] + 1e-3).all() and patch[..., 3].max() < 1.0001
        )
        assert patch[..., 3].sum() == pytest.approx(upright[..., 3].sum(), rel=0.12)
        assert np.abs(middle(patch) - middle(upright)).max() < 1.5


def test_a_tilt_turns_clockwise() -> None:
    def lean(tilt: float) -> float:
        """How far right of the middle the upper half lies."""
        upper = posed(tall, None, 40, Pose(tilt=tilt))[:20]
        return float(middle(upper)[0])

    tall = max(sprites(), key=lambda sprite: upright_ratio(sprite.index)).index
    assert lean(8) > lean(0) + 0.5 > lean(-8) + 1


def upright_ratio(index: int) -> float:
    alpha = resized(index, None, 24)[..., 3] > 0.5
    return float(alpha.any(1).sum() / max(1, alpha.any(0).sum()))


@pytest.mark.parametrize("colour", COLOURS)
def test_hue_and_shade_leave_a_colour_its_name(colour: str) -> None:
    for pose in (Pose(shade=1.06, hue=5), Pose(shade=0.94, hue=-5), Pose(shade=1.06, hue=-5), Pose(shade=0.94, hue=5)):
        patch = posed(5, colour, 24, pose).reshape(-1, 4)
        solid = patch[patch[:, 3] > 0.99, :3]
        tone = np.median(solid, 0)
        distances = {name: np.linalg.norm(tone - np.array(value)) for name, value in PALETTE.items()}
        assert min(distances, key=lambda name: distances[name]) == colour
