"""Asking the network: prompt and negative in one batch, only where both are needed."""

from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion.conditions import Conditions
from tdiff.diffusion.denoiser import Bound, Denoiser
from tdiff.diffusion.guidance import Estimate, estimate, guide
from tdiff.diffusion.options import SamplerOptions
from tdiff.diffusion.parametrization import eps_from_v
from tdiff.samplers import Level


@dataclass(frozen=True, eq=False)
class Prediction:
    """What one call of the network says of x_t; arrays are (B, H, W, 3) and belong to the prediction."""

    eps_pos: F32
    eps_neg: F32 | None
    """None where the negative was not asked."""
    guided: Estimate


class Predictor:
    """A network bound for a stretch of steps, with guidance and clipping applied to what it says."""

    def __init__(
        self,
        denoiser: Denoiser,
        conditions: Conditions,
        options: SamplerOptions,
        times: tuple[float, ...],
        first: int = 0,
    ) -> None:
        """Bind the network.

        Args:
            denoiser: The network.
            conditions: A prompt and a negative for each picture.
            options: Guidance, clipping, and whether to ask for both predictions in any case.
            times: Every t that will be asked for.
            first: Index of the first step of the stretch, all of whose steps have the same guidance.
        """
        self._guidance = options.guidance_of(conditions.batch, first)
        self._clip = options.clip
        self._same = conditions.same
        self._keep_negative = options.keep_negative or not (self._same or (self._guidance == 1).all())
        asked = conditions.positive + conditions.negative if self._keep_negative else conditions.positive
        self._bound: Bound = denoiser.bind(asked, times)

    def __call__(self, x_t: F32, level: Level) -> Prediction:
        """Predict.

        Args:
            x_t: Noisy pictures, (B, H, W, 3).
            level: Their time and noise level.
        """
        t, alpha, sigma = level
        if not self._keep_negative:
            v = np.array(self._bound(x_t, t))
            eps = eps_from_v(x_t, v, alpha, sigma)
            return Prediction(eps, eps if self._same else None, estimate(x_t, v, alpha, sigma, self._clip))
        v_pos, v_neg = np.split(self._bound(np.concatenate([x_t, x_t]), t), 2)
        v = guide(v_pos, v_neg, self._guidance)
        return Prediction(
            eps_from_v(x_t, v_pos, alpha, sigma),
            eps_from_v(x_t, v_neg, alpha, sigma),
            estimate(x_t, v, alpha, sigma, self._clip),
        )
