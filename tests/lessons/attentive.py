"""The model of one stored picture, with attention that is the same everywhere: no word has anything to do in it."""

from collections.abc import Sequence

import numpy as np

from tdiff.arrays import F32
from tdiff.engines.sprite import sprite_model
from tdiff.pipeline import Pipeline
from tests.lessons.stored import PICTURE, StoredPicture


class Attentive(StoredPicture):
    """Answers as `StoredPicture` does, and looks at all tokens alike."""

    def read(self, ids: tuple[int, ...], states: F32) -> F32:
        """Tokens as they were heard."""
        return states

    def look(self, x_t: F32, t: float, conditions: Sequence[tuple[int, ...]]) -> tuple[F32, tuple[F32, ...]]:
        longest = max(map(len, conditions))
        maps = (np.full((len(x_t), 2, side, side, longest), 1 / longest, np.float32) for side in (16, 8))
        return self(x_t, t), tuple(maps)


def attentive_pipeline() -> tuple[Pipeline, Attentive]:
    model = Attentive(PICTURE)
    return Pipeline(sprite_model(denoiser=model)), model
