"""Starting from a picture instead of from noise (SDEdit, Meng et al. 2022)."""

from collections.abc import Sequence

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion.errors import SettingError
from tdiff.diffusion.noise import NoiseStream
from tdiff.diffusion.parametrization import add_noise
from tdiff.diffusion.run import Start
from tdiff.diffusion.schedule import time_grid


def step_of_strength(strength: float, steps: int) -> int:
    """The step at which a run from a picture begins.

    The strength is the time t_0 of the paper, moved to the nearest point of the grid: of N steps the last
    N·strength are taken, but at least one.

    Args:
        strength: Above 0 (the picture hardly changes) up to 1 (nothing of it is left).
        steps: N.

    Raises:
        SettingError: If either is out of range.
    """
    time_grid(steps)
    if not 0 < strength <= 1:
        raise SettingError(f"strength must be above 0 (keep all) and at most 1 (keep nothing), not {strength!r}")
    return steps - max(1, round(strength * steps))


def start_from_picture(picture: F32, strength: float, steps: int, seeds: Sequence[int]) -> Start:
    """Noise a picture as far as `strength` says: Meng et al. 2022, in the form α·x_0 + σ·ε.

    ε is draw 0 of each seed, the same noise that a run from nothing would start with.

    Args:
        picture: (H, W, 3) for all seeds, or (B, H, W, 3), within [-1, 1].
        strength: Above 0 (the picture hardly changes) up to 1 (nothing of it is left).
        steps: Of the run that this shall start.
        seeds: One for each picture to make.

    Raises:
        SettingError: If a value is out of range.
    """
    index = step_of_strength(strength, steps)
    clean = np.asarray(picture, np.float32)
    if clean.ndim not in (3, 4) or (clean.ndim == 4 and len(clean) not in (1, len(seeds))):
        raise SettingError(
            f"a start picture must have the shape (H, W, 3), or be one such for each of {len(seeds)} seeds, "
            f"not {clean.shape}"
        )
    height, width, channels = clean.shape[-3:]
    level = time_grid(steps)[index]
    eps = NoiseStream(seeds, (height, width, channels)).start()
    return Start(add_noise(clean, eps, level.alpha, level.sigma), index)
