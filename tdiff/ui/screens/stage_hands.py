"""The keys of the bench, lent to a stage while it is open."""

import threading

from textual import work
from textual.worker import get_current_worker

from tdiff.errors import TdiffError
from tdiff.render.palette import Depth
from tdiff.ui.messages import WorkFailed
from tdiff.ui.screens.bench_screen import BenchScreen
from tdiff.ui.session import Session
from tdiff.ui.stages import make_stage, stage_of
from tdiff.ui.stages.stage import Stage
from tdiff.ui.widgets.canvases import Canvases


class StageHands(BenchScreen):
    """A bench that can open a stage. See `BenchScreen` for the arguments."""

    def __init__(self, number: int, session: Session, depth: Depth) -> None:
        super().__init__(number, session, depth)
        self.stage: Stage | None = None
        self.staging = False
        """Whether the stage works in a thread."""
        self._turn = threading.Lock()  # a thread that was cancelled finishes its slice before the next one begins

    def action_stage(self) -> None:
        """Open the card's stage, or close it."""
        if self.stage is not None:
            self.close_stage()
        else:
            name = stage_of(self.card.id) if self.card is not None else None
            if name is None or self.app.pipeline is None:
                self.notice("this card has nothing to try by hand" if name is None else "the model is being loaded …")
                return
            self.player.stop()
            self.stop_playing()
            self.stage = make_stage(name, self.app.pipeline)
            self.notice("")
            self.query_one(Canvases).bring(0)
        self.draw()

    def close_stage(self) -> None:
        """Back to the card."""
        self.staging = False
        self.workers.cancel_group(self, "stage")
        self.stage = None

    def caption(self) -> str:
        """Whose pictures these are: live training is not the shipped model's."""
        if self.stage is not None and self.stage.work() is not None:
            return "numpy · a tiny network that this program trains now · measured"
        return super().caption()

    def action_play(self) -> None:
        """Play, or let the stage work."""
        if self.stage is None or self.stage.work() is None:
            super().action_play()
        elif self.staging:
            self.staging = False
            self.workers.cancel_group(self, "stage")
            self.draw()
        else:
            self.staging = True
            self._stage_works(self.stage)
            self.draw()

    def action_step(self) -> None:
        """One step; a stage that works in a thread is started or paused."""
        if self.stage is not None and self.stage.work() is not None:
            self.action_play()
        else:
            super().action_step()

    def action_finish(self) -> None:
        """Enter: the stage's next one."""
        if self.stage is None:
            super().action_finish()
        elif self.stage.work() is not None:
            self.action_play()
        else:
            self.stage.go_on()
            self.draw()

    def action_new_seed(self) -> None:
        """Other noise, or training anew."""
        if self.stage is None:
            super().action_new_seed()
            return
        self.stage.reseed()
        self._look_again()

    def action_next_form(self) -> None:
        """What is predicted."""
        if not self._cycled("form"):
            super().action_next_form()

    def action_next_eta(self) -> None:
        """Pictures of the live training, or η."""
        if not self._cycled("eta"):
            super().action_next_eta()

    def action_more_steps(self) -> None:
        """Learning rate, or steps."""
        if not self._cycled("more"):
            super().action_more_steps()

    def action_fewer_steps(self) -> None:
        """Learning rate, or steps."""
        if not self._cycled("fewer"):
            super().action_fewer_steps()

    def _cycled(self, which: str) -> bool:
        if self.stage is None:
            return False
        self.stage.cycle(which)
        self._look_again()
        return True

    def _look_again(self) -> None:
        """Show what a setting did, also while nothing is at work."""
        if self.stage is not None and self.stage.work() is not None and not self.staging:
            self.action_play()
        self.draw()

    @work(thread=True, exclusive=True, group="stage")
    def _stage_works(self, stage: Stage) -> None:
        worker, job = get_current_worker(), stage.work()
        try:
            while job is not None and not worker.is_cancelled:
                with self._turn:
                    state = job()
                if worker.is_cancelled:
                    return
                stage.state = state
                self.app.call_from_thread(self.draw_soon)
        except TdiffError as error:
            self.staging = False
            self.post_message(WorkFailed(str(error)))
