"""What a worker does: it makes pictures with weights that it is sent. Knows nothing of Ray."""

import os
import pickle
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from tdiff import __version__
from tdiff.arrays import F32, U8
from tdiff.engines.sprite import SpriteModel
from tdiff.pipeline import Pipeline
from tdiff.recipe import Recipe
from tdiff.threads import one_thread_from_now_on
from tdiff.version import weights

Parcel: TypeAlias = tuple[bytes, Mapping[str, Mapping[str, F32]]]
"""A model's manifest, pickled, and the tensors of the parts that make pictures: what a worker without tdiff, or with
another one, can receive and then refuse in words of its own."""

_PARTS: Final = ("text", "denoiser")
_loaded: dict[str, Pipeline] = {}


def installed() -> str:
    """Say which tdiff is installed here, as far as pictures depend on it."""
    return f"tdiff {__version__} with weights {weights()}"


def parcel_of(model: SpriteModel) -> Parcel:
    """Return what a worker needs of a model.

    Raises:
        WeightsError: its files are missing or damaged.
    """
    return pickle.dumps(model.manifest), {part: model.weights(part) for part in _PARTS}


def model_of(parcel: Parcel) -> SpriteModel:
    """Return the model that a parcel holds."""
    return SpriteModel(pickle.loads(parcel[0]), lambda part: dict(parcel[1][part]))


def make(parcel: Parcel, recipes: Sequence[Recipe]) -> U8:
    """Make one picture for each recipe, all side by side where that is possible.

    Args:
        parcel: the model; a process prepares it once.
        recipes: without start pictures.

    Returns:
        (n, H, W, 3) uint8.
    """
    model = model_of(parcel)
    if model.manifest.hash not in _loaded:
        one_thread_from_now_on(os.environ)
        _loaded.clear()
        _loaded[model.manifest.hash] = Pipeline(model)
    return _loaded[model.manifest.hash].generate_many(recipes)
