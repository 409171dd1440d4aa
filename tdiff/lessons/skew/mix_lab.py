"""Change the mix, and see it followed: a small network trained on red and blue things, as many of each as is chosen."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.evaluate.bias_rules import box_of, object_mask
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.showing import sheet
from tdiff.pipeline import to_pixels
from tdiff.share import Share, share
from tdiff.tinytrain import SIDE, TinySettings, TinyTrainer, picture_set
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane
from tdiff.world.concepts import STYLES, by_name
from tdiff.world.palette import TINTS
from tdiff.world.sprites import resized, shown

RED, BLUE = "red", "blue"
SHARES: Final = (0.9, 0.5, 0.2)
"""Of red things; what a key turns through."""
SAMPLES: Final = 128
"""Counted at each look, from the same starting noises every time."""
LOOK: Final = 125
"""Training steps between looks."""
_NOUNS = 8
_SMALL = 12  # side of a drawing on its ground of 16×16
_BATCH = 64
_CLEAR = 40.0  # of 255: a thing that is painted in either colour has twice as much, a blend of them about none
_STYLE = STYLES.index("sticker")


@dataclass(frozen=True, slots=True)
class MixPoint:
    """A look: training steps taken, and how many samples were red, blue or neither."""

    step: int
    red: int
    blue: int
    neither: int

    @property
    def share(self) -> Share:
        """Red among red and blue, with its 95 % interval; of none of them, half of an empty count."""
        return share(self.red, max(self.red + self.blue, 1))


@dataclass(frozen=True, slots=True, eq=False)
class MixState:
    """The training at one moment.

    Attributes:
        trained: share of red among the pictures that it learns, 0 … 1.
        pictures: (200, 16, 16, 3) uint8, those pictures.
        samples: (128, 16, 16, 3) uint8, made at the last look.
        step: steps taken.
        history: all looks since the start.
    """

    trained: float
    pictures: U8
    samples: U8
    step: int
    history: tuple[MixPoint, ...]

    @property
    def last(self) -> MixPoint:
        return self.history[-1]

    @property
    def text(self) -> str:
        return (
            f"A tiny network learns {len(self.pictures)} pictures of {_NOUNS} things, {self.trained:.0%} of them red, "
            f"the rest blue. Step {self.step:,}; after every {LOOK} steps, {SAMPLES} pictures are made and counted."
        )

    @property
    def limits(self) -> str:
        """What this does not show."""
        return "In large models too the data can be rebalanced; what a fair mix is, no measurement says."

    def panes(self) -> tuple[Pane, ...]:
        """Eight samples and eight training pictures, four to a pane."""
        share_made = self.last.share
        return (
            Pane("made", _sheet(self.samples), f"{share_made.value:.0%} red"),
            Pane("made", _sheet(self.samples[4:]), f"8 of {len(self.samples)}"),
            Pane("trained on", _sheet(self.pictures), f"{self.trained:.0%} red"),
            Pane("trained on", _sheet(self.pictures[4:])),
        )

    def table(self) -> tuple[tuple[str, ...], ...]:
        """What was counted at the last look."""
        last = self.last
        return (
            ("", "trained", "made", "95 %"),
            (RED, f"{self.trained:.0%}", f"{last.share.value:.0%}", f"{last.share.low:.0%}–{last.share.high:.0%}"),
            ("neither", "0%", f"{last.neither / len(self.samples):.0%}", ""),
        )

    def curves(self) -> tuple[Curve, ...]:
        """Share of red by training step, beside that of the training pictures; none before two looks."""
        if len(self.history) < 2:
            return ()
        xs = tuple(float(point.step) for point in self.history)
        made = Curve(f"made of {self.trained:.0%}", xs, tuple(point.share.value for point in self.history))
        return (made, Curve(f"trained on {self.trained:.0%}", xs, (self.trained,) * len(xs)))


class MixTraining:
    """Trains on a mix and counts what comes out. `train` belongs to one thread; `choose` and `reset` do not."""

    def __init__(self, trained: float = SHARES[0], seed: int = 0) -> None:
        """Start anew.

        Args:
            trained: share of red pictures, 0 … 1.
            seed: of the network, and of which pictures are red.

        Raises:
            LessonError: the share is out of range.
        """
        self._seed = seed
        self._order = (_checked(trained), 0)
        self._begun: tuple[float, int] | None = None

    @property
    def trained(self) -> float:
        """The share that was chosen last."""
        return self._order[0]

    def choose(self, trained: float) -> None:
        """Start again on another mix.

        Raises:
            LessonError: the share is out of range.
        """
        self._order = (_checked(trained), self._order[1] + 1)

    def next_mix(self) -> None:
        """Start again on the next of `SHARES`."""
        later = [each for each in SHARES if each < self.trained]
        self.choose(later[0] if later else SHARES[0])

    def reset(self) -> None:
        """Forget what was learned."""
        self.choose(self.trained)

    def state(self) -> MixState:
        """Return where things stand; no step is taken."""
        return self.train(0)

    def train(self, steps: int = 25) -> MixState:
        """Take so many steps, with a look after every 125th: 25 take a tenth of a second."""
        self._follow()
        for _ in range(steps):
            self._trainer.step()
            if self._trainer.steps % LOOK == 0:
                self._look()
        return MixState(self._mix, to_pixels(self._pictures), self._samples, self._trainer.steps, tuple(self._history))

    def _follow(self) -> None:
        """Begin what was ordered last, if that is not under way."""
        if self._begun == self._order:
            return
        self._begun, self._mix = self._order, self._order[0]
        self._pictures = mixed_pictures(self._mix, self._seed)
        self._trainer = TinyTrainer(self._pictures, TinySettings(batch=_BATCH, seed=self._seed))
        self._history: list[MixPoint] = []
        self._look()

    def _look(self) -> None:
        self._samples = to_pixels(self._trainer.sample(SAMPLES))
        self._history.append(counted(self._trainer.steps, self._samples))


def counted(step: int, samples: U8) -> MixPoint:
    """Count red and blue things among samples (n, 16, 16, 3) by which of the two channels is clearly stronger."""
    tilts = np.array([_tilt(sample) for sample in samples])
    red, blue = int((tilts > _CLEAR).sum()), int((tilts < -_CLEAR).sum())
    return MixPoint(step, red, blue, len(samples) - red - blue)


@lru_cache(maxsize=8)
def mixed_pictures(trained: float, seed: int = 0) -> F32:
    """Return eight things at 25 places each, (200, 16, 16, 3) in [-1, 1], in random order; so many of them red.

    Args:
        trained: share of red ones, 0 … 1; the others are blue.
        seed: decides which.
    """
    places = range(SIDE - _SMALL + 1)
    spots = [(name, x, y) for name in picture_set(_NOUNS).names for x in places for y in places]
    order = np.random.Generator(np.random.PCG64([seed, 6])).permutation(len(spots))
    reds = round(trained * len(spots))
    painted = [_painted(RED if place < reds else BLUE, *spots[spot]) for place, spot in enumerate(order)]
    shuffled = np.random.Generator(np.random.PCG64([seed, 7])).permutation(len(painted))
    pictures = np.stack([painted[place] for place in shuffled])
    pictures.flags.writeable = False
    return pictures


def _tilt(picture: U8) -> float:
    """How much stronger red is than blue over the thing's pixels, −255 … 255; 0 where there is none."""
    mask = object_mask(picture)
    if box_of(mask) is None:
        return 0.0
    red, _, blue = picture[mask].astype(np.float32).mean(axis=0)
    return float(red - blue)


def _painted(colour: str, name: str, x: int, y: int) -> F32:
    """One drawing, its left and top pixel at (x, y), on a pale ground."""
    drawing = resized(shown()[by_name()[name].id][_STYLE].index, colour, _SMALL)  # premultiplied RGBA
    canvas = np.empty((SIDE, SIDE, 3), np.float32)
    canvas[:] = TINTS[0]
    view = canvas[y : y + _SMALL, x : x + _SMALL]
    view[:] = view * (1 - drawing[..., 3:]) + drawing[..., :3]
    return (canvas / np.float32(127.5) - 1).clip(-1, 1).astype(np.float32)


def _sheet(pixels: U8) -> U8:
    return sheet(pixels[:4].astype(np.float32) / np.float32(127.5) - 1)


def _checked(trained: float) -> float:
    if not 0 <= trained <= 1:
        raise LessonError(f"the share of red pictures must be from 0 to 1, not {trained}")
    return float(trained)
