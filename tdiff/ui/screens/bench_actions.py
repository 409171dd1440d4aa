"""What the keys and the controls of the bench do."""

import secrets

from textual import on
from textual.events import DescendantBlur

from tdiff.errors import TdiffError
from tdiff.recipe import STEPS_RANGE, differences
from tdiff.samplers import SAMPLERS, eta_takers
from tdiff.ui.keymap import KEY_OF
from tdiff.ui.screens.bench_texts import BenchTexts
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guidance_slider import GuidanceSlider
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.scrubber import Scrubber
from tdiff.ui.widgets.status_lines import CaptionLine

STEP_LADDER = (1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 50, 75, 100, 150, 200, 500, 1000)
ETAS = (0.0, 0.5, 1.0)
PLAY_SECONDS = 0.15
"""Between two steps of play."""
_END = "this is the end: ← looks back, r takes another seed, x begins again"
_SLIDER = "← → move w by 0.5, shift by 0.1; esc gives the keys back"
_PLAYING = "playing; p pauses"
_NOT_STARTED = "no step was taken yet: space takes one"


class BenchActions(BenchTexts):
    """The hands of `BenchScreen`: every control ends in `change`, every movement in `aim`."""

    # Movement

    def action_step(self) -> None:
        """Take one step."""
        self.notice("")
        first = not self.started
        self._step()
        if first and self.session.trace is not None:
            self.draw()  # an experiment's pictures give way
            if self.query_one(Canvases).turnable:
                self.notice("the first look: the static is as it was; tab turns to what the model sees in it")

    def _step(self) -> None:
        total, _, cursor, *_ = self.places()
        if cursor < self._goal < total or (self.session.trace is not None and not self.started):
            self.aim(self._goal + 1)  # the step before is still on its way
        elif not self.started:
            self.aim(0)
        elif cursor < total:
            self.aim(cursor + 1)
        else:
            self.notice(_END)
            self.stop_playing()

    def action_scrub(self, by: int) -> None:
        """Move the cursor by some places."""
        self.notice("")
        self.stop_playing()
        total, _, cursor, *_ = self.places()
        if not self.started and by < 0:
            self.notice(_NOT_STARTED)
        elif self.started and not 0 <= cursor + by <= total:
            self.notice(_END if by > 0 else "this is the beginning: → goes on")
        else:
            self.aim(cursor + by if self.started else 0)

    def action_first(self) -> None:
        """To the starting noise."""
        self._go_to(0)

    def action_last(self) -> None:
        """To the last step that was taken."""
        self._go_to(self.places()[1])

    def _go_to(self, place: int) -> None:
        self.stop_playing()
        self.notice("" if self.started else _NOT_STARTED)
        if self.started:
            self.aim(place)

    def action_finish(self) -> None:
        """Run to the end."""
        self.stop_playing()
        total, _, cursor, *_ = self.places()
        self.notice(_END if self.started and cursor >= total else "")
        self.aim(total)

    def action_play(self) -> None:
        """Play or pause."""
        if self._playing is not None:
            self.stop_playing()
            self.notice("paused; p plays on")
            return
        self.notice(_PLAYING)
        total, _, cursor, *_ = self.places()
        if self.started and cursor >= total:
            self.aim(0)
        self._playing = self.set_interval(PLAY_SECONDS, self._play_on)

    def _play_on(self) -> None:
        self.query_one(CaptionLine).unsay(_PLAYING)
        total, _, cursor, *_ = self.places()
        if self.started and cursor >= total:
            self.stop_playing()
            self.notice("")
        elif not self.started or cursor >= self._goal:  # else a step is still on its way
            self._step()

    def action_reset(self) -> None:
        """Back to noise."""
        self.stop_playing()
        self.player.stop()
        self.session.restart()
        self._goal = 0
        self.notice("back to the starting noise")
        self.draw()

    @on(Scrubber.Moved)
    def _scrubbed(self, event: Scrubber.Moved) -> None:
        self.notice("")
        self.stop_playing()
        self.aim(event.place)

    # Looking

    def action_next_form(self) -> None:
        """Show the prediction in another form, and turn to it."""
        if self.session.trace is None:
            self.notice(_NOT_STARTED)
            return
        names = {
            "eps": "the prediction as noise ε̂: what the step takes out",
            "x0": "the same prediction as clean guess: x̂₀ = (x_t − σ·ε̂) / α",
            "v": "the same prediction as v̂ = α·ε̂ − σ·x̂₀, which the network is trained on",
        }
        self.notice(names[self.session.next_form()])
        self.draw_soon()  # what was said is read first
        self.query_one(Canvases).reveal(1)

    def action_turn(self, by: int) -> None:
        """Turn the canvases."""
        canvases = self.query_one(Canvases)
        if canvases.turnable:
            canvases.turn(by)
            self.notice("")
        else:
            self.notice("all pictures are in sight")

    def action_elsewhere(self, id: str) -> None:
        """Say where a key is at home that means nothing here."""
        key = KEY_OF[id]
        place = "5, the studio" if key.group == "Studio" else "1–4, the lessons"
        self.notice(f"{key.display or key.keys} is for {place}: {key.help}")  # the smallest screens show its beginning

    def action_scroll_guide(self, by: int) -> None:
        """Scroll the guide."""
        self.query_one(Guide).scroll_relative(y=3 * by, animate=False)

    # Settings

    def change(self, **changes: object) -> bool:
        """Change the recipe and come again to where the cursor was. Returns whether it was allowed."""
        session = self.session
        try:
            recipe = session.recipe.replace(**changes)
        except TdiffError as error:
            self.notice(str(error), trouble=True)
            return False
        shown, total = session.trace is not None, session.total
        place, ended = self._bound_for()
        if not session.change(recipe):
            return True
        self.player.stop()
        self._goal = session.total if ended else min(place, session.total) if total == session.total else 0
        if total != session.total and not ended:
            self._goal = round(place / max(total, 1) * session.total)
        if shown:
            self.replay()
        else:
            self._goal = 0
        self.draw()
        return True

    def _bound_for(self) -> tuple[int, bool]:
        """Where the cursor is, or is on its way to, and whether that is the finished picture."""
        session = self.session
        if session.trace is None or session.trace.finished or self._goal <= session.cursor:
            return session.cursor, session.at_end
        return self._goal, self._goal >= session.total

    def action_new_seed(self) -> None:
        """Draw another seed."""
        self.notice("")
        self.change(seed=secrets.randbelow(10_000))

    def action_next_sampler(self) -> None:
        """The next sampler."""
        recipe = self.session.recipe
        names = list(SAMPLERS)
        sampler = SAMPLERS[names[(names.index(recipe.sampler) + 1) % len(names)]]
        self.notice(str(sampler))
        self.change(sampler=sampler.name, eta=recipe.eta if sampler.takes_eta else 0.0)

    def action_next_eta(self) -> None:
        """More noise at each step, or none again."""
        recipe = self.session.recipe
        if not SAMPLERS[recipe.sampler].takes_eta:
            self.notice(f"η belongs to {eta_takers()}, and this is {recipe.sampler}: s changes the sampler")
            return
        eta = next((eta for eta in ETAS if eta > recipe.eta), 0.0)
        self.notice("η = 0: no noise is added on the way" if eta == 0 else f"η = {eta:g}: noise is added at each step")
        self.change(eta=eta)

    def action_more_steps(self) -> None:
        """More steps."""
        self.action_set_steps(next((n for n in STEP_LADDER if n > self.session.recipe.steps), STEPS_RANGE[1]))

    def action_fewer_steps(self) -> None:
        """Fewer steps."""
        self.action_set_steps(next((n for n in reversed(STEP_LADDER) if n < self.session.recipe.steps), STEPS_RANGE[0]))

    def action_set_steps(self, steps: int) -> None:
        """Take this many steps."""
        self.notice("")
        switches = tuple(switch for switch in self.session.recipe.switches if switch.step < steps)
        self.change(steps=steps, switches=switches)

    def action_drop_switches(self) -> None:
        """Take away what prompt and negative turn to on the way."""
        if not self.session.recipe.switches:
            self.notice("nothing is switched on the way")
        elif self.change(switches=()):
            self.notice("nothing is switched on the way now; u brings it back")

    def action_guidance(self) -> None:
        """Give the keys to the slider."""
        self.notice(_SLIDER)
        self.set_focus(self.query_one(GuidanceSlider))

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """What was said of the slider's keys holds no more."""
        if isinstance(event.widget, GuidanceSlider):
            self.notice("")

    @on(GuidanceSlider.Changed)
    def _guided(self, event: GuidanceSlider.Changed) -> None:
        if self.query_one(CaptionLine).text != _SLIDER:
            self.notice("")
        self.change(guidance=event.value)

    def action_undo(self) -> None:
        """The settings before."""
        shown = self.session.trace is not None
        place, ended = self._bound_for()
        self.player.stop()
        recipe = self.session.recipe
        if not self.session.undo():
            self.notice("nothing to undo")
            return
        self.notice(f"undone: {', '.join(differences(recipe, self.session.recipe)) or 'start picture'}")
        self._goal = self.session.total if ended else place
        if shown:
            self.replay()
        self.draw()
