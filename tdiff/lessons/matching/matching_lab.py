"""The matching game: four pictures, four captions. You against the text–image pair."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from tdiff.arrays import U8
from tdiff.evaluate.judge import Thing, Want
from tdiff.evaluate.real import real_picture
from tdiff.lessons.core.card import LETTERS
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.rewording import COLOURS
from tdiff.lessons.matching.matrix import Matrix, check_pictures, matrix
from tdiff.pipeline import Pipeline
from tdiff.prompt.understand import understand_words
from tdiff.views.figures import Pane
from tdiff.world.captions import full_caption, with_article
from tdiff.world.concepts import Concept, held_out, offered
from tdiff.world.dataset import TRAIN_SIZE, draw_index, example

RoundKind = Literal["scenes", "twins"]

COUNT: Final = 4
_UNSEEN = 1_000_000  # scenes behind the training set that are drawn from
_LONGEST = 7  # letters of a noun in twins, so that their captions fit into a narrow table
_RELATIONS: Final = ("above", "left")
_WORDS: Final = {"above": "above", "left": "left of"}


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """Four pictures and their captions.

    Attributes:
        number: from 1.
        kind: "scenes" that have nothing in common, or "twins" whose captions are made of the same words.
        pictures: (4, 32, 32, 3) uint8.
        captions: in another order.
        right: for each picture the index of its caption.
    """

    number: int
    kind: RoundKind
    pictures: U8
    captions: tuple[str, ...]
    right: tuple[int, ...]

    def panes(self, placed: tuple[int | None, ...] = (None,) * COUNT) -> tuple[Pane, ...]:
        """The pictures, numbered from 1, each with the letter of the caption that was placed there."""
        letters = ["" if caption is None else f"caption {LETTERS[caption]}" for caption in placed]
        return tuple(
            Pane(f"picture {number}", picture, letter)
            for number, (picture, letter) in enumerate(zip(self.pictures, letters, strict=True), 1)
        )


@dataclass(frozen=True, slots=True)
class Score:
    """Pictures matched so far.

    Attributes:
        pictures: that the pair has matched.
        pair: of them, right.
        answered: pictures that the learner has matched.
        you: of them, right.
    """

    pictures: int = 0
    pair: int = 0
    answered: int = 0
    you: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """How a round ended.

    Attributes:
        round: which.
        placed: the learner's caption for each picture; None where there was none.
        matrix: of all captions and pictures; the pair gives each picture the caption that fits it best.
        score: this round included.
    """

    round: Round
    placed: tuple[int | None, ...]
    matrix: Matrix
    score: Score

    @property
    def pair_right(self) -> tuple[bool, ...]:
        """For each picture whether the pair chose its caption."""
        return tuple(best == right for best, right in zip(self.matrix.best, self.round.right, strict=True))

    def panes(self) -> tuple[Pane, ...]:
        """The pictures, each with its right caption and the pair's."""
        pairs = zip(self.round.pictures, self.round.right, self.matrix.best, strict=True)
        return tuple(
            Pane(f"picture {number}: {LETTERS[right]}", picture, f"pair: {LETTERS[best]}")
            for number, (picture, right, best) in enumerate(pairs, 1)
        )


class MatchingGame:
    """Rounds without end, scenes and twins by turns."""

    def __init__(self, pipeline: Pipeline, seed: int = 0, kinds: tuple[RoundKind, ...] = ("scenes", "twins")) -> None:
        """Draw the first round; the pair is not asked yet.

        Args:
            pipeline: whose pair plays.
            seed: same seed, same rounds.
            kinds: of the rounds, in turns.
        """
        self._pipeline, self._kinds = pipeline, kinds
        self._rng = np.random.Generator(np.random.PCG64([seed, 7]))  # not the stream of anyone's starting noise
        self.score = Score()
        self.round = self._drawn(1)
        self.placed: tuple[int | None, ...] = (None,) * COUNT
        self._closed = False

    def place(self, picture: int, caption: int) -> tuple[int | None, ...]:
        """Lay a caption under a picture; one that lay elsewhere is taken away there.

        Args:
            picture: 0 … 3.
            caption: 0 … 3.

        Raises:
            LessonError: there is no such picture or caption, or the round is closed.
        """
        if picture not in range(COUNT) or caption not in range(COUNT):
            raise LessonError(f"there are {COUNT} pictures and {COUNT} captions", remedy=f"choose from 1 to {COUNT}")
        self._check_open()
        kept = [None if there == caption else there for there in self.placed]
        kept[picture] = caption
        self.placed = tuple(kept)
        return self.placed

    def check(self) -> Verdict:
        """Close the round: the pair plays it too. Pictures left without a caption count for nobody but the pair.

        Raises:
            LessonError: the round is closed already.
        """
        self._check_open()
        self._closed = True
        now, before = self.round, self.score
        compared = matrix(self._pipeline, now.captions, now.pictures)
        hits = sum(best == right for best, right in zip(compared.best, now.right, strict=True))
        yours = sum(placed == right for placed, right in zip(self.placed, now.right, strict=True))
        answered = sum(placed is not None for placed in self.placed)
        self.score = replace(
            before,
            pictures=before.pictures + COUNT,
            pair=before.pair + hits,
            answered=before.answered + answered,
            you=before.you + yours,
        )
        return Verdict(now, self.placed, compared, self.score)

    def bring(self, pictures: U8, captions: Sequence[str]) -> Matrix:
        """Compare pictures from elsewhere, made or brought, with those of the round and with all captions.

        Args:
            pictures: (n, 32, 32, 3) uint8, n from 0 on; they become columns 5, 6, …
            captions: of their own; rows below the round's.

        Raises:
            LessonError: the pictures have another shape or type.
        """
        if len(pictures):
            check_pictures(pictures)
        now = self.round
        return matrix(self._pipeline, [*now.captions, *captions], np.concatenate([now.pictures, pictures]))

    def next(self) -> Round:
        """Draw the next round."""
        self.round = self._drawn(self.round.number + 1)
        self.placed, self._closed = (None,) * COUNT, False
        return self.round

    def _check_open(self) -> None:
        if self._closed:
            raise LessonError(f"round {self.round.number} is over", remedy="go on to the next")

    def _drawn(self, number: int) -> Round:
        """Draw order: what is shown, then the order of the captions."""
        kind = self._kinds[(number - 1) % len(self._kinds)]
        pictures, captions = _scenes(self._rng) if kind == "scenes" else _twins(self._rng)
        order = self._rng.permutation(COUNT)  # place of each picture's caption
        shuffled = [captions[int(picture)] for picture in np.argsort(order)]
        return Round(number, kind, pictures, tuple(shuffled), tuple(int(place) for place in order))


def _scenes(rng: np.random.Generator) -> tuple[U8, list[str]]:
    """Four scenes that were never trained on, with captions that leave nothing out and all say something else."""
    pictures: list[U8] = []
    captions: dict[tuple[int, ...], str] = {}
    while len(captions) < COUNT:
        drawn = example(draw_index(rng, TRAIN_SIZE, _UNSEEN))
        caption = full_caption(drawn.scene, rng)
        ids = tuple(sorted(understand_words(caption).ids))
        if ids not in captions:
            captions[ids] = caption
            pictures.append(drawn.image)
    return np.stack(pictures), list(captions.values())


def _twins(rng: np.random.Generator) -> tuple[U8, list[str]]:
    """Two things and two colours in all four arrangements: captions of the same words in another order."""
    short = [concept for concept in offered() if concept.tier == 0 and len(concept.name) <= _LONGEST]
    while True:
        first, second = (short[int(place)] for place in rng.choice(len(short), 2, replace=False))
        one, other = (COLOURS[int(place)] for place in rng.choice(len(COLOURS), 2, replace=False))
        if not any(held_out(concept, colour) for concept in (first, second) for colour in (one, other)):
            break
    relation = _RELATIONS[int(rng.integers(len(_RELATIONS)))]
    pictures: list[U8] = []
    captions: list[str] = []
    for a, b in ((first, second), (second, first)):
        for here, there in ((one, other), (other, one)):
            want = Want((Thing(a.id, here), Thing(b.id, there)), relation=relation, ground="white")
            pictures.append(real_picture(want, rng))
            captions.append(f"{_phrase(a, here)} {_WORDS[relation]} {_phrase(b, there)}")
    return np.stack(pictures), captions


def _phrase(concept: Concept, colour: str) -> str:
    return with_article(f"{colour} {concept.name}")
