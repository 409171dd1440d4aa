"""What decides a training run, as one frozen value."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from tdiff.diffusion import SettingError

Parametrization = Literal["x0", "eps", "v"]
"""What the network's output stands for: the clean picture, the noise in the mixture, or v = α·ε − σ·x_0."""

MAX_LEARNING_RATE: Final = 0.1


@dataclass(frozen=True)
class TinySettings:
    """How to train; same settings and pictures, same course of the training.

    Raises:
        SettingError: If a value is out of range.
    """

    width: int = 256
    """Units in each hidden layer, 8 … 1024."""
    batch: int = 128
    """Pictures mixed with noise in each step, 4 … 1024."""
    learning_rate: float = 2e-3
    """Of Adam, after a ramp over the first hundred steps; above 0, at most 0.1."""
    parametrization: Parametrization = "x0"
    """What the network predicts."""
    seed: int = 0
    """Of the first weights and of every batch, 0 … 2^64 − 1."""

    def __post_init__(self) -> None:
        _check_whole("width", self.width, 8, 1024)
        _check_whole("batch", self.batch, 4, 1024)
        _check_whole("seed", self.seed, 0, 2**64 - 1)
        check_learning_rate(self.learning_rate)
        if self.parametrization not in get_args(Parametrization):
            raise SettingError(f"the network can predict x0, eps or v, not {self.parametrization!r}")


def check_learning_rate(value: float) -> float:
    """Return the value if it is a learning rate.

    Raises:
        SettingError: If it is not above 0 and at most 0.1.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_LEARNING_RATE:
        raise SettingError(f"the learning rate must be above 0 and at most {MAX_LEARNING_RATE}, not {value!r}")
    return float(value)


def _check_whole(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise SettingError(f"{name} must be a whole number from {low} to {high}, not {value!r}")
