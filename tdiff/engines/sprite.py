"""The model that ships with tdiff, run by numpy."""

from collections.abc import Callable, Sequence
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.diffusion import COSINE, PICTURE, Denoiser, Schedule, Shape
from tdiff.engines.model import Half, Look, ModelInfo, Role, TokenStates
from tdiff.manifest import Manifest, read_manifest
from tdiff.model.cost import flop
from tdiff.model.denoiser import SpriteDenoiser
from tdiff.model.image_tower import ImageTower
from tdiff.model.text_tower import TextTower
from tdiff.paths import assets_dir
from tdiff.pixels import to_pixels
from tdiff.prompt.tokenizer import Tokens
from tdiff.prompt.understand import understand, understand_negative, understand_words
from tdiff.weights import read_weights


class TextDenoiser(Denoiser, Protocol):
    """A denoiser that learns of a prompt from a text tower's states; `SpriteDenoiser` says what goes in and out."""

    def encode(self, ids: Sequence[int], states: F32) -> Any:
        """Return what it needs of a prompt."""
        ...

    def read(self, ids: Sequence[int], states: F32) -> F32:
        """Return what it makes of each token of a prompt."""
        ...

    def look(self, x_t: F32, t: float, conditions: Sequence[Any]) -> tuple[F32, tuple[F32, ...]]:
        """Predict once, and keep the attention."""
        ...


class PictureTower(Protocol):
    """The image half of a pair; `ImageTower` says what goes in and out."""

    def vectors(self, pictures: F32) -> F32:
        """Return the unit vectors of pictures."""
        ...


class SpriteModel:
    """Text tower, image tower and denoiser of one folder of weights, each loaded when it is first needed.

    Args:
        manifest: what the weights are.
        weights: reads those of a part ("text", "image" or "denoiser") as tensor name → array.
        denoiser, text, image: taken instead of the part of the weights.
        engine, dtype: what runs the denoiser, and in which numbers.
    """

    def __init__(
        self,
        manifest: Manifest,
        weights: Callable[[str], dict[str, F32]],
        *,
        denoiser: TextDenoiser | None = None,
        text: TextTower | None = None,
        image: PictureTower | None = None,
        engine: str = "numpy",
        dtype: str = "float32",
    ) -> None:
        self.manifest, self.weights = manifest, weights
        self._denoiser, self._text, self._image = denoiser, text, image
        self._engine, self._dtype = engine, dtype

    @cached_property
    def info(self) -> ModelInfo:
        """Name, hash and size of the model."""
        manifest, shapes = self.manifest, self.manifest.shapes["denoiser"]
        parameters = sum(prod(shape) for shape in shapes.values())
        of = (manifest.name, manifest.hash, manifest.step, manifest.pictures, parameters, flop(shapes))
        return ModelInfo(*of, self._engine, self._dtype)

    @property
    def shape(self) -> Shape:
        """(32, 32, 3): it draws pixels, not latents."""
        return PICTURE

    @property
    def schedule(self) -> Schedule:
        """The cosine schedule."""
        return COSINE

    @property
    def clips(self) -> bool:
        """Pixels lie within [-1, 1]."""
        return True

    @cached_property
    def denoiser(self) -> TextDenoiser:
        """The network that predicts v."""
        return self._denoiser or SpriteDenoiser(self.weights("denoiser"))

    @cached_property
    def text_tower(self) -> TextTower:
        """The text half of the pair."""
        return self._text or TextTower(self.weights("text"))

    @cached_property
    def image_tower(self) -> PictureTower:
        """The image half of the pair."""
        return self._image or ImageTower(self.weights("image"))

    @property
    def pair(self) -> "SpritePair":
        """Both halves."""
        return SpritePair(self)

    def read(self, text: str, role: Role) -> Tokens:
        """Say what becomes of each word of a text, and which token ids it gives."""
        return _READERS[role](text)

    def encode(self, ids: tuple[int, ...]) -> Any:
        """Return what the denoiser needs of a prompt."""
        return self.denoiser.encode(ids, self.text_tower.states(ids))

    def states(self, ids: tuple[int, ...]) -> TokenStates:
        """Return each token as the text tower leaves it, and as the denoiser reads it."""
        heard = self.text_tower.states(ids)
        return TokenStates(heard, self.denoiser.read(ids, heard))

    def decode(self, x0: F32) -> U8:
        """Pixels: [-1, 1] → 0 … 255, rounded and clipped."""
        return to_pixels(x0)

    def look(self, x_t: F32, t: float, conditions: Sequence[Any]) -> Look:
        """Predict v once, and keep the cross-attention of every layer."""
        return Look(*self.denoiser.look(x_t, t, conditions))

    def shuffled(self, half: Half, rng: np.random.Generator) -> "SpriteModel":
        """Return the model with the numbers of one half of its pair in random order, tensor by tensor."""
        weights = self.weights(half)
        mixed = {}
        for name in sorted(weights):  # in an order that no file decides, so that equal generators give equal models
            values = weights[name]
            mixed[name] = rng.permutation(values.reshape(-1)).reshape(values.shape)
        text = TextTower(mixed) if half == "text" else self.text_tower
        image = ImageTower(mixed) if half == "image" else self.image_tower
        parts: dict[str, Any] = {"denoiser": self.denoiser, "text": text, "image": image}
        return SpriteModel(self.manifest, self.weights, **parts, engine=self._engine, dtype=self._dtype)


class SpritePair:
    """The text–image pair of a model; either half is loaded when it is asked.

    Args:
        model: whose towers.
    """

    def __init__(self, model: SpriteModel) -> None:
        self._model = model

    def text(self, ids: Sequence[int]) -> F32:
        """Return the unit vector of a text, (128,)."""
        return self._model.text_tower.vector(ids)

    def images(self, pictures: F32) -> F32:
        """Return the unit vectors of pictures (B, 32, 32, 3) in [-1, 1], (B, 128)."""
        return self._model.image_tower.vectors(pictures)


def sprite_model(
    folder: Path | None = None,
    denoiser: TextDenoiser | None = None,
    image: PictureTower | None = None,
    engine: str = "numpy",
    dtype: str = "float32",
) -> SpriteModel:
    """Return the model that ships with tdiff, or one from a folder with the same files.

    Args:
        folder: holds manifest.json and the safetensors files.
        denoiser: taken instead of the folder's.
        image: taken instead of the folder's image tower.
        engine: what runs the denoiser.
        dtype: the numbers that it computes in.

    Raises:
        WeightsError: the manifest is missing or damaged; later, a file is not the one that it names.
    """
    place = assets_dir() / "models" if folder is None else folder
    manifest = read_manifest(place)

    def weights(part: str) -> dict[str, F32]:
        return read_weights(place / f"{part}.safetensors", manifest.files[part], manifest.shapes[part])

    return SpriteModel(manifest, weights, denoiser=denoiser, image=image, engine=engine, dtype=dtype)


_READERS: dict[Role, Callable[[str], Tokens]] = {
    "prompt": understand,
    "negative": understand_negative,
    "caption": understand_words,
}
