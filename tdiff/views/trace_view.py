"""A run that was recorded elsewhere, looked at step by step: nothing is computed by a model. Knows no widget."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isclose
from typing import Any, Final

from tdiff.arrays import U8
from tdiff.errors import TdiffError
from tdiff.prompt.command import command_of
from tdiff.prompt.tokenizer import Tokens
from tdiff.prompt.understand import TextRole
from tdiff.provenance.write import recorded_fields, text_fields
from tdiff.recipe import GUIDANCE_RANGE, TEXT_LIMIT, Recipe
from tdiff.recipe.json import from_json
from tdiff.text import clean_text
from tdiff.traces.document import Head, Line
from tdiff.traces.reader import TraceFile
from tdiff.views.export import RecordedSaving
from tdiff.views.figures import Figure
from tdiff.views.page import Link, Page
from tdiff.views.shown_command import ShownCommand
from tdiff.views.trace_numbers import TraceNumbers
from tdiff.views.trace_pictures import Seen, TracePictures
from tdiff.views.view import Hint, Plot, Reply, Still, Track, View

UNKNOWN: Final = "(not recorded)"
"""Stands for a text that was withheld, or that nobody told the recorder."""
_MAKING: Final = frozenset({"sampler", "eta", "more", "fewer", "drop_switches", "prompt", "negative", "typing"})
_FORMS: Final = {
    "eps": "ε̂ the model saw",
    "pos": "ε̂ with the prompt",
    "neg": "ε̂ with the negative",
    "gap": "what the prompt adds to ε̂",
}
_PREDICTION: Final = 1  # place of its canvas
_STUDIO: Final = frozenset({"fork", "compare", "grid", "morph", "start", "live"})


@dataclass(frozen=True, slots=True)
class _Gaze:
    """What of a trace is looked at.

    Attributes:
        at: the place on the scrubber.
        number: which picture of the batch.
        guidance: w, where it was moved.
        form: which prediction.
    """

    at: int = 0
    number: int = 0
    guidance: float | None = None
    form: str = "eps"


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What is seen there.

    Attributes:
        gaze: where.
        seen: the step; None where none was recorded.
        apart: the predictions behind ε̂, where another form of it is shown.
        done: the finished picture, where it was recorded.
    """

    gaze: _Gaze
    seen: Seen | None
    apart: Mapping[str, U8]
    done: U8 | None


class TraceView(View):
    """One trace.

    Args:
        trace: on disk.

    Raises:
        TraceError: it has changed since it was opened.
    """

    ending = "this is the end of the recording: ← looks back"
    plotted = True

    def __init__(self, trace: TraceFile) -> None:
        self.trace = trace
        self._pictures = [TracePictures(trace, number) for number in range(len(trace.head.pictures))]
        self._columns = 44
        self._look = self._read(_Gaze())
        if not trace.lines:
            self.ending = "no whole step was recorded: b goes to the bench"

    @property
    def at(self) -> int:
        """The place on the scrubber: a step, or behind the last one the finished picture."""
        return self._look.gaze.at

    @property
    def number(self) -> int:
        """Which picture of the batch is shown, from 0."""
        return self._look.gaze.number

    @property
    def guidance(self) -> float | None:
        """Where w was moved to; None for the one that was recorded."""
        return self._look.gaze.guidance

    # What is shown

    @property
    def title(self) -> str:
        """Name of the file."""
        return clean_text(self.trace.path.name, 60)

    @property
    def keys(self) -> tuple[Hint, ...]:
        """What can be done with a recording."""
        batch = (("r", "next picture"),) if len(self.trace.head.pictures) > 1 else ()
        return (
            ("space", "step"),
            ("p", "play"),
            ("enter", "end"),
            ("g", "guidance"),
            ("e", "save"),
            ("z", "curves"),
            *batch,
            ("b", "bench"),
            ("v", "ε̂ apart"),
        )

    @property
    def caption(self) -> str:
        """Where the pictures are from."""
        return f"recorded · {said_of_model(self.trace.head)}"

    @property
    def remark(self) -> str:
        """Whether the guidance is the one that was recorded."""
        return "" if self.guidance is None else f"w {self.guidance:g} for this step alone"

    @property
    def recipe(self) -> Recipe:
        """What the controls show; it makes nothing."""
        head = self.trace.head
        asked, low, high = head.pictures[self.number], *GUIDANCE_RANGE
        texts = (UNKNOWN if asked.prompt is None else asked.prompt, asked.negative or "")
        prompt, negative = (text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…" for text in texts)
        w = self._weight if self.guidance is None else self.guidance
        return Recipe(prompt=prompt, negative=negative, guidance=min(max(1.0 if w is None else w, low), high))

    @property
    def settings(self) -> tuple[str, ...]:
        """Seed, scheduler and steps, as they were recorded."""
        head = self.trace.head
        seed = head.pictures[self.number].seed
        return ("seed –" if seed is None else f"seed {seed}", head.scheduler or "–", f"{head.steps} steps")

    def words(self, role: TextRole, text: str) -> Tokens:
        """Another tokenizer read them."""
        return Tokens(text, (), ())

    def figures(self) -> tuple[Figure, ...]:
        """The picture then, the prediction, the clean guess."""
        seen, done = self._look.seen, self._look.done
        if seen is None:
            return (Figure("no step was recorded", None),)
        if self.at == len(self.trace):
            size = "" if done is None else f"{done.shape[1]}×{done.shape[0]}"
            return (
                Figure("finished picture", done, size),
                self._prediction(seen),
                Figure("last clean guess x̂₀", seen.x0),
            )
        moved = f" at w {self.guidance:g}" if self._moved else ""
        return Figure("x_t", seen.x_t), self._prediction(seen), Figure(f"clean guess x̂₀{moved}", seen.x0, main=True)

    def _prediction(self, seen: Seen) -> Figure:
        """The middle canvas, in the form that was chosen."""
        form, apart = self._look.gaze.form, self._look.apart
        if form in apart:
            return Figure(_FORMS[form], apart[form])
        return Figure(f"ε̂ at w {self.guidance:g}" if self._moved else _FORMS["eps"], seen.eps)

    def track(self) -> Track:
        """Its steps."""
        lines = self.trace.lines
        if not lines:
            return Track(done=-1)
        levels = (*(line.sigma for line in lines), *([] if self._look.done is None else [0.0]))
        changes = tuple(filter(math.isfinite, self._numbers.row("change")[1:]))
        return Track(self._total, self._total, self.at, levels[self.at], changes, levels=levels)

    def plot(self) -> Plot:
        """What was measured at each step."""
        if not self.trace.lines:
            return Plot()
        return Plot(self._numbers.curves(), "steps", "recorded", float(self.at), "recorded")

    def strip(self, count: int) -> tuple[Still, ...]:
        """The clean guesses; the last one is the finished picture."""
        if not self.trace.lines:
            return ()
        parts = max(min(count - 1, self._total), 1)
        places = sorted({self._total * part // parts for part in range(parts + 1)})[:count]
        last = len(self.trace) - 1
        return tuple(
            Still(place, str(min(place, last) + 1), self._pictures[self.number].guess(place)) for place in places
        )

    def page(self) -> Page:
        """What was recorded, and this step's numbers."""
        head, trace = self.trace.head, self.trace
        count = len(head.pictures)
        which = f" Picture {self.number + 1} of {count}." if count > 1 else ""
        steps = f"{head.steps} steps" if len(trace) == head.steps else f"{len(trace)} of {head.steps} steps"
        text = f"Recorded: {steps} of {said_of_model(head)}.{which}"
        broken = [line.index + 1 for line in trace.lines if not line.finite]
        told = [trace.note] if trace.note else []
        told += [f"step {broken[0]} holds numbers that are not finite"] if broken else []
        links = [Link("g", "guidance", "guidance"), Link("e", "save", "export"), Link("b", "bench", "bench_view")]
        if count > 1:
            links.insert(0, Link("r", "next picture", "seed"))
        return Page(
            self.title,
            text,
            result="\n".join(told),
            table=self._numbers.table(min(self.at, len(trace) - 1), self._columns) if trace.lines else (),
            hint=self._hint(),
            links=tuple(links),
            forward=False,
        )

    def command(self) -> ShownCommand:
        """The command of a run of tdiff's own samplers; others have none."""
        recipe = own_recipe(self.trace.head, self.number)
        if recipe is None:
            return ShownCommand(said="recorded: no command of tdiff makes it")
        return ShownCommand(command_of(recipe))

    def export(self) -> RecordedSaving | str:
        """The finished picture, and the clean guesses as a strip or a film."""
        if not self.trace.lines:
            return "no whole step was recorded, so there is nothing to save"
        pictures = self._pictures[self.number]
        guesses = [pictures.guess(place) for place in range(len(self.trace))]
        frames = tuple(guess for guess in guesses if guess is not None)
        if len(frames) < len(guesses):
            return f"{self.title} has changed since it was opened: open it again"
        return RecordedSaving(self.trace.path.stem, frames, self._look.done, self._fields(True), self._fields(False))

    def _fields(self, keep_prompt: bool) -> dict[str, str]:
        """What a saved picture carries about its making."""
        head, recipe = self.trace.head, own_recipe(self.trace.head, self.number)
        if recipe is not None:
            return text_fields(recipe, keep_prompt)
        asked = head.pictures[self.number]
        texts = (asked.prompt or "", asked.negative or "") if keep_prompt else ()
        system = head.model or "a diffusion model"
        return recorded_fields(system, head.model_hash or "unknown", *texts)

    def fit(self, columns: int, rows: int) -> None:
        """Bars as long as there is room for."""
        self._columns = columns

    # What keys do

    @property
    def takes(self) -> frozenset[str]:
        """The guidance, where both predictions were recorded."""
        return frozenset() if self._why_fixed() else frozenset({"guidance"})

    def why_not(self, key: str) -> str:
        """A recording is as it is."""
        if not self.trace.lines:
            return "" if key in ("bench_view", "leave", "open", "guide_up", "guide_down") else self.ending
        if key == "guidance":
            return self._why_fixed()
        if key == "form":
            return self._pictures[self.number].why_apart(min(self.at, len(self.trace) - 1))
        if key in _MAKING:
            return self.fixed(key)
        return "a recording is looked at: b goes to the bench, where this key works" if key in _STUDIO else ""

    def fixed(self, field: str) -> str:
        """What was recorded stays."""
        if field == "guidance":
            return self._why_fixed()
        return "this run is recorded, so only w can be moved; b goes to the bench"

    @property
    def bound(self) -> int:
        """Where it is."""
        return self.at if self.trace.lines else -1

    def move(self, place: int) -> Reply | None:
        """To a step, which is read first: what cannot be read leaves all as it is."""
        self._turn(at=min(max(place, 0), self._total))
        return None

    def change(self, recipe: Recipe) -> Reply | None:
        """Another guidance for the step on screen."""
        recorded = self._weight
        self._turn(guidance=None if recorded is not None and isclose(recipe.guidance, recorded) else recipe.guidance)
        return None

    def undo(self) -> Reply | None:
        """The guidance that was recorded."""
        if self.guidance is None:
            return Reply("w was not moved")
        self._turn(guidance=None)
        return Reply("w as it was recorded")

    def cycle(self, which: str) -> Reply | None:
        """The prediction as it was used, with the prompt, with the negative, and what they differ in."""
        if which != "form":
            return None
        names = list(_FORMS)
        form = names[(names.index(self._look.gaze.form) + 1) % len(names)]
        self._turn(form=form)
        return Reply(_FORMS[form], reveal=_PREDICTION)

    def reseed(self) -> Reply | None:
        """The next picture of the batch."""
        count = len(self._pictures)
        if count == 1:
            return Reply("one picture was recorded: r turns to the next where there are several")
        self._turn(number=(self.number + 1) % count)
        return Reply(f"picture {self.number + 1} of {count}")

    # Reading

    @property
    def _total(self) -> int:
        """The last place."""
        return max(len(self.trace) - (self._look.done is None), 0)

    @property
    def _numbers(self) -> TraceNumbers:
        """What was measured of the picture that is shown."""
        return TraceNumbers(self.trace, self.number)

    @property
    def _line(self) -> Line:
        return self.trace.lines[min(self.at, len(self.trace) - 1)]

    @property
    def _weight(self) -> float | None:
        """What w was recorded for the step on screen."""
        return self._line.guidance if self.trace.lines else self.trace.head.guidance

    @property
    def _moved(self) -> bool:
        """Whether another guidance than the recorded one is on screen."""
        return self.guidance is not None and not self._why_fixed()

    def _turn(self, **changes: Any) -> None:
        """Look at something else.

        Raises:
            TraceError: it cannot be read; all is as before.
        """
        self._look = self._read(replace(self._look.gaze, **changes))

    def _read(self, gaze: _Gaze) -> _Look:
        pictures = self._pictures[gaze.number]
        if not self.trace.lines:
            return _Look(gaze, None, {}, None)
        step, done = min(gaze.at, len(self.trace) - 1), pictures.final()
        free = gaze.at < len(self.trace) and not pictures.why_fixed(step)
        moved = gaze.guidance if free else None
        seen = pictures.at(step) if moved is None else pictures.guided(step, moved)
        return _Look(gaze, seen, {} if gaze.form == "eps" else pictures.predictions(step), done)

    def _why_fixed(self) -> str:
        if not self.trace.lines:
            return self.ending
        if self.at >= len(self.trace):
            return "the finished picture came of all steps: ← goes to one, where w can be moved"
        return self._pictures[self.number].why_fixed(self.at)

    def _hint(self) -> str:
        """What the guidance dial can do here."""
        why = self._why_fixed()
        if why:
            return f"w stays: {why}"
        recorded = "" if self._weight is None else f" (recorded: {self._weight:g})"
        if self.guidance is None:
            return f"g moves w{recorded}: exact for this step, from the two predictions in the file; no model is asked."
        return (
            f"w {self.guidance:g}{recorded} is exact for this step alone: the steps before it went their recorded way. "
            "u brings the recorded w back."
        )


def said_of_model(head: Head) -> str:
    """Model, its hash, and scheduler, as far as they are known."""
    model = " ".join(part for part in (head.model or "a model that is not named", head.model_hash[:8]) if part)
    return f"{model} · {head.scheduler}" if head.scheduler else model


def own_recipe(head: Head, number: int = 0) -> Recipe | None:
    """The recipe of a picture of tdiff's own samplers; None for others, and where it was withheld."""
    if head.recipe is None or "prompt" not in head.recipe:
        return None
    try:
        recipe = from_json(json.dumps(head.recipe)).recipe
        if head.preview != "pixels" and recipe.engine is None:  # nobody knows which checkpoint made it
            return None
        return recipe.replace(seed=recipe.seed + number)
    except TdiffError:
        return None
