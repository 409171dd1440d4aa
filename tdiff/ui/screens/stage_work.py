"""Opening and closing a stage, and the threads that work for it while its keys are answered."""

import threading
from collections.abc import Hashable

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.worker import get_current_worker

from tdiff.errors import TdiffError
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import Card
from tdiff.lessons.core.finding import open_lab
from tdiff.lessons.core.lab_context import LabContext
from tdiff.pipeline import to_pixels
from tdiff.recipe import Recipe
from tdiff.render.palette import Depth
from tdiff.ui.messages import WorkFailed
from tdiff.ui.screens.bench_screen import BenchScreen
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.stage_keys import StageKeys
from tdiff.views.session import Session
from tdiff.views.shown_command import ShownCommand
from tdiff.views.stage import Stage


class StageCame(Message):
    """A stage's wish has come this far; `done` when it is fulfilled."""

    def __init__(self, stage: Stage, wish: Hashable, state: object = None, done: bool = False) -> None:
        super().__init__()
        self.stage, self.wish, self.state, self.done = stage, wish, state, done

    def can_replace(self, message: Message) -> bool:
        """Only its newest state is worth drawing."""
        return isinstance(message, StageCame) and not message.done and message.wish == self.wish and not self.done


class WorkEnded(Message):
    """A stage has no more to do, or could not go on."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage


class StageWork(BenchScreen):
    """A bench that can open a stage. See `BenchScreen` for the arguments."""

    def __init__(self, number: int, session: Session, depth: Depth) -> None:
        super().__init__(number, session, depth)
        self.stage: Stage | None = None
        self.staging = False
        """Whether the stage works in a thread until it is paused."""
        self._earlier: dict[str, Stage] = {}
        """What each card had open before, by its id."""
        self._wish: Hashable | None = None
        self._failed = False
        self._front: int | None = None
        self._turn = threading.Lock()  # a thread that was cancelled finishes its slice before the next one begins

    def compose(self) -> ComposeResult:
        """The bench, and the keys of a stage."""
        yield from super().compose()
        yield StageKeys(id="stage-keys")

    @property
    def card(self) -> Card | None:
        """The card that is open."""
        return None

    def action_stage(self) -> None:
        """Open the card's stage, or close it."""
        card = self.card
        if self.stage is not None:
            self.close_stage()
            self.notice("")
            self.draw()
            return
        name = card.lab if card is not None else None
        if card is None or name is None or self.app.pipeline is None:
            self.notice("this card has nothing to try by hand" if name is None else "the model is being loaded …")
            return
        self.player.stop()
        self.stop_playing()
        try:
            self.stage = open_lab(name, self._given(card))
        except TdiffError as error:
            self.notice(str(error), trouble=True)
            return
        if card.id in self._earlier:
            self.stage.resume(self._earlier[card.id])
        self._earlier[card.id] = self.stage
        self.notice("")
        self.query_one(Canvases).bring(0)
        self._fit(*self.query_one(Guide).room)
        self.attend()

    def close_stage(self) -> None:
        """Back to the card, and to the bench as it was."""
        if self.stage is None:
            return
        self.staging, self._wish, self._front = False, None, None
        self.workers.cancel_group(self, "stage")
        self.stop_playing()
        self.set_focus(None)
        self.stage = None
        self._goal = self.session.cursor
        self.query_one(Canvases).bring(0)

    def attend(self) -> None:
        """Show the stage as it is, and have made in a thread what it wishes to show."""
        stage = self.stage
        wish = None if stage is None else stage.wish()
        if wish != self._wish:
            if self._wish is not None:
                self.workers.cancel_group(self, "stage")
            self._wish, self._failed = wish, False
            if stage is not None and wish is not None:
                self._fulfil(stage, wish)
        self.draw()

    def draw(self) -> None:
        """Show all; where not all canvases fit, see to it that the stage's foremost one does."""
        self._make_room()
        super().draw()
        front = None if self.stage is None else self.stage.front()
        if front != self._front:
            self._front = front
            if front is not None:
                overview = self._plan.shown == 1 and len(self.figures()) > len(self.stage.figures())
                self.query_one(Canvases).reveal(front + overview)

    def _make_room(self) -> None:
        """Take away what plays no part while a stage is open."""
        stage = self.stage
        self.set_class(stage is not None, "-staged")
        self.set_class(stage is not None and stage.alone, "-alone")
        self.set_class(stage is not None and stage.recipe is None, "-bare")
        self.set_class(stage is not None and not (stage.plotted or stage.curves()[0]), "-unplotted")
        places, *_, bars = (0, ()) if stage is None else stage.places()
        self.set_class(stage is not None and not places and not bars, "-still")
        self.set_class(stage is not None and any(figure.parts for figure in self.figures()), "-parted")
        if stage is not None:
            self.query_one(StageKeys).show(stage.hint)

    @property
    def shown_recipe(self) -> Recipe:
        """The stage's, while one is open that has its own."""
        recipe = None if self.stage is None else self.stage.recipe
        return super().shown_recipe if recipe is None else recipe

    def twin(self) -> ShownCommand:
        """The command for what is shown."""
        return super().twin() if self.stage is None else self.stage.twin()

    def caption(self) -> str:
        """Whose pictures these are: live training is not the shipped model's."""
        said = self.stage.caption if self.stage is not None else ""
        at_work = " · at work …" if self._wish is not None and not self._failed else ""
        return f"{said or super().caption()}{at_work}"

    def _given(self, card: Card) -> LabContext:
        """What the stage begins with."""
        session = self.session
        finished = session.trace is not None and session.trace.finished
        return LabContext(
            bench=Bench(self.app.pipeline, session.recipe),
            start=card.lab_start,
            made=to_pixels(session.trace.final[0]) if finished else None,
            brought=None if session.picture is None else to_pixels(session.picture),
        )

    @work(thread=True, exclusive=True, group="stage")
    def _fulfil(self, stage: Stage, wish: Hashable) -> None:
        """Make what the stage wishes for, unless it wishes for something else meanwhile."""
        worker = get_current_worker()
        with self._turn:
            try:
                for state in stage.fulfil(wish):
                    if worker.is_cancelled:
                        return
                    self.post_message(StageCame(stage, wish, state))
            except TdiffError as error:
                self.post_message(WorkFailed(str(error)))
            self.post_message(StageCame(stage, wish, done=True))

    @on(StageCame)
    def _stage_came(self, event: StageCame) -> None:
        if event.stage is not self.stage or event.wish != self._wish:
            return  # it wishes for something else by now
        if event.done:
            self._failed = event.stage.wish() == event.wish  # what cannot be made is not tried again
            if not self._failed:
                self.attend()
            return
        event.stage.take(event.state)
        self.draw_soon()

    @work(thread=True, exclusive=True, group="stage")
    def stage_works(self, stage: Stage) -> None:
        """Let the stage work until all is done, or it is paused or closed."""
        worker = get_current_worker()
        try:
            while (job := stage.work()) is not None and not worker.is_cancelled:
                with self._turn:
                    state = job()
                if worker.is_cancelled:
                    return
                stage.state = state
                self.app.call_from_thread(self.draw_soon)
        except TdiffError as error:
            self.post_message(WorkFailed(str(error)))
        if not worker.is_cancelled:
            self.post_message(WorkEnded(stage))

    @work(thread=True, exclusive=True, group="stage")
    def stage_looks(self, stage: Stage) -> None:
        """Show where a stage that is paused stands."""
        worker = get_current_worker()
        with self._turn:
            state = stage.look()()
        if not worker.is_cancelled:
            stage.state = state
            self.app.call_from_thread(self.draw_soon)

    @on(WorkEnded)
    def _work_ended(self, event: WorkEnded) -> None:
        if event.stage is self.stage:
            self.staging = False
            self.draw()

    @on(Guide.Fitted)
    def _fitted(self, event: Guide.Fitted) -> None:
        if self.stage is not None:
            self._fit(event.columns, event.rows)
            self.draw()

    def _fit(self, columns: int, rows: int) -> None:
        """Let the stage lay its text out for the room that there is."""
        try:
            self.stage.fit(columns, rows)
        except TdiffError as error:
            self.notice(str(error), trouble=True)
