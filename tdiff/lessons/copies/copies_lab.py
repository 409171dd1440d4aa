"""A picture and the five training pictures nearest to it, all 400,000 searched: made ones, and real ones to compare."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from tdiff.arrays import U8
from tdiff.defaults import GUIDANCE, STEPS
from tdiff.evaluate.memorisation import Neighbours, neighbours, pictures_of, training_picture
from tdiff.evaluate.prompts import cases
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.several import several
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.recipe import SEED_RANGE
from tdiff.views.figures import Pane
from tdiff.world.concepts import concepts
from tdiff.world.dataset import TRAIN_SIZE, described, example, offered_from

CopyKind = Literal["one thing", "a pair never shown", "an unseen real scene"]

KINDS: Final[tuple[CopyKind, ...]] = get_args(CopyKind)
"""What can be looked at, in the order in which a key turns through them."""
NEAREST: Final = 5
_SUITE = {"one thing": "single", "a pair never shown": "colour held out"}
_APART = 20  # indices between the real scenes that are shown, since some are passed over
_LIST = 60  # prompts of each kind; then they begin anew with other seeds


@dataclass(frozen=True, slots=True, eq=False)
class CopyState:
    """A picture and what in the training set is nearest to it.

    Attributes:
        kind: what is looked at.
        prompt: what was asked for; of a real scene its caption.
        seed: of a made picture; of a real scene its number.
        picture: (32, 32, 3) uint8.
        found: its five nearest training pictures, distances and the ratio to the fifty nearest.
        captions: of those five.
        trained_on: training pictures of a pair that was never shown, counted over all scenes of its noun; None for
            the other kinds.
    """

    kind: CopyKind
    prompt: str
    seed: int
    picture: U8
    found: Neighbours
    captions: tuple[str, ...]
    trained_on: int | None = None

    @property
    def text(self) -> str:
        """What is in front of the learner."""
        if self.kind == "an unseen real scene":
            about = f"“{self.prompt}”: a real scene that training never saw. So near do pictures come by chance."
        elif self.trained_on is None:
            about = f"Made for “{self.prompt}”, seed {self.seed}. Do real scenes that training never saw come as near?"
        else:
            held = f"Training holds {self.trained_on} pictures of that: all were looked at."
            about = f"Made for “{self.prompt}”, seed {self.seed}. {held}"
        return f"{about} A copy would be at distance 0, and at ratio 0 to the fifty nearest; this is at {self._ratio}."

    @property
    def limits(self) -> str:
        """What this does not show."""
        return (
            "Distance compares pixel by pixel, so a drawing that was copied and moved is missed. Large models are "
            "harder to search: billions of pictures, often not public."
        )

    def panes(self) -> tuple[Pane, ...]:
        """The picture, then its nearest, nearest first."""
        title = "never trained on" if self.kind == "an unseen real scene" else "made in this run"
        near = (
            Pane(f"trained on, {rank}.", training_picture(int(index)), f"{distance:.3f} away")
            for rank, (index, distance) in enumerate(zip(self.found.indices, self.found.distances, strict=True), 1)
        )
        return (Pane(title, self.picture), *near)

    def table(self) -> tuple[tuple[str, ...], ...]:
        """Number, distance and caption of each of the five."""
        rows = (
            (f"{int(index):,}", f"{distance:.3f}", caption)
            for index, distance, caption in zip(self.found.indices, self.found.distances, self.captions, strict=True)
        )
        return (("scene", "distance", "caption"), *rows)

    @property
    def _ratio(self) -> str:
        return f"{self.found.distance:.3f} and {self.found.ratio:.2f}"


class CopySearch:
    """Pictures to look at, one after another, of one kind until another is chosen."""

    def __init__(self, pipeline: Pipeline, seed: int = 0) -> None:
        """Choose the first kind; nothing is made yet.

        Args:
            pipeline: whose network paints.
            seed: same seed, same pictures.

        Raises:
            LessonError: the seed is out of range.
        """
        if not 0 <= seed <= SEED_RANGE[1]:
            raise LessonError(f"the seed must be from 0 to {SEED_RANGE[1]}, not {seed}")
        self._pipeline, self._seed = pipeline, seed
        self._place = 0
        self.kind: CopyKind = KINDS[0]

    def choose(self, kind: CopyKind) -> None:
        """Look at pictures of another kind from now on.

        Raises:
            LessonError: there is none such.
        """
        if kind not in KINDS:
            raise LessonError(f"there are pictures of {', '.join(KINDS)}", remedy="choose one of these")
        self.kind = kind

    def next_kind(self) -> None:
        """Turn to the next kind."""
        self.kind = KINDS[(KINDS.index(self.kind) + 1) % len(KINDS)]

    def next(self) -> CopyState:
        """Make the next picture and search for it: about a second, for a pair never shown two."""
        place, self._place = self._place, self._place + 1
        if self.kind == "an unseen real scene":
            scene = example(offered_from(TRAIN_SIZE + _APART * (self._seed + place)))
            return self._searched(scene.caption, scene.index, scene.image)
        case = cases(_SUITE[self.kind], _LIST)[(self._seed + place) % _LIST]
        seed = (self._seed + place) % (SEED_RANGE[1] + 1)
        made = several(self._pipeline, [case.prompt], seed, STEPS, GUIDANCE).complete().final[0]
        trained_on = None
        if self.kind == "a pair never shown":
            thing = case.want.things[0]
            trained_on = pictures_of(concepts()[thing.concept].id, thing.colour or "")
        return self._searched(case.prompt, seed, to_pixels(made), trained_on)

    def _searched(self, prompt: str, seed: int, picture: U8, trained_on: int | None = None) -> CopyState:
        found = neighbours(picture, NEAREST)
        captions = tuple(described(int(index))[1] for index in found.indices)
        return CopyState(self.kind, prompt, seed, picture, found, captions, trained_on)
