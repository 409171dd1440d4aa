"""The settings of a run that are neither its prompts nor its seeds."""

import math
from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.defaults import GUIDANCE, SAMPLER, STEPS
from tdiff.diffusion.errors import SettingError
from tdiff.diffusion.schedule import time_grid
from tdiff.samplers import SAMPLERS, Sampler, eta_takers


@dataclass(frozen=True)
class SamplerOptions:
    """How a picture is made.

    Raises:
        SettingError: If a value is out of range, or η is given to a sampler that has none.
    """

    steps: int = STEPS
    """Steps from noise to picture, 1 … 1000."""
    sampler: str = SAMPLER
    """A name in `SAMPLERS`."""
    eta: float = 0.0
    """Share of the ancestral noise that is added at each step, 0 … 1. Refused where the sampler takes none: ddpm
    is ddim with η = 1, and the others solve an equation without noise."""
    guidance: float | tuple[float, ...] = GUIDANCE
    """w, for all pictures or for each of the batch; any finite number (what is sensible to offer is the
    recipe's matter). A list or an array becomes a tuple."""
    clip: bool = True
    """Keep x̂_0 within [-1, 1]: on for pictures, off for identities and inversion, which it would break."""
    keep_negative: bool = False
    """Compute the negative's prediction even where it has no effect, so that it can be shown."""
    guidance_start: float = 0.0
    """Share of the run that passes before guidance sets in, 0 … 1; until then no w is above 1. Guided from
    pure noise on, seeds hardly differ (Kynkäänniemi et al. 2024, arXiv 2404.07724, guide in an interval)."""

    def __post_init__(self) -> None:
        time_grid(self.steps)
        if not isinstance(self.sampler, str) or self.sampler not in SAMPLERS:
            raise SettingError(f"there is no sampler {self.sampler!r}", remedy=f"choose one of {', '.join(SAMPLERS)}")
        if not (isinstance(self.eta, int | float) and 0 <= self.eta <= 1):
            raise SettingError(f"eta must lie between 0 (no noise) and 1 (as much as ddpm), not {self.eta!r}")
        if self.eta and not self.rule.takes_eta:
            takers = eta_takers()
            raise SettingError(
                f"eta is a setting of {takers}, and {self.sampler} has none",
                remedy=f"leave eta at 0 or choose {takers}",
            )
        object.__setattr__(self, "guidance", _plain(self.guidance))
        start = self.guidance_start
        if isinstance(start, bool) or not (isinstance(start, int | float) and 0 <= start <= 1):
            raise SettingError(f"guidance_start must lie between 0 (at once) and 1 (never), not {start!r}")

    @property
    def weights(self) -> tuple[float, ...]:
        """The guidance as a tuple: of one for all pictures, or of one for each."""
        return self.guidance if isinstance(self.guidance, tuple) else (self.guidance,)

    @property
    def rule(self) -> Sampler:
        """The sampler that is named."""
        return SAMPLERS[self.sampler]

    @property
    def draws_noise(self) -> bool:
        """Whether steps add noise, so that the seed matters after the start."""
        return self.rule.ancestral or self.eta > 0

    @property
    def guided_from(self) -> int:
        """Index of the first step in which w may be above 1, the nearest to the share; of two, the earlier."""
        return math.ceil(self.guidance_start * self.steps - 0.5)

    def guidance_of(self, batch: int, index: int) -> F32:
        """Guidance of a step as a column for a batch, (B, 1, 1, 1).

        Raises:
            SettingError: If there are neither one nor `batch` of them.
        """
        if len(self.weights) not in (1, batch):
            raise SettingError(
                f"guidance has {len(self.weights)} values for {batch} pictures", remedy="give one, or one for each"
            )
        column = np.ones((batch, 1), np.float32) * np.asarray(self.weights, np.float32).reshape(-1, 1)
        if index < self.guided_from:
            column = np.minimum(column, np.float32(1))
        return column.reshape(batch, 1, 1, 1)


def _plain(guidance: object) -> float | tuple[float, ...]:
    """Guidance as a float or a tuple, so that options can be compared, from anything that holds numbers."""
    try:
        values = np.asarray(guidance, np.float64)
    except (TypeError, ValueError):
        values = np.array([])
    if values.ndim > 1 or values.size == 0 or not np.isfinite(values).all():
        raise SettingError(f"guidance must be a finite number, or one for each picture, not {guidance!r}")
    return float(values) if values.ndim == 0 else tuple(float(w) for w in values)
