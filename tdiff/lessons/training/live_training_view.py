"""Live training: a small denoiser learns from scratch while you watch."""

from collections.abc import Callable
from math import isfinite

from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import LabView, as_figures
from tdiff.lessons.training.live_state import BANDS, LiveSettings, LiveState
from tdiff.lessons.training.live_training_lab import LiveTraining
from tdiff.tinytrain import MAX_LEARNING_RATE, Parametrization
from tdiff.views.curve import Curve
from tdiff.views.figures import Figure
from tdiff.views.places import Places, sparkline
from tdiff.views.view import Engine

_SETS = (4, 8, 40, 400)
_FORMS: tuple[Parametrization, ...] = ("x0", "v", "eps")
_SAID = {"x0": "the clean picture x₀", "v": "v", "eps": "the noise ε"}
_SPARKS = 8  # cells
_SLICE = 0.15
"""Seconds of training between two looks."""
_PANES = 2


class LiveTrainingView(LabView):
    """Plays in a thread; `work` is called again and again while it does.

    Args:
        context: nothing of it is needed: its network is its own.
    """

    title = "Hands on: train one yourself"
    keys = (
        ("p", "train, pause"),
        ("+ −", "rate"),
        ("t", "pictures"),
        ("v", "form"),
        ("r", "begin anew"),
        ("l", "closes"),
    )
    caption = "numpy · a tiny network that this program trains now · measured"
    plotted = True
    scrubber_words = ("step", "error")

    def __init__(self, context: LabContext) -> None:
        self._training = LiveTraining(LiveSettings())
        self.state = self._training.advance(0)

    def resume(self, earlier: LabView) -> None:
        """The same network, as far as it was trained."""
        if isinstance(earlier, LiveTrainingView):
            self._training, self.state = earlier._training, earlier.state

    def figures(self) -> tuple[Figure, ...]:
        """Samples from the same starting noises, ever again."""
        return as_figures(self.state.panes(_PANES))

    def places(self) -> Places:
        """Nothing to move along; the bars are the error."""
        return 0, 0, 0, None, tuple(point.error for point in self.state.history)

    def text(self) -> str:
        """What is trained on what."""
        settings = self._training.settings
        return (
            f"A network of its own, from nothing, on {settings.pictures} pictures of 16×16. It predicts "
            f"{_SAID[settings.parametrization]}. The samples, from the same noises every time, are made now and then: "
            f"these at step {self.state.sampled_at}."
        )

    def table(self) -> tuple[tuple[str, ...], ...]:
        """Where it is."""
        state = self.state
        rows = [
            ("", "now"),
            ("steps", f"{state.step} in {state.seconds:.1f} s"),
            ("loss", f"{state.loss:.4f}" if state.step else "—"),
            ("sprites that appeared", f"{state.sprites} of {state.settings.pictures}"),
            ("nearest trained / not", f"{state.ratio:.2f}"),
            ("learning rate", f"{self._training.settings.learning_rate:g}"),
        ]
        return (*rows, *self._errors())

    def _errors(self) -> list[tuple[str, str]]:
        """Error by noise level, so far and now."""
        rows = []
        for place, band in enumerate(BANDS):
            errors = [point.bands[place] for point in self.state.history if isfinite(point.bands[place])]
            so_far = f"{sparkline(errors, _SPARKS)} {errors[-1]:.4f}" if errors else "—"
            rows.append((f"error, {band}", so_far))
        return rows

    def curves(self) -> tuple[tuple[Curve, ...], str, str]:
        """Error by noise level."""
        return self.state.curves(), "step", "error by noise level"

    @property
    def engine(self) -> Engine:
        """It works itself."""
        return self

    def work(self) -> Callable[[], object] | None:
        """Train for a moment."""
        return lambda: self._training.advance(_SLICE)

    def look(self) -> Callable[[], object]:
        """Take no step."""
        return lambda: self._training.advance(0)

    def worked(self, state: LiveState) -> None:
        """Show what training has come to."""
        self.state = state

    def reseed(self) -> None:
        """Begin anew."""
        self._training.reset()

    def cycle(self, which: str) -> None:
        """Change a setting; training goes on, or begins anew where it must."""
        settings = self._training.settings
        if which == "form":
            self._training.choose(parametrization=_FORMS[(_FORMS.index(settings.parametrization) + 1) % len(_FORMS)])
        elif which == "eta":
            self._training.choose(pictures=_SETS[(_SETS.index(settings.pictures) + 1) % len(_SETS)])
        else:
            factor = 2.0 if which == "more" else 0.5
            rate = min(max(settings.learning_rate * factor, 1e-5), MAX_LEARNING_RATE)
            self._training.set_learning_rate(rate)
