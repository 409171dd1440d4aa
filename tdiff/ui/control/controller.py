"""What the keys of a bench mean.

A key goes to the view that has the canvases; where the view says that the run must obey it, the view closes first.
After every key the view is asked what it wants computed, and is shown as it is.
"""

from collections.abc import Callable, Hashable, Mapping

from tdiff.errors import TdiffError
from tdiff.lessons.core.loader import STUDIO
from tdiff.ui.control.computing import Computing
from tdiff.ui.control.movement import Movement
from tdiff.ui.control.opening import Opening
from tdiff.ui.control.port import Command, Part, Port
from tdiff.ui.control.settings import Settings
from tdiff.ui.control.writing import Writing
from tdiff.ui.keymap import KEY_OF
from tdiff.views.run import Run
from tdiff.views.view import Reply, View, Way


class Controller:
    """Decides for one bench.

    Args:
        port: the screen.
        run: what is on the bench.
    """

    def __init__(self, port: Port, run: Run) -> None:
        self.port, self.run = port, run
        self.view: View = run
        """What has the canvases."""
        self.computing = Computing(port)
        self.movement, self.settings = Movement(self), Settings(self)
        self.writing, self.opening = Writing(self), Opening(self)
        self._part: Part | None = None
        hands = (self.movement.commands, self.settings.commands, self.writing.commands)
        self._commands = {key: command for commands in hands for key, command in commands.items()}

    def join(self, part: Part, commands: Mapping[str, Command]) -> None:
        """Take in a lesson or the studio, and what the screen itself does for keys."""
        self._part = part
        self._commands |= {**commands, **part.commands}

    @property
    def joined(self) -> bool:
        """Whether the screen has mounted; what it begins with then looks itself whether the model is there."""
        return self._part is not None

    @property
    def part(self) -> Part:
        """The lesson, or the studio."""
        assert self._part is not None, "join() comes first"
        return self._part

    # Keys

    def press(self, key: str) -> None:
        """Obey a key, or a click that does the same; what cannot be obeyed now says why."""
        why = self.view.why_not(key)
        if why:
            self.say(why)
            self.port.draw()
            return
        command = self._commands.get(key)
        if command is None:
            self._say_where(key)
            return
        self.say("")
        self.give_way(key)
        command()

    def _say_where(self, key: str) -> None:
        """Say where a key is at home that means nothing here."""
        found = KEY_OF[key]
        place = f"{STUDIO}, the studio" if found.group == "Studio" else f"1–{STUDIO - 1}, the lessons"
        key = found.display or found.keys
        self.say(f"{key} is for {place}: {found.help}")  # the smallest screens show its beginning

    def say(self, text: str, trouble: bool = False) -> None:
        """Say something of the moment."""
        self.port.say(text, trouble)

    # Views

    def show(self, view: View, rest: bool = True, soon: bool = False) -> None:
        """Give the canvases to a view.

        Args:
            view: which.
            rest: let the run stay where it is, whatever it was on its way to.
            soon: whether a frame's time may pass before it is drawn.
        """
        if rest and view is not self.run:
            self.movement.pause()
            self.run.rest()
        self.view = view
        self.attend(soon)

    def lend(self, view: View) -> None:
        """Give canvases and keys to a view, from its first canvas on."""
        self.port.bring(0)
        self._fit(view, *self.port.room)
        self.show(view)

    def fit(self, columns: int, rows: int) -> None:
        """The guide has other room now."""
        self._fit(self.view, columns, rows)
        self.port.draw()

    def _fit(self, view: View, columns: int, rows: int) -> None:
        try:
            view.fit(columns, rows)
        except TdiffError as error:
            self.say(str(error), trouble=True)

    def turned(self, place: int) -> None:
        """A canvas was turned to the front, where one is shown at a time."""
        self.view.turned(place)
        self.attend()

    def back(self) -> None:
        self.movement.pause()
        self.port.bring(0)
        self.show(self.part.home(), rest=False)

    def give_way(self, key: str) -> None:
        """Close the view where it is the run that a key is for."""
        if self.view.way(key) is Way.RUN:
            self.port.bring(0)
            self.part.closed()
            self.show(self.run)

    def attend(self, soon: bool = False) -> None:
        """Have computed what the view wants, and show it as it is."""
        self.computing.attend(self.view)
        if soon:
            self.port.draw_soon()
        else:
            self.port.draw()

    def came(self, source: object, wish: Hashable, state: object) -> None:
        """A thread has come this far."""
        if self.computing.came(source, wish, state):
            self.port.draw_soon()

    def done(self, source: object, wish: Hashable) -> None:
        """A thread is through."""
        if self.computing.done(source, wish):
            if self.run.session.at_end:
                self.movement.pause()
            self.part.keep(self.view.made())
            self.attend()

    def failed(self, reason: str) -> None:
        """A thread could not do its work."""
        self.movement.pause()
        self.say(reason, trouble=True)

    def loaded(self) -> None:
        """The model is there: do what was asked for meanwhile."""
        if self.run.waiting:
            self.say("")
            self.do(self.run.move_on)
        else:
            self.port.draw()
        self.part.loaded()

    def do(self, act: Callable[[], Reply | None], soon: bool = False) -> bool:
        """Do something with the view and show what came of it; returns whether that was allowed."""
        try:
            reply = act()
        except TdiffError as error:
            self.say(str(error), trouble=True)
            return False
        if reply is not None and reply.text:
            self.say(reply.text, reply.trouble)
        if reply is not None and reply.view is not None:
            self.show(reply.view)
        else:
            self.attend(soon)
        if reply is not None and reply.reveal is not None:
            self.port.reveal(reply.reveal)
        return True

    def show_run(self) -> None:
        """Close everything that stands before the run."""
        if self.view is not self.run:
            self.port.bring(0)
            self.part.closed()
            self.show(self.run, rest=False)
