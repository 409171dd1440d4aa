"""A lesson: cards beside the bench, questions that the run answers, a quiz at the end."""

from collections.abc import Callable, Hashable, Iterator

from textual import on
from textual.binding import Binding

from tdiff.pipeline import Pipeline
from tdiff.ui.control.course import Course
from tdiff.ui.control.port import Command
from tdiff.ui.events import Progress
from tdiff.ui.keymap import BENCH_KEYS, LESSON_KEYS, STUDIO_KEYS, bindings, press
from tdiff.ui.screens.bench_screen import BenchScreen
from tdiff.ui.worker import Worker
from tdiff.views.session import Session

_ROOMY = 72  # columns


class LessonScreen(BenchScreen):
    """One lesson.

    Args:
        number: 1 … 4.
        session: of its bench.
        every_step: show each step of a run, not only the last.
    """

    BINDINGS = [
        *bindings(BENCH_KEYS, LESSON_KEYS, elsewhere=STUDIO_KEYS),
        Binding("escape", press("leave"), show=False),
    ]

    def __init__(self, number: int, session: Session, every_step: bool = True) -> None:
        super().__init__(number, session, every_step)
        self.course = Course(number, self.controller, _Laboratory(self))
        self._welcome = ""

    @property
    def part(self) -> Course:
        return self.course

    @property
    def terms(self) -> tuple[str, ...]:
        """Those of the card that is open."""
        return self.course.card.terms if self.course.card is not None else ()

    def commands(self) -> dict[str, Command]:
        """Also the way to the next lesson."""
        return super().commands() | {"next_lesson": lambda: self.app.open_lesson(self.number + 1)}

    async def begin(self) -> None:
        """Show the card where the learner was."""
        first = not self.course.notebook.progress.seen
        self.course.open_card()
        if self.course.notebook.trouble:
            self.port.say(self.course.notebook.trouble, trouble=True)
        elif first and not self.course.notebook.unwritten:
            more = "space takes one step · ] turns the card · " if self.size.width >= _ROOMY else ""
            self._welcome = f"{more}? shows every key"
            self._greet()

    def keep_again(self) -> None:
        """Write progress that could not be written."""
        self.course.notebook.keep_again()

    def loaded(self) -> None:
        """The model is there: the keys do something now."""
        super().loaded()
        self._greet()

    def _greet(self) -> None:
        """The first time, say which keys there are."""
        if self._welcome and self.app.pipeline is not None:
            self.port.say(self._welcome)
            self._welcome = ""

    @on(Progress)
    def _found(self, event: Progress) -> None:
        if event.source is self.course.experiments:
            self.course.came(event.wish, event.state)


class _Laboratory:
    """Runs the experiments of cards beside what the view has computed."""

    def __init__(self, screen: LessonScreen) -> None:
        self._screen, self._worker = screen, Worker(screen, "experiment")

    @property
    def pipeline(self) -> Pipeline | None:
        """The loaded model; None while it is loading."""
        return self._screen.app.pipeline

    def compute(self, source: object, wish: Hashable, states: Callable[[], Iterator[object]]) -> None:
        """Run an experiment in a thread."""
        self._worker.go(source, wish, states)

    def stop(self) -> None:
        self._worker.stop()
