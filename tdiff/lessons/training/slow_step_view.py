"""One training step in slow motion."""

from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import LabView, as_figures
from tdiff.lessons.training.slow_step_lab import SlowStep
from tdiff.views.figures import Figure
from tdiff.views.places import Places


class SlowStepView(LabView):
    """The scrubber walks through the moments of a step.

    Args:
        context: whose model is asked what it would predict.
    """

    title = "Hands on: one step of training"
    keys = (
        ("space or →", "the next moment"),
        ("enter", "another step"),
        ("l", "closes"),
    )

    def __init__(self, context: LabContext) -> None:
        self._slow = SlowStep(context.bench.pipeline)
        self._place = 0
        self._beats = self._slow.next().beats()

    def figures(self) -> tuple[Figure, ...]:
        """The moment's picture, and those before it."""
        shown = [beat.pane for beat in self._beats[: self._place + 1] if beat.pane is not None]
        return as_figures(shown[::-1][:3]) or (Figure("", None),)

    def places(self) -> Places:
        """One for each moment."""
        last = len(self._beats) - 1
        return last, last, self._place, None, ()

    def text(self) -> str:
        beat = self._beats[self._place]
        return f"{beat.title}\n\n{beat.text}"

    def move(self, place: int) -> None:
        self._place = min(max(place, 0), len(self._beats) - 1)

    def go_on(self) -> None:
        self._beats, self._place = self._slow.next().beats(), 0

    def reseed(self) -> None:
        self.go_on()
