"""The text–image pair as a table: every caption against every picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.rewording import bare, shortened
from tdiff.pipeline import Pipeline, from_pixels

_HEAD, _SHORT_HEAD = "cosine × 1000", "× 1000"
_ROOM = 42  # columns of a table that a narrow guide has, one gap off


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Cosine similarities.

    Attributes:
        captions: n texts.
        scores: (n, m) for m pictures, -1 … 1.
    """

    captions: tuple[str, ...]
    scores: F32

    @property
    def best(self) -> tuple[int, ...]:
        """For each picture the caption that fits it best."""
        return tuple(int(place) for place in self.scores.argmax(axis=0))

    def table(self) -> tuple[tuple[str, ...], ...]:
        """Captions by rows, pictures by columns, times 1000: with fewer digits near ones would tie."""
        count = self.scores.shape[1]
        room = _ROOM - 6 * count
        return (
            (_HEAD if room >= len(_HEAD) else _SHORT_HEAD, *(str(number) for number in range(1, count + 1))),
            *(
                (shortened(bare(caption) or caption, room), *(f"{1000 * score:.0f}" for score in row))
                for caption, row in zip(self.captions, self.scores, strict=True)
            ),
        )


def matrix(pipeline: Pipeline, captions: Sequence[str], pictures: U8) -> Matrix:
    """Compare every caption with every picture.

    Args:
        pipeline: whose pair compares.
        captions: any texts; words without effect count for nothing.
        pictures: (m, 32, 32, 3) uint8, made here or brought from elsewhere.

    Raises:
        LessonError: the pictures have another shape or type, or nothing was given.
    """
    check_pictures(pictures)
    if not captions:
        raise LessonError("there is nothing to compare with", remedy="give at least one caption")
    return Matrix(tuple(captions), pipeline.similarity(captions, from_pixels(pictures)))


def check_pictures(pictures: U8) -> None:
    """Refuse what the pair cannot look at.

    Raises:
        LessonError: it is not (m, 32, 32, 3) uint8, or empty.
    """
    if pictures.ndim != 4 or pictures.shape[1:] != PICTURE or pictures.dtype != np.uint8 or not len(pictures):
        raise LessonError(
            f"the pair compares pictures of {PICTURE} in bytes, at least one, not {pictures.shape} of {pictures.dtype}",
            remedy="resize them",
        )
