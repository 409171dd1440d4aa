"""A model that knows one picture and finds it in every noise: what lesson 1 says ours is not."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import alpha_sigma
from tdiff.engines.sprite import sprite_model
from tdiff.pipeline import Pipeline

_RAMP = np.linspace(-0.8, 0.8, 32, dtype=np.float32)
_STRIPES = np.where(np.arange(32) % 5 < 2, 0.15, 0.0).astype(np.float32)
PICTURE = np.stack(
    [_RAMP[:, None] + _STRIPES, _RAMP[None, :] * _STRIPES[:, None], -_RAMP[:, None] - _STRIPES], axis=-1
)  # (32, 32, 3)


@dataclass
class StoredPicture:
    """Answers every x_t with the same clean guess, whatever the prompt."""

    picture: F32
    calls: list[float] = field(default_factory=list)

    def encode(self, ids: tuple[int, ...], states: object) -> tuple[int, ...]:
        return ids

    def bind(self, conditions: Sequence[object], times: Sequence[float] = ()) -> "StoredPicture":
        return self

    def __call__(self, x_t: F32, t: float) -> F32:
        self.calls.append(t)
        alpha, sigma = alpha_sigma(t)
        return ((alpha * x_t - self.picture) / sigma).astype(np.float32)  # v of x_0 = picture


def stored_pipeline() -> tuple[Pipeline, StoredPicture]:
    """The shipped pipeline with its denoiser replaced, and that denoiser."""
    model = StoredPicture(PICTURE)
    return Pipeline(sprite_model(denoiser=model)), model
