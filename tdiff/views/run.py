"""The run on the bench: what is there when nothing else has the canvases. Knows no widget."""

from collections.abc import Callable, Iterator
from typing import Final

from tdiff.arrays import F32
from tdiff.diffusion import Schedule
from tdiff.errors import TdiffError
from tdiff.pipeline import Pipeline
from tdiff.recipe import Recipe, differences
from tdiff.views.figures import Figure, bench_figures
from tdiff.views.noise_curve import AXES, noise_curve
from tdiff.views.session import Session
from tdiff.views.shown_command import ShownCommand
from tdiff.views.steps import Reach, film, guess, taken
from tdiff.views.view import CONTROLS, Export, Made, Plot, Reply, Still, Track, View

NOT_STARTED: Final = "no step was taken yet: space takes one"
_FORMS: Final = {
    "eps": "the prediction as noise ε̂: what the step takes out",
    "x0": "the same prediction as clean guess: x̂₀ = (x_t − σ·ε̂) / α",
    "v": "the same prediction as v̂ = α·ε̂ − σ·x̂₀, which the network is trained on",
}
_PREDICTION = 1  # place of its canvas


class Run(View):
    """A recipe and the steps taken of it.

    Args:
        session: what is kept of it.
        model: the loaded model; None while it is loading.
        every_step: show each step, not only the last one that was asked for.
    """

    takes = CONTROLS
    ending = "this is the end: ← looks back, r takes another seed, x begins again"

    def __init__(self, session: Session, model: Callable[[], Pipeline | None], every_step: bool = True) -> None:
        self.session = session
        self.waiting = False
        """Whether it was asked to move before the model was there."""
        self._model, self._every_step = model, every_step
        self._goal = 0

    # What is shown

    @property
    def recipe(self) -> Recipe:
        """What is being made."""
        return self.session.recipe

    def figures(self) -> tuple[Figure, ...]:
        """The picture now, the prediction, the clean guess."""
        return bench_figures(self.session)

    def track(self) -> Track:
        """Its steps; the last place is the finished picture."""
        session = self.session
        done = session.last if self._started else -1
        levels = noise_curve(*self._levels).ys[session.recipe.steps - session.total :]
        level, changes = session.noise_level, tuple(session.changes)
        return Track(session.total, done, session.cursor, level, changes, levels=levels)

    def plot(self) -> Plot:
        """The noise level along the run."""
        session = self.session
        place = session.cursor + (session.trace.first if session.trace is not None else 0)
        return Plot((noise_curve(*self._levels),), *AXES, float(place))

    def strip(self, count: int) -> tuple[Still, ...]:
        """The clean guesses, as far as they are made; the last one is the finished picture."""
        trace, total = self.session.trace, self.session.total
        parts = max(min(count - 1, total), 1)
        places = [total * part // parts for part in range(parts + 1)]
        return tuple(
            Still(place, str(min(place + 1, total)), guess(trace, place, self.session.looks))
            for place in places[:count]
        )

    def command(self) -> ShownCommand:
        """The command that makes it."""
        return ShownCommand(self.session.command(self.session.recipe))

    def made(self) -> tuple[Made, ...]:
        """The run, once its finished picture is shown."""
        trace = self.session.trace
        return (Made(self.session.recipe, trace),) if trace is not None and self.session.at_end else ()

    def export(self) -> Export | str:
        """The finished picture, and those on the way to it."""
        trace = self.session.trace
        if trace is None or not trace.finished:
            return "the picture is not finished: enter runs to the end, then e saves it"
        return Export(self.session.recipe, film(trace, self.session.looks), trace=trace)

    # What keys do

    @property
    def bound(self) -> int:
        """Where it is, or is on its way to; -1 before the first step was asked for."""
        return -1 if self.session.trace is None else self._goal

    def why_not(self, key: str) -> str:
        """Before the first step there is nothing to look back at."""
        backwards = ("back", "first", "last")
        if (key in backwards and not self._started) or (key == "form" and self.session.trace is None):
            return NOT_STARTED
        if key == "drop_switches" and not self.recipe.switches:
            return "nothing is switched on the way"
        return ""

    def move(self, place: int) -> Reply | None:
        """To a step, which is taken if it has to be."""
        session = self.session
        if session.trace is None:
            pipeline = self._model()
            if pipeline is None:
                self._goal, self.waiting = place, True
                return Reply("the model is being loaded …")
            session.trace = pipeline.trace(session.recipe, picture=session.picture)
        self._goal = min(max(place, 0), session.total)
        session.move(self._goal)
        return None

    def move_on(self) -> Reply | None:
        """The model is there: do what was asked for while it was loading."""
        self.waiting = False
        return self.move(self._goal)

    def rest(self) -> None:
        """Stay where it is."""
        self._goal = self.session.cursor

    def reset(self) -> Reply | None:
        """Back to noise; the steps are forgotten."""
        self.session.restart()
        self._goal = 0
        return Reply("back to the starting noise")

    def cycle(self, which: str) -> Reply | None:
        """Another form of the prediction, or another setting."""
        if which == "form":
            return Reply(_FORMS[self.session.next_form()], reveal=_PREDICTION)
        return super().cycle(which)

    def change(self, recipe: Recipe) -> Reply | None:
        """Take another recipe, and come again to where the cursor was."""
        session = self.session
        begun, total, (place, ended) = session.trace is not None, session.total, self._bound_for()
        if not session.change(recipe):
            return None
        if not ended:
            place = place if total == session.total else round(place / max(total, 1) * session.total)
        return self._come_again(begun, place, ended)

    def start_from(self, picture: F32 | None, path: str | None, recipe: Recipe) -> Reply | None:
        """Take a picture to start from with the recipe that names it, and make what comes of it."""
        self.session.start_from(picture, path, recipe)
        return self.move(self.session.total)

    def undo(self) -> Reply | None:
        """The settings before."""
        before, begun, (place, ended) = self.recipe, self.session.trace is not None, self._bound_for()
        if not self.session.undo():
            return Reply("nothing to undo")
        said = f"undone: {', '.join(differences(before, self.recipe)) or 'start picture'}"
        return self._come_again(begun, place, ended) or Reply(said)

    @property
    def _levels(self) -> tuple[int, str, Schedule]:
        """What its noise levels follow from."""
        return self.recipe.steps, self.recipe.sampler, self.session.looks.schedule

    @property
    def _started(self) -> bool:
        return self.session.trace is not None and len(self.session.trace) > 0

    def _bound_for(self) -> tuple[int, bool]:
        """Where the cursor is, or is on its way to, and whether that is the finished picture."""
        session = self.session
        if session.trace is None or session.trace.finished or self._goal <= session.cursor:
            return session.cursor, session.at_end
        return self._goal, self._goal >= session.total

    def _come_again(self, begun: bool, place: int, ended: bool) -> Reply | None:
        self._goal = 0
        if not begun:
            return None
        try:
            return self.move(self.session.total if ended else place)
        except TdiffError as error:  # the recipe is taken nevertheless: u brings the one before back
            return Reply(str(error), trouble=True)

    # What it wants computed

    def wish(self) -> Reach | None:
        """The steps up to its goal."""
        trace = self.session.trace
        if trace is None:
            return None
        wish = Reach(trace, min(self._goal + 1, self.session.total))
        return None if wish.fulfilled else wish

    def fulfil(self, wish: Reach) -> Iterator[float]:
        """Take them."""
        return taken(wish, self._every_step, self.session.looks)

    def take(self, state: float) -> None:
        """A step was taken; how many milliseconds that took."""
        self.session.step_ms.append(state)
        self.session.move(self._goal)
