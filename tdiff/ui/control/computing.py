"""What the view wants computed: begun in a thread when it changes, handed over as it comes."""

from collections.abc import Hashable, Iterator
from functools import partial
from typing import Final

from tdiff.ui.control.port import Port
from tdiff.views.view import View

_WORK: Final = "work"
_LOOK: Final = "look"


class Computing:
    """One wish of one view at a time.

    Args:
        port: has threads.
    """

    def __init__(self, port: Port) -> None:
        self._port = port
        self._view: View | None = None
        self._wish: Hashable | None = None
        self._failed = self._looking = False

    @property
    def busy(self) -> bool:
        """Whether anything is being computed."""
        return self._wish is not None and not self._failed

    def attend(self, view: View) -> None:
        """Begin what a view wants, unless that is under way; give up what nobody wants any more."""
        if view is not self._view:
            self.leave()
            self._view = view
        wish = self._wanted(view)
        if wish == self._wish:
            return
        self._wish, self._failed = wish, False
        if wish is None:
            self._port.stop()
        else:
            self._port.compute(view, wish, partial(_states, view, wish))

    def leave(self) -> None:
        """The view loses the canvases: give up what it wanted."""
        if self._view is not None:
            self._view.at_work = False
        self._view = self._wish = None
        self._looking = False
        self._port.stop()

    def look(self) -> None:
        """Have shown what a setting did to a view whose work is paused."""
        self._looking, self._wish = True, None

    def came(self, source: object, wish: Hashable, state: object) -> bool:
        """Hand the view what a thread has come to; False where it wants something else by now."""
        view = self._current(source, wish)
        if view is None:
            return False
        engine = view.engine
        if wish in (_WORK, _LOOK) and engine is not None:
            engine.worked(state)
        else:
            view.take(state)
        return True

    def done(self, source: object, wish: Hashable) -> bool:
        """A thread is through; what could not be made is not tried again."""
        view = self._current(source, wish)
        if view is None:
            return False
        if wish in (_WORK, _LOOK):
            view.at_work = self._looking = False
        self._failed = self._wanted(view) == wish
        return True

    def _current(self, source: object, wish: Hashable) -> View | None:
        return self._view if source is self._view and wish == self._wish else None

    def _wanted(self, view: View) -> Hashable | None:
        wish, engine = view.wish(), view.engine
        if wish is not None or engine is None:
            return wish
        if view.at_work and engine.work() is not None:
            return _WORK
        return _LOOK if self._looking else None


def _states(view: View, wish: Hashable) -> Iterator[object]:
    """What a thread goes through for a view."""
    engine = view.engine
    if wish == _WORK and engine is not None:
        while (job := engine.work()) is not None:
            yield job()
    elif wish == _LOOK and engine is not None:
        yield engine.look()()
    else:
        yield from view.fulfil(wish)
