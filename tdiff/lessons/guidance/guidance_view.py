"""The guidance dial: w turned at a fixed step by the slider itself, then the whole run again."""

from collections.abc import Iterator
from dataclasses import dataclass

from tdiff.arrays import U8
from tdiff.evaluate.naturalness import saturated
from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import as_figures, command_for
from tdiff.lessons.core.recipe_view import RecipeView
from tdiff.lessons.guidance.guidance_lab import HIGH, LOW, DialState, Form, GuidanceDial
from tdiff.pipeline import to_pixels
from tdiff.recipe import Recipe
from tdiff.views.curve import Curve
from tdiff.views.figures import Figure
from tdiff.views.places import Places
from tdiff.views.shown_command import ShownCommand

_BEGIN = 0.25  # of the steps: the clean guess has a layout, and guidance still has much to say
_NUDGE = 0.5
_GUIDED, _WHOLE = 2, 3  # places of their canvases

_WHOLE_RUN = "whole run"  # one is made at once
_BOTH = 2  # answers to each question: without the prompt and with it


@dataclass(frozen=True, slots=True)
class Look:
    """A step that has to be taken."""

    recipe: Recipe
    step: int


@dataclass(frozen=True, slots=True)
class Again:
    """A whole run that has to be made."""

    recipe: Recipe
    guidance: float


@dataclass(frozen=True, slots=True, eq=False)
class WholeRun:
    """A run under another guidance, as far as it has come.

    Attributes:
        guidance: w.
        picture: x_t, (32, 32, 3) uint8; at the end the finished picture.
        done: steps that were taken.
        calls: predictions that they cost.
        saturated: share of the picture's pixels that are, 0 … 1.
    """

    guidance: float
    picture: U8
    done: int
    calls: int
    saturated: float


class GuidanceView(RecipeView):
    """The slider is w, the scrubber the step. See `RecipeView` for the arguments."""

    title = "Hands on: turn w"
    starts = frozenset({_WHOLE_RUN})
    keys = (
        ("← →", "step"),
        ("g ← → or + −", "turn w"),
        ("enter", "whole run"),
        ("v", "noise"),
        ("l", "closes"),
    )
    plotted = True

    def __init__(self, context: LabContext) -> None:
        self._form: Form = "x0"
        self._front: int | None = None
        self._state: DialState | None = None
        self._curves: tuple[Curve, ...] = ()
        self._step = 0
        super().__init__(context)
        self._step = round(_BEGIN * self.recipe.steps)
        if context.start == _WHOLE_RUN:
            self.go_on()

    def change(self, recipe: Recipe) -> None:
        """Turn w, which makes nothing anew; or begin again with another prompt, negative or seed."""
        recipe = recipe.replace(guidance_start=0.0)  # the dial turns the first step too
        if self._state is not None and recipe == self.recipe.replace(guidance=recipe.guidance):
            self.recipe, self._front = recipe, _GUIDED
            self._look()
            return
        self._dial = GuidanceDial(self._pipeline, recipe)
        self.recipe = self._start = recipe
        self._known: set[int] = set()
        self._wanted: float | None = None
        self._whole: WholeRun | None = None

    def wish(self) -> Look | Again | None:
        """This step, then the whole run; w asks for nothing."""
        if self._step not in self._known:
            return Look(self._start, self._step)
        return None if self._wanted is None else Again(self._start, self._wanted)

    def fulfil(self, wish: Look | Again) -> Iterator[DialState | WholeRun]:
        """Take the steps up to it, or those of the whole run."""
        if isinstance(wish, Look):
            yield self._dial.at(wish.step, self.recipe.guidance)
            return
        before = self._dial.predictions
        for step in self._dial.again(wish.guidance).play():
            picture = step.x_next[0].clip(-1, 1)
            calls = self._dial.predictions - before
            yield WholeRun(wish.guidance, to_pixels(picture), step.index + 1, calls, saturated(picture))

    def take(self, state: DialState | WholeRun) -> None:
        if isinstance(state, DialState):
            self._known.add(state.step)
            self._state, self._curves = state, state.curves()
            if state.guidance != self.recipe.guidance:  # it was turned meanwhile
                self._look()
            return
        self._whole = state
        if state.done == self._dial.steps:
            self._wanted = None

    def figures(self) -> tuple[Figure, ...]:
        """Without the prompt, with it, guided, the whole run if there was one, and what w multiplies."""
        if self._state is None:
            return tuple(Figure(title, None) for title in ("no prompt", "with prompt", "guided", "difference"))
        without, told, guided, apart = as_figures(self._state.panes(self._form))
        if self._whole is None:
            return without, told, guided, apart
        done = self._whole.done == self._dial.steps
        note = f"w = {self._whole.guidance:g}" if done else f"step {self._whole.done} of {self._dial.steps}"
        return without, told, guided, Figure("whole run again", self._whole.picture, note), apart

    def command(self) -> ShownCommand:
        """That of the whole run that is shown, else of the one that enter makes."""
        whole = self._whole
        shown = self.recipe if whole is None else self._start.replace(guidance=whole.guidance)
        return command_for(shown, "whole run")

    def front(self) -> int | None:
        """What was changed last: guided, or the whole run once there is one."""
        return None if self._front == _WHOLE and self._whole is None else self._front

    def places(self) -> Places:
        """One for each step."""
        return self._dial.steps - 1, max(self._known, default=0), self._step, None, ()

    def text(self) -> str:
        """What is kept, and what w does with it."""
        state = self._state
        if state is None:
            return "The steps up to here are being taken."
        base = "negative" if state.negative.strip() else "no prompt"
        return (
            f"Step {state.step + 1}, noise {state.noise_level:.0%}. Both predictions are kept, and w only mixes "
            f"them: guided = {base} + {state.guidance:g} × difference. Only a whole run needs new ones."
        )

    def table(self) -> tuple[tuple[str, ...], ...]:
        """What it costs, and what it does."""
        state, whole = self._state, self._whole
        if state is None:
            return ()
        rows = [
            (f"w = {state.guidance:g}", "here"),
            ("new predictions", str(_BOTH * state.asked)),
            ("moved from w = 0", f"{abs(state.guidance) * state.apart():.3f}"),
            ("saturated pixels", f"{state.saturated:.0%}"),
        ]
        if whole is None:
            return tuple(rows)
        at_end = f"{whole.saturated:.0%}" if self._wanted is None else "…"
        run = (f"whole run, w = {whole.guidance:g}", str(whole.calls), "–", at_end)
        return tuple((*row, cell) for row, cell in zip(rows, run, strict=True))

    def curves(self) -> tuple[tuple[Curve, ...], str, str]:
        """What turning w all the way does at this step."""
        return self._curves, "guidance w", "%"

    def on_curves(self) -> float | None:
        return self.recipe.guidance

    def move(self, place: int) -> None:
        self._step = min(max(place, 0), self._dial.steps - 1)
        self._look()

    def go_on(self) -> None:
        """The whole run again."""
        self._wanted, self._front = self.recipe.guidance, _WHOLE

    def cycle(self, which: str) -> None:
        """Another form, or another w."""
        if which == "form":
            self._form = "eps" if self._form == "x0" else "x0"
        elif which in ("more", "fewer"):
            w = self.recipe.guidance + (_NUDGE if which == "more" else -_NUDGE)
            self.change(self.recipe.replace(guidance=min(max(w, LOW), HIGH)))

    def _look(self) -> None:
        """Mix what is kept of a step that is known; no prediction."""
        if self._step not in self._known:
            return
        before, self._state = self._state, self._dial.at(self._step, self.recipe.guidance)
        if before is None or before.step != self._step:
            self._curves = self._state.curves()
