"""What the controller asks of a screen, and what it asks of the lesson or the studio beside the bench."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Protocol

from tdiff.pipeline import Pipeline
from tdiff.prompt.understand import TextRole
from tdiff.views.page import Page
from tdiff.views.view import Made, View

Command = Callable[[], None]
"""What a key does."""


class Port(Protocol):
    """What the controller can ask of the screen."""

    @property
    def pipeline(self) -> Pipeline | None:
        """The loaded model; None while it is loading."""

    @property
    def said(self) -> str:
        """What is said at the moment."""

    @property
    def turnable(self) -> bool:
        """Whether some canvases are out of sight."""

    @property
    def room(self) -> tuple[int, int]:
        """Columns and rows of text that the guide shows at once."""

    def say(self, text: str, trouble: bool = False) -> None:
        """Say something of the moment; "" takes it away."""

    def draw(self) -> None:
        """Show all as it is now."""

    def draw_soon(self) -> None:
        """The same within a frame's time."""

    def bring(self, place: int) -> None:
        """Put a canvas in front, where it would be out of sight."""

    def reveal(self, place: int) -> None:
        """Turn as far as it takes to bring a canvas in sight."""

    def compute(self, source: object, wish: Hashable, states: Callable[[], Iterator[object]]) -> None:
        """Run through the states in a thread: each goes to `came`, then `done`. What ran before is given up."""

    def stop(self) -> None:
        """Give up what is being computed."""

    def tick(self, on: bool) -> None:
        """Call `tick` again and again, or no more."""

    def edit(self, role: TextRole) -> None:
        """Let prompt or negative be written."""

    def leave(self, role: TextRole) -> None:
        """End that."""

    def slide(self) -> None:
        """Give the keys to the guidance slider."""


class Part(Protocol):
    """What a lesson or the studio adds to the bench."""

    @property
    def commands(self) -> Mapping[str, Command]:
        """What its own keys do, by their names in the key table."""

    @property
    def place(self) -> str:
        """What the lesson bar says at its end."""

    def page(self, plotted: bool) -> Page:
        """What the guide says where the view says nothing; `plotted` says whether the screen has a plot."""

    def home(self) -> View:
        """What has the canvases once a view is closed."""

    def closed(self) -> None:
        """A view was closed because the run was asked for."""

    def loaded(self) -> None:
        """The model is there."""

    def typed(self, role: TextRole, text: str) -> None:
        """A text is being typed."""

    def untyped(self) -> None:
        """It was not taken after all."""

    def keep(self, made: tuple[Made, ...]) -> None:
        """Runs are finished."""
