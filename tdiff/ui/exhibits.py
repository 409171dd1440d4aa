"""What the studio's canvases can show besides the run: a fork, two pictures compared, a morph. Knows no widget."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tdiff.arrays import U8
from tdiff.diffusion import Trace, mean_abs_difference
from tdiff.lessons.core.showing import difference_pixels
from tdiff.pipeline import to_pixels
from tdiff.prompt.command import command_of
from tdiff.recipe import Recipe, differences
from tdiff.text import clean_text
from tdiff.views.curve import Curve
from tdiff.views.figures import Figure, mean_difference
from tdiff.views.shown_command import ShownCommand

_BETWEEN_SEEDS = "no command makes this: its noise lies between those of two seeds"


class Exhibit(Protocol):
    """Something that takes the canvases for a while."""

    @property
    def title(self) -> str:
        """Heading of the guide."""

    @property
    def text(self) -> str:
        """What the guide says."""

    def figures(self, cursor: int) -> tuple[Figure, ...]:
        """The canvases at a place of the scrubber."""

    def twin(self, cursor: int) -> ShownCommand:
        """The command for all of it, where all canvases are in sight."""

    def table(self, cursor: int) -> tuple[tuple[str, ...], ...]:
        """Figures for the guide."""

    def curves(self) -> tuple[tuple[Curve, ...], str, str]:
        """Curves and axis names for the plot."""


@dataclass(frozen=True, slots=True)
class Fork:
    """Two ways on from one step.

    Attributes:
        a: the run as it was.
        b: the run that left it.
        index: grid index of the first step that differs.
        changed: what was changed, such as "guidance 8".
        recipe_a: of A.
        recipe_b: of B; None where no recipe repeats it.
        start_path: where the picture is from that both start from, if they do.
    """

    a: Trace
    b: Trace
    index: int
    changed: str
    recipe_a: Recipe
    recipe_b: Recipe | None = None
    start_path: str | None = None

    @property
    def title(self) -> str:
        """Heading of the guide."""
        return f"Fork at step {self.index + 1}: {self.changed}"

    @property
    def text(self) -> str:
        """What the guide says."""
        text = (
            "A goes on as it was, B with the change; both share every step before. ← → move along both. "
            "Change more, and B is made anew. b goes back to A."
        )
        return text if self.recipe_b is None else f"{text} In the command, steps count from 0."

    def figures(self, cursor: int) -> tuple[Figure, ...]:
        """A, B and their difference."""
        a, b = _at(self.a, cursor), _at(self.b, cursor)
        made_a, made_b = self._twins()
        gap, note = (None, "") if a is None or b is None else (difference_pixels(a, b), f"{mean_difference(a, b):.3f}")
        return (
            Figure("A as it was", a, twin=made_a),
            Figure("B forked", b, twin=made_b),
            Figure("difference of x̂₀", gap, note),
        )

    def twin(self, cursor: int) -> ShownCommand:
        """That of B; where it has none, that of A."""
        made_a, made_b = self._twins()
        return made_b if made_b.command else ShownCommand(made_a.command, "no command makes B; A")

    def _twins(self) -> tuple[ShownCommand, ShownCommand]:
        a = ShownCommand(command_of(self.recipe_a, self.start_path), "A")
        if self.recipe_b is None:
            return a, ShownCommand(said="no command makes B; only forks by other words have one")
        return a, ShownCommand(command_of(self.recipe_b, self.start_path), "B")

    def table(self, cursor: int) -> tuple[tuple[str, ...], ...]:
        """How far apart the two are."""
        gaps = self._gaps()
        if not gaps:
            return ()
        place = min(cursor, len(gaps) - 1)
        return (
            ("difference of A and B", "now", "at the end"),
            ("of x_t, mean absolute", f"{gaps[place]:.3f}", f"{gaps[-1]:.3f}" if self.b.finished else "…"),
        )

    def curves(self) -> tuple[tuple[Curve, ...], str, str]:
        """The divergence."""
        gaps = self._gaps()
        xs = tuple(float(i + self.a.first) for i in range(len(gaps)))
        return (Curve("A against B", xs, gaps),), "steps taken", "mean absolute difference"

    def _gaps(self) -> tuple[float, ...]:
        pairs = zip(self.a.states, self.b.states, strict=False)
        return tuple(float(mean_abs_difference(x, y)[0]) for x, y in pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two pictures and in what their recipes differ; paths are of the pictures that they start from, if they do."""

    a: U8
    b: U8
    recipe_a: Recipe
    recipe_b: Recipe
    path_a: str | None = None
    path_b: str | None = None

    @property
    def title(self) -> str:
        """Heading of the guide."""
        return "A against B"

    @property
    def text(self) -> str:
        """What the guide says."""
        gap = mean_difference(self.a, self.b)
        if gap == 0:
            return "The two pictures are equal, channel for channel. b goes back to the bench."
        return f"They differ by {gap:.3f} on average, on a scale where black and white are 2 apart. b goes back."

    def figures(self, cursor: int) -> tuple[Figure, ...]:
        """A, B and their difference."""
        gap = mean_difference(self.a, self.b)
        return (
            Figure("A", self.a, twin=ShownCommand(command_of(self.recipe_a, self.path_a), "A")),
            Figure("B", self.b, twin=self.twin(cursor)),
            Figure("difference", difference_pixels(self.a, self.b), f"{gap:.3f}"),
        )

    def twin(self, cursor: int) -> ShownCommand:
        """That of B."""
        return ShownCommand(command_of(self.recipe_b, self.path_b), "B")

    def table(self, cursor: int) -> tuple[tuple[str, ...], ...]:
        """The fields of the recipes that differ."""
        rows = [(name, _shown(a), _shown(b)) for name, (a, b) in differences(self.recipe_a, self.recipe_b).items()]
        return (("", "A", "B"), *(rows or [("recipes", "equal", "equal")]))

    def curves(self) -> tuple[tuple[Curve, ...], str, str]:
        """None."""
        return (), "", ""


@dataclass(frozen=True, slots=True, eq=False)
class Morph:
    """A walk from one picture to another.

    Attributes:
        pictures: (n, 32, 32, 3), made one for each station; fewer while it is under way.
        stations: what each is, such as "B from step 7".
        recipes: of each; None where no recipe repeats it.
        about: what is walked.
        total: how many there will be.
    """

    pictures: tuple[U8, ...]
    stations: Sequence[str]
    recipes: Sequence[Recipe | None]
    about: str
    total: int

    @property
    def title(self) -> str:
        """Heading of the guide."""
        return "Morph"

    @property
    def text(self) -> str:
        """What the guide says."""
        done = "← → walk, p plays" if len(self.pictures) == self.total else f"{len(self.pictures)} of {self.total} made"
        return f"{self.about} {done}; b goes back to the bench."

    def figures(self, cursor: int) -> tuple[Figure, ...]:
        """The station, between the two ends."""
        if not self.pictures:
            return (Figure("morph", None),)
        place = min(cursor, len(self.pictures) - 1)
        return (
            Figure(self.stations[place], self.pictures[place], f"{place + 1}/{self.total}", twin=self.twin(cursor)),
            Figure("start", self.pictures[0], twin=self._twin(0, "start")),
            Figure(
                "end",
                self.pictures[-1] if len(self.pictures) == self.total else None,
                twin=self._twin(self.total - 1, "end"),
            ),
        )

    def twin(self, cursor: int) -> ShownCommand:
        """That of the station."""
        return self._twin(max(0, min(cursor, len(self.pictures) - 1)))

    def _twin(self, place: int, said: str = "") -> ShownCommand:
        recipe = self.recipes[place]
        return ShownCommand(said=_BETWEEN_SEEDS) if recipe is None else ShownCommand(command_of(recipe), said)

    def table(self, cursor: int) -> tuple[tuple[str, ...], ...]:
        """How far each station is from the one before."""
        place = min(cursor, len(self.pictures) - 1)
        if place < 1:
            return ()
        gap = mean_difference(self.pictures[place - 1], self.pictures[place])
        return (("from the station before", ""), ("mean absolute difference", f"{gap:.3f}"))

    def curves(self) -> tuple[tuple[Curve, ...], str, str]:
        """The size of each move."""
        gaps = tuple(mean_difference(a, b) for a, b in zip(self.pictures, self.pictures[1:], strict=False))
        return (
            (Curve("change", tuple(float(i + 2) for i in range(len(gaps))), gaps),),
            "station",
            "change",
        )


def _at(trace: Trace, cursor: int) -> U8 | None:
    """The clean guess at a place, or the finished picture."""
    if not len(trace):
        return None
    if cursor >= len(trace):
        return to_pixels((trace.final if trace.finished else trace[-1].x0)[0])
    return to_pixels(trace[cursor].x0[0])


def _shown(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else "–" if value in (None, "", ()) else str(value)
    return clean_text(text if len(text) <= 28 else text[:27] + "…")
