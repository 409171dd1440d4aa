"""What takes the canvases for a while, and the few questions that the bench asks it. Knows no widget.

A run, live typing, a fork, a comparison, a morph, a lab, the result of an experiment: each is a `View`. The bench shows
one at a time, draws what it answers, lends it the keys, and has computed in a thread what it wants computed.
"""

import secrets
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from tdiff.arrays import F32, U8
from tdiff.diffusion import Trace
from tdiff.prompt.tokenizer import Tokens
from tdiff.prompt.understand import TextRole
from tdiff.recipe import Recipe
from tdiff.views.curve import Curve
from tdiff.views.figures import Figure
from tdiff.views.page import Page
from tdiff.views.places import WORDS
from tdiff.views.settings import cycled
from tdiff.views.shown_command import ShownCommand

if TYPE_CHECKING:
    from tdiff.views.export import Saving

Hint = tuple[str, str]
"""A key as it is written, and what it does: ("p", "train, pause")."""

MOVES = frozenset({"step", "back", "ahead", "play", "finish", "first", "last", "scrubber"})
"""Keys, and the mouse on the scrubber, that move the cursor."""

CONTROLS = frozenset({"prompt", "negative", "guidance", "seed", "sampler", "eta", "steps", "switches"})
"""Fields of the recipe that the bench has a control for."""

_NAMES = {"eta": "η"}

SETTINGS = CONTROLS | {"more", "fewer", "drop_switches"}
"""Those fields, and keys that change one of them without being named like it."""


class Track(NamedTuple):
    """What the scrubber shows.

    Attributes:
        total: the last place; 0 where there is nothing to move along.
        done: the last place that needs no computing; -1 where nothing was done.
        cursor: where it is.
        noise_level: σ there, 0 … 1; None where places are no steps.
        bars: a value for each move.
        words: what a place is called, and what the bars show.
        levels: the noise level at every place, where there is one.
    """

    total: int = 0
    done: int = 0
    cursor: int = 0
    noise_level: float | None = None
    bars: tuple[float, ...] = ()
    words: tuple[str, str] = WORDS
    levels: tuple[float, ...] = ()

    @property
    def started(self) -> bool:
        """Whether there is anything to move along."""
        return self.done >= 0


class Still(NamedTuple):
    """One picture of a strip: its place on the track, its name, and (32, 32, 3) uint8 or None where it is not made."""

    place: int
    label: str
    picture: U8 | None


class Plot(NamedTuple):
    """Curves, names of the axes, where on the x axis the cursor is, and whether they were measured or recorded."""

    curves: tuple[Curve, ...] = ()
    x_label: str = ""
    y_label: str = ""
    cursor: float | None = None
    source: str = "measured"


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """What a view has to say after a key.

    Attributes:
        text: a sentence; "" for none.
        trouble: whether it says that something is wrong.
        reveal: which canvas must be in sight now.
        view: what takes the canvases in its place.
    """

    text: str = ""
    trouble: bool = False
    reveal: int | None = None
    view: "View | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A finished run: its recipe, its steps, and a word on what no recipe repeats."""

    recipe: Recipe
    trace: Trace
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """What can be saved of a view.

    Attributes:
        recipe: how its last picture was made; of a series, what its pictures have in common.
        frames: the pictures on the way, the last one the finished one; (32, 32, 3) uint8 each.
        labels: one for each frame where they are a series that no one recipe makes; else none.
        trace: the steps, where they are those of the recipe.
    """

    recipe: Recipe
    frames: tuple[U8, ...]
    labels: tuple[str, ...] = ()
    trace: Trace | None = None


class Way(Enum):
    """Who obeys a key."""

    HERE = "the view"
    RUN = "the run, for which the view closes"
    CLOSE = "the view, by closing"


class Engine(Protocol):
    """Something that works in slices until it is paused."""

    def work(self) -> Callable[[], object] | None:
        """The next slice, to be run in a thread; None when all is done."""

    def look(self) -> Callable[[], object]:
        """What a slice would give without going on: how one that is paused shows what a setting did."""

    def worked(self, state: Any) -> None:
        """Store what a slice has given."""


class View:
    """Base of all views: the questions, each with the answer of a view that has nothing to say.

    Names of keys are those of the key table (`tdiff/ui/keymap.py`).
    """

    at_work = False
    """Whether its engine runs; the bench says."""

    # What is shown

    @property
    def title(self) -> str:
        """Heading of the guide."""
        return ""

    @property
    def keys(self) -> tuple[Hint, ...]:
        """Its keys, named in place of the bench's; none where the bench's keys do what they do everywhere."""
        return ()

    @property
    def caption(self) -> str:
        """Where its pictures and numbers are from, where that is not the model on the bench."""
        return ""

    @property
    def remark(self) -> str:
        """What is said behind the caption."""
        return ""

    @property
    def recipe(self) -> Recipe | None:
        """What the controls show; None where it uses no recipe."""
        return None

    @property
    def settings(self) -> tuple[str, ...]:
        """What stands in place of seed, sampler, η and steps, where they are of no recipe."""
        return ()

    def words(self, role: TextRole, text: str) -> Tokens | None:
        """What became of the words of prompt or negative; None for what the model on the bench makes of them."""
        return None

    @property
    def alone(self) -> bool:
        """Whether it has no pictures, so that the guide takes their room."""
        return False

    @property
    def plotted(self) -> bool:
        """Whether the plot keeps its place also while there are no curves."""
        return True

    @property
    def brings(self) -> str:
        """What becomes of a picture of one's own; "" where it takes none."""
        return ""

    def figures(self) -> tuple[Figure, ...]:
        """The canvases; an empty one, which is not seen, where it stands alone."""
        return (Figure("", None),)

    def gathered(self) -> tuple[slice, str] | None:
        """Where one canvas is shown at a time: which of them an overview holds and its name ("" for all of them)."""
        return None

    def front(self) -> int | None:
        """Which of them must be in sight where not all are; None for no matter."""
        return None

    def track(self) -> Track:
        """The scrubber."""
        return Track()

    def plot(self) -> Plot:
        """Curves for the plot."""
        return Plot()

    def strip(self, count: int) -> tuple[Still, ...]:
        """At most so many pictures along the track, shown in place of the plot; none where the curves are the point."""
        return ()

    def page(self) -> Page | None:
        """What the guide says; None for the card, or for the studio's page."""
        return None

    def command(self) -> ShownCommand:
        """The command for what is shown, where no picture in front has its own."""
        return ShownCommand(said="no one command makes these pictures")

    def made(self) -> tuple[Made, ...]:
        """Finished runs that are worth keeping."""
        return ()

    def export(self) -> "Export | Saving | str":
        """What e saves, or why there is nothing to save."""
        return "nothing here is a picture to save"

    def fit(self, columns: int, rows: int) -> None:
        """Take note of how much text the guide shows at once.

        Raises:
            TdiffError: it cannot be laid out for that.
        """

    # What keys do

    @property
    def takes(self) -> frozenset[str]:
        """Fields of the recipe that the bench's controls change."""
        return frozenset()

    @property
    def ending(self) -> str:
        """What is said at its last place."""
        return "this is the last of them: ← looks back, enter goes on"

    def why_not(self, key: str) -> str:
        """Why a key does nothing now; "" where it does something. "typing" stands for texts that are not taken yet."""
        return ""

    def fixed(self, field: str) -> str:
        """Why a field of the recipe that is not in `takes` stays as it is."""
        return f"{_NAMES.get(field, field)} isn't used here"

    def way(self, key: str) -> Way:
        """Who obeys a key."""
        return Way.HERE

    @property
    def bound(self) -> int:
        """The place that the cursor is at, or on its way to; -1 before anything was asked for."""
        return self.track().cursor

    def move(self, place: int) -> Reply | None:
        """The cursor goes there.

        Raises:
            TdiffError: it cannot.
        """
        return None

    def go_on(self) -> Reply | None:
        """Enter: to the end, or to the next one."""
        track = self.track()
        return Reply(self.ending) if track.cursor >= track.total else self.move(track.total)

    def reset(self) -> Reply | None:
        """x: back to the beginning."""
        return self.move(0)

    def reseed(self) -> Reply | None:
        """r: other noise."""
        if self.recipe is None:
            return None
        return self.change(self.recipe.replace(seed=secrets.randbelow(10_000)))

    def cycle(self, which: str) -> Reply | None:
        """A setting's key: "form" (v), "eta" (t), "sampler" (s), "more" (+), "fewer" (−)."""
        if self.recipe is None or which == "form":
            return None
        recipe, said = cycled(self.recipe, which)
        return self.change(recipe) or Reply(said)

    def change(self, recipe: Recipe) -> Reply | None:
        """Take another recipe, which differs in fields of `takes`.

        Raises:
            TdiffError: nothing can be done with it; all is as before.
        """
        return None

    def undo(self) -> Reply | None:
        """u: as it was before the last change."""
        return None

    def bring(self, picture: F32, name: str) -> Reply | None:
        """Take a picture of one's own, (32, 32, 3) in [-1, 1], and what it is called."""
        return None

    def turned(self, place: int) -> None:
        """Canvas number `place` was turned to the front, where one is shown at a time."""

    # What it wants computed

    def wish(self) -> Hashable | None:
        """Name what has to be made before all can be shown that was asked for; None where it is there."""
        return None

    def fulfil(self, wish: Any) -> Iterator[object]:
        """Make it, in a thread, handing out how far it is and at last the whole of it.

        What is handed out may be overtaken by what comes next, and is then never seen by `take`.

        Args:
            wish: what `wish` named.

        Raises:
            TdiffError: it cannot be made.
        """
        raise NotImplementedError

    def take(self, state: Any) -> None:
        """Store what `fulfil` has handed out; after the last one `wish()` must change."""

    @property
    def engine(self) -> Engine | None:
        """What works in a thread, started and paused by p; None where p plays steps."""
        return None


class Overlay(View):
    """A view that stands in front of another one, which answers where it has nothing of its own to say.

    Args:
        behind: what comes back when it closes.
    """

    def __init__(self, behind: View) -> None:
        self.behind = behind

    @property
    def recipe(self) -> Recipe | None:
        """That of what is behind."""
        return self.behind.recipe

    @property
    def takes(self) -> frozenset[str]:
        """The same fields."""
        return self.behind.takes

    @property
    def ending(self) -> str:
        """The same end."""
        return self.behind.ending

    def figures(self) -> tuple[Figure, ...]:
        """The same pictures."""
        return self.behind.figures()

    def track(self) -> Track:
        """The same places."""
        return self.behind.track()

    def plot(self) -> Plot:
        """The same curves."""
        return self.behind.plot()

    def strip(self, count: int) -> tuple[Still, ...]:
        """The same strip."""
        return self.behind.strip(count)

    def command(self) -> ShownCommand:
        """The same command."""
        return self.behind.command()

    def made(self) -> tuple[Made, ...]:
        """The same finished runs."""
        return self.behind.made()

    def export(self) -> "Export | Saving | str":
        """The same picture."""
        return self.behind.export()

    def why_not(self, key: str) -> str:
        """The same reasons."""
        return self.behind.why_not(key)

    @property
    def bound(self) -> int:
        """The same."""
        return self.behind.bound

    def move(self, place: int) -> Reply | None:
        """Along what is behind."""
        return self.behind.move(place)

    def change(self, recipe: Recipe) -> Reply | None:
        """The recipe of what is behind."""
        return self.behind.change(recipe)

    def undo(self) -> Reply | None:
        """What was changed behind."""
        return self.behind.undo()

    def wish(self) -> Hashable | None:
        """What is behind goes on."""
        return self.behind.wish()

    def fulfil(self, wish: Any) -> Iterator[object]:
        """Its wish."""
        return self.behind.fulfil(wish)

    def take(self, state: Any) -> None:
        """Its state."""
        self.behind.take(state)


class Exhibit(Overlay):
    """An overlay of the studio's own: it is closed by b, by u, and by what only the run can do.

    Args:
        behind: the run.
    """

    def why_not(self, key: str) -> str:
        """The prediction is the run's alone."""
        return "v is for the prediction on the bench: b goes back to it" if key == "form" else ""

    def way(self, key: str) -> Way:
        """Settings and noise are the run's."""
        if key == "undo":
            return Way.CLOSE
        return Way.RUN if key == "reset" or key in SETTINGS else Way.HERE

    def export(self) -> "Export | Saving | str":
        """No recipe repeats it."""
        return "no recipe repeats this: b goes back to the bench, where e saves its picture"
