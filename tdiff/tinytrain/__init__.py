"""A small denoiser that learns from scratch before your eyes: its own forward and backward, in numpy.

>>> pictures = picture_set(8)
>>> trainer = TinyTrainer(pictures.train, TinySettings(seed=7))
>>> report = trainer.step()
>>> appeared(trainer.sample(), pictures.train).count
"""

from tdiff.tinytrain.denoiser import TinyDenoiser
from tdiff.tinytrain.errors import DivergedError
from tdiff.tinytrain.measure import (
    CLOSE,
    Appeared,
    Memorisation,
    Nearest,
    RunningLosses,
    appeared,
    memorisation,
    nearest,
)
from tdiff.tinytrain.pictures import SIDE, SIZES, PictureSet, picture_set
from tdiff.tinytrain.report import BAND_EDGES, OneStep, StepReport, TrainerState
from tdiff.tinytrain.settings import MAX_LEARNING_RATE, Parametrization, TinySettings
from tdiff.tinytrain.trainer import TinyTrainer

__all__ = [
    "BAND_EDGES",
    "CLOSE",
    "MAX_LEARNING_RATE",
    "SIDE",
    "SIZES",
    "Appeared",
    "DivergedError",
    "Memorisation",
    "Nearest",
    "OneStep",
    "Parametrization",
    "PictureSet",
    "RunningLosses",
    "StepReport",
    "TinyDenoiser",
    "TinySettings",
    "TinyTrainer",
    "TrainerState",
    "appeared",
    "memorisation",
    "nearest",
    "picture_set",
]
