"""Keys that move along a view: steps, play, both ends."""

from functools import partial
from typing import TYPE_CHECKING, Final

from tdiff.ui.control.port import Command
from tdiff.views.view import Engine, View

if TYPE_CHECKING:
    from tdiff.ui.control.controller import Controller

_PLAYING: Final = "playing; p pauses"
_FIRST_LOOK: Final = "the first look: the static is as it was; tab turns to what the model sees in it"


class Movement:
    """Moves along whatever view has the canvases.

    Args:
        controller: knows which.
    """

    def __init__(self, controller: "Controller") -> None:
        self._controller = controller
        self.playing = False
        """Whether steps follow each other by themselves."""
        self.commands: dict[str, Command] = {
            "step": self.step,
            "back": partial(self._scrub, -1),
            "ahead": partial(self._scrub, 1),
            "play": self.play,
            "finish": self._finish,
            "first": partial(self._go_to, 0),
            "last": lambda: self._go_to(controller.view.track().done),
            "reset": self._reset,
        }

    def step(self) -> None:
        if self._controller.view.engine is not None:
            self.play()
            return
        first = not self._controller.view.track().started
        self._step()
        if first and self._controller.view.bound >= 0 and self._controller.port.turnable:
            self._controller.say(_FIRST_LOOK)

    def _step(self) -> None:
        view, track = self._controller.view, self._controller.view.track()
        if view.bound < track.total:
            self._move(view.bound + 1)
        elif track.started and track.cursor < track.total:
            self._move(track.cursor + 1)
        else:
            self.pause()
            self._controller.say(view.ending)

    def _scrub(self, by: int) -> None:
        """Some places on or back."""
        self.pause()
        view, track = self._controller.view, self._controller.view.track()
        if track.started and not 0 <= track.cursor + by <= track.total:
            self._controller.say(view.ending if by > 0 else "this is the beginning: → goes on")
        else:
            self._move(track.cursor + by if track.started else 0)

    def _go_to(self, place: int) -> None:
        """To a place that was made."""
        self.pause()
        self._move(place)

    def point(self, place: int) -> None:
        """To the place that the mouse points at."""
        why = self._controller.view.why_not("scrubber")
        self._controller.say(why)
        if not why:
            self._controller.give_way("scrubber")
            self._go_to(place)

    def _move(self, place: int) -> None:
        """To a place, which is made if it has to be."""
        self._controller.do(partial(self._controller.view.move, place))

    def _finish(self) -> None:
        """To the end, or to the view's next one."""
        self.pause()
        if self._controller.view.engine is not None:
            self.play()
        else:
            self._controller.do(self._controller.view.go_on)

    def play(self) -> None:
        view, track = self._controller.view, self._controller.view.track()
        if view.engine is not None:
            self._work(view, view.engine)
        elif self.playing:
            self.pause()
            self._controller.say("paused; p plays on")
        else:
            self._controller.say(_PLAYING)
            if track.started and track.cursor >= track.total:
                self._move(0)
            self.playing = True
            self._controller.port.tick(True)

    def _work(self, view: View, engine: Engine) -> None:
        """Let the view work in a thread, or pause it."""
        if engine.work() is None:
            self._controller.say("nothing is left to do: choose another setting, then p")
        else:
            view.at_work = not view.at_work
            self._controller.attend()

    def tick(self) -> None:
        """While it plays: the next step, unless one is still on its way."""
        if self._controller.port.said == _PLAYING:
            self._controller.say("")
        track = self._controller.view.track()
        if track.started and track.cursor >= track.total:
            self.pause()
            self._controller.say("")
        elif not track.started or track.cursor >= self._controller.view.bound:
            self._step()

    def pause(self) -> None:
        if self.playing:
            self.playing = False
            self._controller.port.tick(False)

    def _reset(self) -> None:
        """Back to the beginning."""
        self.pause()
        self._controller.do(self._controller.view.reset)
