"""Two recorded runs beside each other, and how far apart they are. Knows no widget."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from tdiff.arrays import U8
from tdiff.prompt.tokenizer import Tokens
from tdiff.prompt.understand import TextRole
from tdiff.render.pixels import resized
from tdiff.text import clean_text
from tdiff.traces.reader import TraceFile
from tdiff.views.curve import Curve
from tdiff.views.export import Saving
from tdiff.views.figures import Figure, difference_pixels, mean_difference
from tdiff.views.page import Link, Page
from tdiff.views.shown_command import ShownCommand
from tdiff.views.trace_pictures import TracePictures
from tdiff.views.trace_view import said_of_model
from tdiff.views.view import MOVES, Export, Hint, Plot, Reply, Track, View

_SAME_LEVEL: Final = 0.02
"""Most that noise levels of two steps of the same number may differ where both runs have as many steps."""
_KEYS: Final = MOVES | {
    *("reset", "turn", "turn_back", "curve", "guide_up", "guide_down", "bench_view", "leave", "open", "export", "copy")
}
_CELL: Final = 20  # characters of a table's cell


@dataclass(frozen=True, slots=True)
class _Gaps:
    """The wish for all differences."""


class TracePair(View):
    """Trace A and trace B, the first picture of each.

    Each step of A stands beside the one of B with the nearest noise level.

    Args:
        a: a trace of at least one step.
        b: another.

    Raises:
        TraceError: one of them has changed since it was opened.
    """

    ending = "this is the end of A: ← looks back"

    def __init__(self, a: TraceFile, b: TraceFile) -> None:
        self.a, self.b = a, b
        self._partner = _partners(a, b)
        self._a, self._b = TracePictures(a), TracePictures(b)
        self._done = self._a.final(), self._b.final()
        self._gaps: dict[int, float] = {}
        self.at = 0
        """The place on the scrubber: a step of A, or behind the last one both finished pictures."""
        self._seen = self._read(0)

    # What is shown

    @property
    def title(self) -> str:
        """Heading of the guide."""
        return "A against B, recorded"

    @property
    def keys(self) -> tuple[Hint, ...]:
        """What can be done with two recordings."""
        return (("space", "step"), ("p", "play"), ("enter", "end"), ("tab", "turn"), ("b", "bench"))

    @property
    def caption(self) -> str:
        """Where the pictures are from."""
        a, b = said_of_model(self.a.head), said_of_model(self.b.head)
        return f"recorded · {a}" if a == b else f"recorded · A {a} · B {b}"

    @property
    def recipe(self) -> None:
        """None: there are two."""
        return

    def words(self, role: TextRole, text: str) -> Tokens:
        """Other tokenizers read them."""
        return Tokens(text, (), ())

    def figures(self) -> tuple[Figure, ...]:
        """The clean guesses of A and of B, and their difference."""
        a, b = self._seen
        what = "" if self.at < len(self.a) else ", finished"
        gap, note = _difference(a, b)
        return Figure(f"A{what}", a), Figure(f"B{what}", b, main=True), Figure("difference of x̂₀", gap, note)

    def track(self) -> Track:
        """The steps of A; the bars are how far apart the two are."""
        levels = (*(line.sigma for line in self.a.lines), *([0.0] if self._ended else []))
        bars = tuple(self._gaps[place] for place in sorted(self._gaps))
        return Track(self._total, self._total, self.at, levels[self.at], bars, ("step", "A to B"), levels)

    def plot(self) -> Plot:
        """The divergence."""
        places = sorted(self._gaps)
        if len(places) < 2:
            return Plot()
        curve = Curve("A against B", tuple(map(float, places)), tuple(self._gaps[place] for place in places))
        return Plot((curve,), "steps of A", "mean absolute difference of x̂₀", float(self.at), "recorded")

    def page(self) -> Page:
        """How far apart they are, and in what the runs differ."""
        gap = _difference(*self._seen)[1]
        other = self._partner[min(self.at, len(self.a) - 1)]
        beside = "both finished pictures" if self.at == len(self.a) else f"step {self.at + 1} of A, {other + 1} of B"
        text = f"{beside[:1].upper()}{beside[1:]}: {gap} apart on average, where black and white are 2 apart."
        paired = "" if self._level_by_step else " Steps are paired by noise level."
        notes = [f"{name}: {trace.note}" for name, trace in (("A", self.a), ("B", self.b)) if trace.note]
        return Page(
            self.title,
            f"{text}{paired}",
            result="\n".join(notes),
            table=self._table(),
            links=(Link("b", "bench", "bench_view"),),
            forward=False,
        )

    def command(self) -> ShownCommand:
        """None."""
        return ShownCommand(said="recorded: no command of tdiff makes both")

    def export(self) -> Export | Saving | str:
        """One at a time."""
        return "open one of the two by itself to save its pictures: o"

    # What keys do

    def why_not(self, key: str) -> str:
        """Two recordings are as they are."""
        if key in ("guidance", "form"):
            return "that is for one recording at a time: o opens one"
        return "" if key in _KEYS else self.fixed(key)

    def fixed(self, field: str) -> str:
        """What was recorded stays."""
        return "these runs are recorded: b goes to the bench"

    @property
    def bound(self) -> int:
        """Where it is."""
        return self.at

    def move(self, place: int) -> Reply | None:
        """To a step of A, and to its partner of B."""
        place = min(max(place, 0), self._total)
        self._seen = self._read(place)
        self.at = place
        return None

    # What it wants computed

    def wish(self) -> _Gaps | None:
        """How far apart they are at every place."""
        return _Gaps() if len(self._gaps) <= self._total else None

    def fulfil(self, wish: _Gaps) -> Iterator[tuple[tuple[int, float], ...]]:
        """Read both to the end, each step once."""
        a, b = TracePictures(self.a), TracePictures(self.b)  # what is on screen is read beside
        found: list[tuple[int, float]] = []
        for place, partner in enumerate(self._partner):
            found.append((place, _gap(a.at(place).x0, b.at(partner).x0)))
            yield tuple(found)
        if self._ended:
            found.append((len(self.a), _gap(*_both(self._done))))
            yield tuple(found)

    def take(self, state: tuple[tuple[int, float], ...]) -> None:
        """Store what is known."""
        self._gaps = dict(state)

    # Reading

    @property
    def _ended(self) -> bool:
        return all(picture is not None for picture in self._done)

    @property
    def _total(self) -> int:
        return len(self.a) - 1 + self._ended

    @property
    def _level_by_step(self) -> bool:
        return list(self._partner) == list(range(len(self.b)))

    def _read(self, place: int) -> tuple[U8, U8]:
        if place == len(self.a):
            return _both(self._done)
        return self._a.at(place).x0, self._b.at(self._partner[place]).x0

    def _table(self) -> tuple[tuple[str, ...], ...]:
        """In what the two runs differ."""
        rows = []
        for name, a, b in zip(_NAMES, _facts(self.a), _facts(self.b), strict=True):
            if a != b:
                rows.append((name, _cell(a), _cell(b)))
        return (("", "A", "B"), *(rows or [("the runs", "recorded alike", "recorded alike")]))


_NAMES: Final = ("file", "prompt", "negative", "seed", "guidance", "steps", "scheduler", "model", "hash")


def _facts(trace: TraceFile) -> tuple[object, ...]:
    head = trace.head
    asked = head.pictures[0]
    model = (head.scheduler, head.model, head.model_hash[:8])
    return (trace.path.name, asked.prompt, asked.negative, asked.seed, head.guidance, len(trace), *model)


def _partners(a: TraceFile, b: TraceFile) -> tuple[int, ...]:
    """For each step of A the one of B that is nearest in noise level."""
    of_a, of_b = (np.array([line.sigma for line in trace.lines]) for trace in (a, b))
    if len(of_a) == len(of_b) and np.abs(of_a - of_b).max() <= _SAME_LEVEL:
        return tuple(range(len(of_a)))
    return tuple(int(np.abs(of_b - sigma).argmin()) for sigma in of_a)


def _both(pictures: tuple[U8 | None, U8 | None]) -> tuple[U8, U8]:
    a, b = pictures
    assert a is not None and b is not None
    return a, b


def _alike(a: U8, b: U8) -> tuple[U8, U8]:
    """Two pictures in as many pixels as the smaller one has."""
    height, width = min(a.shape[:2], b.shape[:2])
    return resized(a, height, width), resized(b, height, width)


def _gap(a: U8, b: U8) -> float:
    return mean_difference(*_alike(a, b))


def _difference(a: U8, b: U8) -> tuple[U8, str]:
    small_a, small_b = _alike(a, b)
    return difference_pixels(small_a, small_b), f"{mean_difference(small_a, small_b):.3f}"


def _cell(value: object) -> str:
    text = "–" if value in (None, "") else clean_text(f"{value:g}" if isinstance(value, float) else str(value))
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"
