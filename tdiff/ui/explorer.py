"""What every screen may ask of the app."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tdiff.engines.choice import OURS, EngineChoice
from tdiff.render.palette import Depth
from tdiff.store.config import Config
from tdiff.terminal.pacer import Pacer
from tdiff.terminal.pixel_query import Pixels
from tdiff.ui.legible import legible
from tdiff.ui.pacing import Pacing
from tdiff.ui.typed_ahead import TypedAhead
from tdiff.views.looks import PIXELS, Looks
from tdiff.views.words import OWN_WORDS, Words

if TYPE_CHECKING:
    from tdiff.pipeline import Pipeline
    from tdiff.views.view import View


class Explorer(TypedAhead):
    """An app with settings, a model, and a line that may be slow.

    Args:
        config: settings.
        depth: colour depth of the terminal.
    """

    def __init__(self, config: Config, depth: Depth, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config: Config = config
        self.depth: Depth = depth
        self.pipeline: Pipeline | None = None
        """The loaded model."""
        self.choice: EngineChoice = OURS
        """The model, and what runs it."""
        self.looks: Looks = PIXELS
        """How its runs are shown."""
        self.words: Words = OWN_WORDS
        """What is said of its prompts."""
        self.memory: Callable[[], str] = lambda: ""
        """How much memory the model takes, as the caption says it; "" for what nobody needs to know."""
        self.pixels: Pixels | None = None
        """What the terminal said of real pixels; None before it was asked."""
        self.opened: View | None = None
        """What the studio is to show in front of its run."""
        self.pacer = Pacer()
        self.pacing = Pacing(self.pacer, self.set_timer)
        self.reduced_motion: bool = config.appearance.reduced_motion

    def get_css_variables(self) -> dict[str, str]:
        """Return the theme's colours, legible."""
        return legible(super().get_css_variables())

    def open_view(self, view: "View") -> None:
        """Show a view in the studio, in front of its run."""
        raise NotImplementedError

    def open_lesson(self, number: int) -> None:
        """Open a lesson, or the studio."""
        raise NotImplementedError
