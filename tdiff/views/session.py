"""What the explorer is showing: the recipe, its trace, where the cursor is, and the way back. Knows no widget."""

from dataclasses import dataclass, field
from typing import Literal

from tdiff.arrays import F32
from tdiff.diffusion import Step, Trace, mean_abs_difference
from tdiff.engines.choice import OURS, EngineChoice
from tdiff.recipe import Recipe
from tdiff.views.looks import PIXELS, Looks
from tdiff.views.shown_command import command_with
from tdiff.views.words import OWN_WORDS, Words

Form = Literal["eps", "x0", "v"]
FORMS: tuple[Form, ...] = ("eps", "x0", "v")

_UNDO_LIMIT = 200


@dataclass(slots=True)
class Session:
    """The one mutable state of a bench.

    Attributes:
        recipe: what is being made.
        picture: (32, 32, 3) in [-1, 1] that the recipe starts from, if it does.
        picture_path: where that came from, for the command that repeats it.
        trace: steps taken so far; None before the first.
        cursor: which kept step is shown; `len(trace)` is the finished picture.
        form: what the second canvas shows: the prediction as ε̂, x̂_0 or v̂.
        step_ms: milliseconds of each step taken in this run.
        looks: how the model's runs are shown.
        choice: the model, and what runs it, as a command names them.
        words: what is said of its prompts.
    """

    recipe: Recipe = field(default_factory=Recipe)
    picture: F32 | None = None
    picture_path: str | None = None
    trace: Trace | None = None
    cursor: int = 0
    form: Form = "eps"
    step_ms: list[float] = field(default_factory=list)
    looks: Looks = PIXELS
    choice: EngineChoice = OURS
    words: Words = OWN_WORDS
    _changes: list[float] = field(default_factory=list)
    _undo: list[tuple[Recipe, F32 | None, str | None]] = field(default_factory=list)

    def change(self, recipe: Recipe) -> bool:
        """Take another recipe; the trace of the old one goes. Returns whether anything changed."""
        if recipe == self.recipe:
            return False
        self._undo.append((self.recipe, self.picture, self.picture_path))
        del self._undo[:-_UNDO_LIMIT]
        self.recipe = recipe
        self.restart()
        return True

    def start_from(self, picture: F32 | None, path: str | None, recipe: Recipe) -> None:
        """Take a picture to start from together with the recipe that names it."""
        if self.change(recipe):
            self.picture, self.picture_path = picture, path

    def undo(self) -> bool:
        """Go back to the recipe before; returns False if there is none."""
        if not self._undo:
            return False
        self.recipe, self.picture, self.picture_path = self._undo.pop()
        self.restart()
        return True

    def restart(self) -> None:
        """Forget the steps taken."""
        self.trace = None
        self.cursor = 0
        self.step_ms = []
        self._changes = []

    def command(self, recipe: Recipe) -> str:
        """The command that makes a recipe's picture with this model, from the start picture that is here."""
        return command_with(self.choice, recipe, self.picture_path)

    @property
    def last(self) -> int:
        """The furthest place that the cursor can go to without a model call."""
        if self.trace is None or not len(self.trace):
            return 0
        return len(self.trace) if self.trace.finished else len(self.trace) - 1

    @property
    def total(self) -> int:
        """Steps that this run takes from its start."""
        return self.recipe.steps - (self.trace.first if self.trace is not None else 0)

    @property
    def changes(self) -> list[float]:
        """How much each step changed the clean guess, computed once for each."""
        if self.trace is None:
            return self._changes
        for place in range(len(self._changes), len(self.trace) - 1):
            gap = mean_abs_difference(self.trace[place].x0, self.trace[place + 1].x0)
            self._changes.append(float(gap[0]))
        return self._changes

    @property
    def step(self) -> Step | None:
        """The step under the cursor; None before the first and at the finished picture."""
        if self.trace is None or self.cursor >= len(self.trace):
            return None
        return self.trace[self.cursor]

    @property
    def at_end(self) -> bool:
        """Whether the finished picture is shown."""
        return self.trace is not None and self.trace.finished and self.cursor == len(self.trace)

    @property
    def noise_level(self) -> float:
        """σ of what is shown, 0 … 1."""
        if self.at_end:
            return 0.0
        return 1.0 if self.step is None else self.step.noise_level

    def move(self, place: int) -> bool:
        """Put the cursor on a step that was taken; returns whether it moved."""
        before, self.cursor = self.cursor, min(max(place, 0), self.last)
        return self.cursor != before

    def next_form(self) -> Form:
        """Show the prediction in the next of its three forms."""
        self.form = FORMS[(FORMS.index(self.form) + 1) % len(FORMS)]
        return self.form
