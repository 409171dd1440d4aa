"""Two finished pictures, A and B, and in what their recipes differ. Knows no widget."""

from dataclasses import dataclass

from tdiff.arrays import U8
from tdiff.engines.choice import OURS, EngineChoice
from tdiff.recipe import Recipe, differences
from tdiff.text import clean_text
from tdiff.views.figures import Figure, difference_pixels, finished_or_guess, mean_difference
from tdiff.views.page import Link, Page
from tdiff.views.run import Run
from tdiff.views.session import Session
from tdiff.views.shown_command import ShownCommand, command_with
from tdiff.views.view import MOVES, Exhibit, Export, Plot


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A finished picture that is to be compared.

    Attributes:
        picture: (32, 32, 3) uint8.
        recipe: what made it.
        path: where the picture is from that it starts from, if it does.
        choice: the model, and what ran it.
    """

    picture: U8
    recipe: Recipe
    path: str | None = None
    choice: EngineChoice = OURS

    @property
    def command(self) -> str:
        """What makes it again."""
        return command_with(self.choice, self.recipe, self.path)


def kept_of(session: Session) -> Kept | None:
    """The bench's picture, once it is finished."""
    picture = finished_or_guess(session)
    if picture is None or session.trace is None or not session.trace.finished:
        return None
    return Kept(picture, session.recipe, session.picture_path, session.choice)


class Comparison(Exhibit):
    """A against B.

    Args:
        run: what comes back.
        a: kept before.
        b: what the bench has now.
    """

    def __init__(self, run: Run, a: Kept, b: Kept) -> None:
        super().__init__(run)
        self.a, self.b = a, b

    @property
    def title(self) -> str:
        """Heading of the guide."""
        return "A against B"

    def page(self) -> Page:
        """How far apart they are, and in what their recipes differ."""
        gap = mean_difference(self.a.picture, self.b.picture)
        text = (
            f"They differ by {gap:.3f} on average, on a scale where black and white are 2 apart. b goes back."
            if gap
            else "The two pictures are equal, channel for channel. b goes back to the bench."
        )
        return Page(
            self.title,
            text,
            table=self.table(),
            links=(Link("b", "bench", "bench_view"), Link("e", "export both", "export")),
            forward=False,
        )

    def table(self) -> tuple[tuple[str, ...], ...]:
        """The fields of the recipes that differ."""
        found = differences(self.a.recipe, self.b.recipe)
        rows = [(name, _shown(a), _shown(b)) for name, (a, b) in found.items()]
        return (("", "A", "B"), *(rows or [("recipes", "equal", "equal")]))

    def figures(self) -> tuple[Figure, ...]:
        """A, B and their difference."""
        a, b = self.a, self.b
        gap = f"{mean_difference(a.picture, b.picture):.3f}"
        return (
            Figure("A", a.picture, command=ShownCommand(a.command, "A")),
            Figure("B", b.picture, command=self.command(), main=True),
            Figure("difference", difference_pixels(a.picture, b.picture), gap),
        )

    def command(self) -> ShownCommand:
        """That of B."""
        return ShownCommand(self.b.command, "B")

    def export(self) -> Export | str:
        """A and B side by side, or by turns."""
        return Export(self.b.recipe, (self.a.picture, self.b.picture), ("A", "B"))

    def plot(self) -> Plot:
        """That of the run, of which B is the end."""
        return self.behind.plot()

    def why_not(self, key: str) -> str:
        """Finished pictures have no steps."""
        if key in MOVES:
            return "two finished pictures have no steps to move along: b goes back to the bench"
        return super().why_not(key)


def _shown(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else "–" if value in (None, "", ()) else str(value)
    return clean_text(text if len(text) <= 28 else text[:27] + "…")
