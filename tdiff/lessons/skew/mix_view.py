"""Change the mix: a small network trained on red and blue, as many of each as is chosen."""

from collections.abc import Callable

from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import LabView, as_figures
from tdiff.lessons.skew.mix_lab import MixState, MixTraining
from tdiff.views.curve import Curve
from tdiff.views.figures import Figure
from tdiff.views.view import Engine


class MixView(LabView):
    """Trains in a thread while it plays.

    Args:
        context: nothing of it is needed: its network is its own.
    """

    title = "Hands on: change the mix"
    keys = (
        ("p", "train, pause"),
        ("t", "other mix"),
        ("r", "begin anew"),
        ("l", "closes"),
    )
    caption = "numpy · a tiny network that this program trains now · measured"
    plotted = True

    def __init__(self, context: LabContext) -> None:
        self._training = MixTraining()
        self.state = self._training.state()

    @property
    def engine(self) -> Engine:
        """It works itself."""
        return self

    def work(self) -> Callable[[], object] | None:
        """A tenth of a second of training."""
        return self._training.train

    def look(self) -> Callable[[], object]:
        """Take no step."""
        return self._training.state

    def worked(self, state: MixState) -> None:
        """Show what training has come to."""
        self.state = state

    def figures(self) -> tuple[Figure, ...]:
        """What it makes, and what it is trained on."""
        return as_figures(self.state.panes())

    def text(self) -> str:
        """What is trained on what."""
        return self.state.text

    def table(self) -> tuple[tuple[str, ...], ...]:
        """How much came out red."""
        return self.state.table()

    def aside(self) -> str:
        """What this does not show."""
        return self.state.limits

    def curves(self) -> tuple[tuple[Curve, ...], str, str]:
        """The share of red as training goes on."""
        return self.state.curves(), "training step", "share of red"

    def reseed(self) -> None:
        """Begin anew."""
        self._training.reset()

    def cycle(self, which: str) -> None:
        """Begin anew on another mix."""
        if which == "eta":
            self._training.next_mix()
