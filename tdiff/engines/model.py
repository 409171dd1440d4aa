"""What a pipeline asks of a model. A new engine fulfils `Model` in a file beside this one; nothing else changes.

The protocols are structural: no base class, nothing to register. `Pipeline(model)` is all it takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.diffusion import Condition, Denoiser, Schedule, Shape
from tdiff.prompt.tokenizer import Tokens

Role: TypeAlias = Literal["prompt", "negative", "caption"]
"""What a text is for: to be shown, to be steered away from, or to be taken as it stands (as captions in training)."""

Half: TypeAlias = Literal["text", "image"]
"""One half of a text–image pair."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a caption says of the model.

    Attributes:
        name: such as "sprite-32".
        hash: eight hex digits over all its weights.
        step, pictures: how long it was trained.
        parameters: numbers in the denoiser.
        flop: multiplications and additions of one prediction for one picture.
        engine: what runs it, such as "torch"; "" where the model does not tell.
        dtype: the numbers that it computes in, such as "float16"; likewise.
    """

    name: str
    hash: str
    step: int
    pictures: int
    parameters: int
    flop: int
    engine: str = ""
    dtype: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One prediction, and where the network looked for it.

    Attributes:
        v: (B, H, W, 3), as `Bound` predicts it.
        attention: for each cross-attention layer (B, heads, rows, columns, L): what share of its attention each place
            gives to each token, 0 … 1, summing to 1 over the tokens. () where the network has no cross-attention.
    """

    v: F32
    attention: tuple[F32, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TokenStates:
    """What is known of each token of a text.

    Attributes:
        heard: (L, D) as the text half leaves it.
        read: (L, E) as the denoiser reads it, before any layer looks at it.
    """

    heard: F32
    read: F32


class TextImagePair(Protocol):
    """Two networks that put texts and pictures into one space (Radford et al. 2021)."""

    def text(self, ids: Sequence[int]) -> F32:
        """Return the unit vector of a text, (D,)."""
        ...

    def images(self, pictures: F32) -> F32:
        """Return the unit vectors of pictures (B, H, W, 3) in [-1, 1], (B, D)."""
        ...


class Model(Protocol):
    """A text-to-image model, ready to be asked. Parts may load when they are first needed."""

    @property
    def info(self) -> ModelInfo:
        """Name, hash and size; known without loading the weights."""
        ...

    @property
    def shape(self) -> Shape:
        """Of one x_t: height, width, channels. A picture's own, or that of its latents."""
        ...

    @property
    def schedule(self) -> Schedule:
        """The noise levels that it was trained on."""
        ...

    @property
    def clips(self) -> bool:
        """Whether clean guesses lie within [-1, 1], so that keeping them there makes sense."""
        ...

    @property
    def denoiser(self) -> Denoiser:
        """The network that predicts v, to be bound to what `encode` returns."""
        ...

    @property
    def pair(self) -> TextImagePair:
        """The text–image pair.

        Raises:
            UsageError: the model has none.
        """
        ...

    def read(self, text: str, role: Role) -> Tokens:
        """Say what becomes of each word of a text, and which token ids it gives."""
        ...

    def encode(self, ids: tuple[int, ...]) -> Condition:
        """Return what the denoiser needs of a text."""
        ...

    def states(self, ids: tuple[int, ...]) -> TokenStates:
        """Return what is known of each token of a text.

        Raises:
            UsageError: the model does not tell.
        """
        ...

    def decode(self, x0: F32) -> U8:
        """Turn what the last step left, (B, *shape), into pictures (B, H, W, 3)."""
        ...

    def look(self, x_t: F32, t: float, conditions: Sequence[Condition]) -> Look:
        """Predict v once, and keep the attention that every place pays to every token.

        Args:
            x_t: (B, H, W, 3).
            t: time in [0, 1].
            conditions: one for each picture of the batch.
        """
        ...

    def shuffled(self, half: Half, rng: np.random.Generator) -> "Model":
        """Return the model with the numbers of one half of its pair in random order, tensor by tensor.

        Args:
            half: which, to see what depends on it.
            rng: decides the order.

        Raises:
            UsageError: the model has no pair.
        """
        ...
