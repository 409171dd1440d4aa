"""The model of one stored picture, with attention that is the same everywhere: no word has anything to do in it."""

from collections.abc import Sequence

import numpy as np

from tdiff.diffusion import FloatArray
from tdiff.pipeline import Pipeline
from tests.lessons.stored import StoredPicture, stored_pipeline


class Attentive(StoredPicture):
    """Answers as `StoredPicture` does, and looks at all tokens alike."""

    attention: list[FloatArray] | None = None

    def bind(
        self, conditions: Sequence[tuple[int, ...]], times: Sequence[float] = (), keep_attention: bool = False
    ) -> "Attentive":
        longest = max(map(len, conditions))
        sides = (16, 8)
        self.attention = [
            np.full((len(conditions), 2, side * side, longest), 1 / longest, np.float32) for side in sides
        ]
        return self


def attentive_pipeline() -> tuple[Pipeline, Attentive]:
    pipeline, stored = stored_pipeline()
    model = Attentive(stored.picture)
    pipeline.__dict__["denoiser"] = model
    return pipeline, model
