"""One step of a run, as data."""

from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion.errors import SettingError
from tdiff.diffusion.guidance import Estimate, guided_estimate
from tdiff.diffusion.parametrization import v_from_eps_x0


@dataclass(frozen=True, eq=False)
class Step:
    """What a sampler saw and did between two points of the time grid.

    Its arrays are (B, H, W, 3) float32 and read-only. `x_t`, `eps` and `x0` belong together: x_t = alpha·x0
    + sigma·eps. Of a sampler that asks the network twice (heun), they are of the first time, at x_t.
    """

    index: int
    """Which step, 0 … steps − 1."""
    steps: int
    """Of how many."""
    t: float
    """Time before the step, in [0, 1]. Show `noise_level` instead."""
    alpha: float
    """Share of picture in x_t."""
    sigma: float
    """Share of noise in x_t."""
    next_sigma: float
    """Share of noise in x_next; 0 after the last step."""
    x_t: F32
    """The noisy pictures before the step."""
    eps_pos: F32
    """Noise that the network sees in x_t, told the prompt."""
    eps_neg: F32 | None
    """Noise that it sees, told the negative; None where it was not asked, because guidance 1 gives the
    negative no effect."""
    eps: F32
    """Noise that the step takes out: guided, and where `clip` is on computed again from the clipped clean
    guess."""
    x0: F32
    """The clean guess, clipped where `clip` is on."""
    x_next: F32
    """The pictures after the step; after the last, the finished ones."""
    guidance: F32
    """w of each picture, (B, 1, 1, 1)."""
    clip: bool
    """Whether the clean guess was kept within [-1, 1]."""
    model_calls: int
    """How often the network was asked in this step, prompt and negative together being one call."""

    @property
    def noise_level(self) -> float:
        """σ_t, the share of noise in x_t, 0 … 1."""
        return self.sigma

    @property
    def v(self) -> F32:
        """The third form of the prediction, α·ε − σ·x_0."""
        return v_from_eps_x0(self.eps, self.x0, self.alpha, self.sigma)

    @property
    def is_last(self) -> bool:
        """Whether x_next is the finished picture."""
        return self.index == self.steps - 1

    def reguided(self, guidance: F32 | float, clip: bool = False) -> Estimate:
        """The prediction under another guidance, from the two that are kept: no model call.

        Args:
            guidance: w, one number or (B, 1, 1, 1).
            clip: Whether to clip the clean guess; off keeps ε̂ linear in w.

        Raises:
            SettingError: If w is not 1 and the negative's prediction was not kept.
        """
        weight = np.asarray(guidance, np.float32)
        if self.eps_neg is None and not (weight == 1).all():
            raise SettingError(
                "this step never asked what the network sees given the negative, as guidance 1 ignores it",
                remedy="sample with `keep_negative` to move the guidance afterwards",
            )
        negative = self.eps_pos if self.eps_neg is None else self.eps_neg
        return guided_estimate(self.x_t, self.eps_pos, negative, weight, self.alpha, self.sigma, clip)
