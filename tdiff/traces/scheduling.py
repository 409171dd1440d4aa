"""What a diffusers scheduler means by its numbers: how much picture and noise is in a sample, and what is predicted.

Nothing of PyTorch or diffusers is imported: their objects are handed in, and only their public methods are called.
"""

import copy
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion.parametrization import eps_from_v, eps_from_x0, x0_from_v
from tdiff.errors import TraceError
from tdiff.traces.document import Prediction

_PREDICTIONS: dict[str, Prediction] = {
    "epsilon": "epsilon",
    "v_prediction": "v_prediction",
    "sample": "sample",
    "flow_prediction": "flow",
}


@dataclass(frozen=True, slots=True)
class Mixture:
    """x_t = alpha·x0 + sigma·ε, in the scheduler's own scaling; and its time."""

    t: float
    alpha: float
    sigma: float


def prediction_of(scheduler: Any) -> Prediction:
    """What the network behind a scheduler predicts.

    Raises:
        TraceError: the scheduler prepares its samples in a way of its own.
    """
    name = type(scheduler).__name__
    if name.startswith("EDM"):
        raise TraceError(
            f"{name} rescales what the network says in a way that is not read", remedy="choose another scheduler"
        )
    if hasattr(scheduler, "scale_noise"):
        return "flow"
    kind = getattr(scheduler.config, "prediction_type", None)
    if kind not in _PREDICTIONS:
        raise TraceError(f"{name} does not say what its network predicts", remedy="choose another scheduler")
    return _PREDICTIONS[kind]


def mixture_at(scheduler: Any, timestep: Any, sample: Any) -> Mixture:
    """How much picture and noise a scheduler takes a sample to hold.

    A noising of a picture of 1 by no noise, and of none by 1, is read off: whatever a scheduler's tables are, what it
    adds at a time is what it takes to be there. A copy is asked, since some move their tables to the device of what
    they are given.

    Args:
        scheduler: about to take a step.
        timestep: that it was given.
        sample: a tensor; only its kind matters.

    Raises:
        TraceError: the scheduler cannot noise.
    """
    probe = copy.copy(scheduler)
    if getattr(probe, "step_index", None) is not None and getattr(probe, "begin_index", None) is None:
        probe._begin_index = 0  # its own count of steps tells twin timesteps apart, such as Heun's
    time = float(timestep)
    times = sample.new_tensor([time]).float().cpu()
    if hasattr(timestep, "dtype"):
        times = times.to(timestep.dtype)
    elif isinstance(timestep, int):
        times = times.long()
    picture = sample.new_tensor([[[[1.0]]], [[[0.0]]]]).float().cpu()
    if hasattr(probe, "scale_noise"):
        # one at a time: that for Heun's method takes the timesteps of a batch for those of a run
        parts = (probe.scale_noise(picture[:1], times, picture[1:]), probe.scale_noise(picture[1:], times, picture[:1]))
    elif hasattr(probe, "add_noise"):
        parts = probe.add_noise(picture, 1 - picture, times.expand(2))
    else:
        raise TraceError(f"{type(scheduler).__name__} cannot noise a picture, so its levels are not known")
    alpha, sigma = (float(part) for part in parts)
    return Mixture(time, alpha, sigma)


def eps_and_x0(prediction: Prediction, output: F32, x_t: F32, at: Mixture) -> tuple[F32, F32]:
    """The noise and the clean guess that a network's answer amounts to.

    Args:
        prediction: what it predicts.
        output: (B, H, W, C).
        x_t: likewise, in the scheduler's own scaling.
        at: how x_t is mixed; sigma is above 0.
    """
    alpha, sigma = at.alpha, at.sigma
    if prediction == "flow":  # u = ε − x0 along the straight line x = (1 − s)·x0 + s·ε
        return x_t + alpha * output, x_t - sigma * output
    if prediction == "sample":
        return eps_from_x0(x_t, output, alpha, sigma), output
    if prediction == "v_prediction":  # defined where α² + σ² = 1 (Salimans & Ho 2022)
        scale = math.hypot(alpha, sigma)
        alpha, sigma, x_t = alpha / scale, sigma / scale, (1 / scale) * x_t
        return eps_from_v(x_t, output, alpha, sigma), x0_from_v(x_t, output, alpha, sigma)
    return output, (1 / alpha) * x_t - (sigma / alpha) * output


def told_apart(outputs: F32, guided: F32, batch: int) -> tuple[F32, F32 | None, float | None]:
    """Which of a step's answers is the prompt's, which the negative's, and the guidance that joined them.

    guided = negative + w·(positive − negative) determines w; pipelines differ in the order of the two, and the wrong
    one shows as a w below ½.

    Args:
        outputs: (k·batch, H, W, C), all that the network said in the step.
        guided: (batch, H, W, C), what the scheduler was given.
        batch: how many pictures there are.

    Returns:
        Positive, negative and w; without a negative where the network was asked once, and then w is None.
    """
    if len(outputs) < 2 * batch:
        return (outputs if len(outputs) == batch else guided), None, None
    first, second = outputs[:batch], outputs[batch : 2 * batch]
    gap = second - first
    length = float(np.vdot(gap, gap))
    if not length > 0 or not np.isfinite(length):
        return second, first, None
    weight = float(np.vdot(guided - first, gap)) / length
    return (second, first, weight) if weight >= 0.5 else (first, second, 1 - weight)
