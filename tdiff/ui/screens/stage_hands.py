"""The keys of the bench, lent to a stage while it is open."""

from textual import on

from tdiff.errors import TdiffError
from tdiff.render.load import load_picture
from tdiff.text import clean_text
from tdiff.ui.screens.dialogs import path_of
from tdiff.ui.screens.picture_dialog import PictureDialog
from tdiff.ui.screens.stage_work import StageWork
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guidance_slider import GuidanceSlider

_NAMES = {"eta": "η"}


class StageHands(StageWork):
    """Every control goes to the stage while one is open, and the bench keeps what it has. See `BenchScreen`."""

    def action_leave_stage(self) -> None:
        """Escape: close the stage."""
        if self.stage is not None:
            self.action_stage()

    # Movement

    def action_play(self) -> None:
        """Play, or let the stage work."""
        if self.stage is not None and self.stage.alone:
            self.notice("nothing plays here: ← → turn")
        elif self.stage is None or not self.stage.plays:
            super().action_play()
        elif self.stage.work() is None:
            self.notice("nothing is left to do: choose another setting, then p")
        elif self.staging:
            self.staging = False
            self.workers.cancel_group(self, "stage")
            self.draw()
        else:
            self.staging = True
            self.stage_works(self.stage)
            self.draw()

    def action_step(self) -> None:
        """One step; a stage that works in a thread is started or paused."""
        total, _, cursor, *_ = self.places()
        if self.stage is not None and self.stage.plays:
            self.action_play()
        elif self.stage is not None and cursor >= total:
            self.stop_playing()
            self.notice("this is the last of them: ← looks back, enter goes on")
        else:
            super().action_step()

    def action_finish(self) -> None:
        """Enter: the stage's next one."""
        if self.stage is None:
            super().action_finish()
        elif self.stage.plays:
            self.action_play()
        else:
            self.notice("")
            self.stage.go_on()
            self.attend()

    def action_reset(self) -> None:
        """Back to the beginning: of the stage's places, or of the run."""
        if self.stage is None:
            super().action_reset()
        else:
            self.aim(0)

    def action_turn(self, by: int) -> None:
        """Turn the canvases; the stage learns what came to the front."""
        super().action_turn(by)
        self.front_turned()

    @on(Canvases.Turned)
    def front_turned(self) -> None:
        """Tell the stage which of its canvases is in front, where one is shown at a time."""
        stage = self.stage
        if stage is None or self._plan.shown > 1:
            return
        place = self.query_one(Canvases).place - (len(self.figures()) - len(stage.figures()))
        if place >= 0:
            stage.turned(place)
            self._front = stage.front()  # it is there already
            self.attend()

    # Settings

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
        """Learning rate or w, or steps."""
        if not self._cycled("more"):
            super().action_more_steps()

    def action_fewer_steps(self) -> None:
        """Learning rate or w, or steps."""
        if not self._cycled("fewer"):
            super().action_fewer_steps()

    def change(self, **changes: object) -> bool:
        """Change the stage's recipe while it is open, else the bench's."""
        stage = self.stage
        if stage is None:
            return super().change(**changes)
        fixed = next((name for name in changes if name not in stage.takes or stage.recipe is None), None)
        if fixed is not None:
            self._stays(fixed)
            return False
        try:
            stage.change(stage.recipe.replace(**changes))
        except TdiffError as error:
            self.notice(str(error), trouble=True)
            return False
        self.attend()
        return True

    def on_mouse_up(self) -> None:
        """Whoever turns the slider by mouse needs none of its keys: they stay the stage's."""
        if self.stage is not None and self.focused is self.query_one(GuidanceSlider):
            self.set_focus(None)

    def entered(self, kind: str) -> None:
        """A text was taken: the stage has it already."""
        if self.stage is None:
            super().entered(kind)

    def action_edit(self, kind: str) -> None:
        """Write prompt or negative, where the stage uses it."""
        if self.stage is not None and kind not in self.stage.takes:
            self._stays(kind)
        else:
            super().action_edit(kind)

    def action_guidance(self) -> None:
        """Give the keys to the slider, where the stage uses it."""
        if self.stage is not None and "guidance" not in self.stage.takes:
            self._stays("guidance")
        else:
            super().action_guidance()

    # What belongs to the bench alone

    def action_undo(self) -> None:
        """The settings before."""
        if not self._closed_first("undoes"):
            super().action_undo()

    def action_export(self) -> None:
        """Save the bench's picture."""
        if not self._closed_first("saves"):
            super().action_export()

    def action_open(self) -> None:
        """Open a picture or a recipe, or bring the stage a picture."""
        if self.stage is not None and self.stage.brings:
            self.app.push_screen(PictureDialog(self.stage.brings), self._bring)
        elif not self._closed_first("opens"):
            super().action_open()

    def _bring(self, answers: dict[str, str] | None) -> None:
        if answers is None or self.stage is None:
            return
        try:
            loaded = load_picture(path_of(answers))
        except TdiffError as error:  # it has changed since
            self.notice(str(error), trouble=True)
            return
        self.stage.bring(loaded.picture, clean_text(path_of(answers).name, 60))
        self.notice("; ".join(loaded.notes))
        self.attend()

    def _closed_first(self, does: str) -> bool:
        if self.stage is not None:
            self.notice(f"l closes this first: the key {does} what is on the bench")
        return self.stage is not None

    def _stays(self, name: str) -> None:
        self.notice(f"{_NAMES.get(name, name)} plays no part here: l closes this and gives the bench back")
        self.draw()

    def _cycled(self, which: str) -> bool:
        if self.stage is None:
            return False
        self.notice("")
        self.stage.cycle(which)
        self._look_again()
        return True

    def _look_again(self) -> None:
        """Show what a setting did; what is paused stays paused."""
        if self.stage is not None and self.stage.plays and not self.staging and self.stage.wish() is None:
            self.stage_looks(self.stage)
        self.attend()
