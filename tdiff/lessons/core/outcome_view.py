"""What a card's experiment has found, in front of the run on the bench."""

from tdiff.lessons.core.outcome import Outcome
from tdiff.views.figures import Figure
from tdiff.views.shown_command import ShownCommand
from tdiff.views.view import MOVES, SETTINGS, Overlay, Plot, Still, View, Way


class OutcomeView(Overlay):
    """Its pictures and curves; a step on the bench brings the run back.

    Args:
        run: on the bench.
        outcome: what was found so far.
    """

    def __init__(self, run: View, outcome: Outcome) -> None:
        super().__init__(run)
        self.outcome = outcome

    @property
    def caption(self) -> str:
        """Whose pictures these are."""
        return "numpy · tiny networks that this program trained for the card · measured" if self.outcome.tiny else ""

    @property
    def remark(self) -> str:
        """In how many steps they were made."""
        steps = self.outcome.steps
        return "" if self.outcome.tiny or steps is None else f"runs of {steps} steps"

    def figures(self) -> tuple[Figure, ...]:
        """The pictures that were made for the card."""
        panes = self.outcome.panes
        return tuple(Figure(pane.title, pane.picture, pane.note) for pane in panes) or self.behind.figures()

    def gathered(self) -> tuple[slice, str] | None:
        """All of them in one."""
        return (slice(None), "") if self.outcome.panes else None

    def plot(self) -> Plot:
        """What was measured."""
        found = self.outcome
        return Plot(found.curves, found.x_label, found.y_label) if found.curves else self.behind.plot()

    def strip(self, count: int) -> tuple[Still, ...]:
        """None where something was measured."""
        return () if self.outcome.curves else self.behind.strip(count)

    def command(self) -> ShownCommand:
        """None: an experiment makes several pictures. Before it has begun, that of the bench."""
        if not self.outcome.panes or not self.outcome.begun:
            return self.behind.command()
        return ShownCommand(said="no one command makes these pictures; k makes them again")

    def way(self, key: str) -> Way:
        """Whoever moves along the run wants to see it; so does whoever changes a run that has begun."""
        if key in MOVES or key in ("form", "reset"):
            return Way.RUN
        return Way.RUN if (key in SETTINGS or key == "undo") and self.behind.bound >= 0 else Way.HERE
