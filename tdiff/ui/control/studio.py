"""The studio beside the bench: live typing, forks, comparisons, morphs, and what is kept. Knows no widget."""

from collections.abc import Callable
from pathlib import Path
from typing import Final
from weakref import WeakSet

from tdiff.diffusion import Trace
from tdiff.errors import TdiffError
from tdiff.pipeline import start_picture, to_pixels
from tdiff.prompt.understand import TextRole
from tdiff.recipe import Recipe
from tdiff.render.load import SIDE, load_picture
from tdiff.render.pixels import middle
from tdiff.store.history import Entry
from tdiff.ui.control.controller import Controller
from tdiff.ui.control.port import Command
from tdiff.views.comparison import Comparison, Kept, kept_of
from tdiff.views.fork import ForkPoint
from tdiff.views.live import Live
from tdiff.views.looking import Looking
from tdiff.views.morph import Morph
from tdiff.views.page import Link, Page
from tdiff.views.view import Made, View

Store = Callable[[Recipe, bytes, bytes | None, str], None]
"""Keeps a recipe, the pixels of its picture and of the one that it started from, and what the recipe does not say."""

_TOOLS: Final = (
    Link("/", "prompt", "prompt"),
    Link("r", "seed", "seed"),
    Link("f", "fork", "fork"),
    Link("a", "A/B", "compare"),
    Link("w", "grid", "grid"),
    Link("m", "morph", "morph"),
    Link("i", "start picture", "start"),
    Link("h", "history", "gallery"),
)
_LOOK: Final = Link("k", "look", "look")
"""Named on the page where no lesson is: lesson 3 shows these maps of the model that ships."""


class Studio:
    """The tools that need no dialog, and what comes of the dialogs of those that do.

    Args:
        controller: of the bench.
        store: keeps a finished picture, in a thread; None where the settings say that nothing is kept.
    """

    def __init__(self, controller: Controller, store: Store | None) -> None:
        self._controller, self._store = controller, store
        self.live = not controller.run.session.choice.runs_checkpoint
        """Whether the picture follows the typing."""
        self.kept: Kept | None = None
        """A of a comparison."""
        self._typing: Live | None = None
        self._stored: WeakSet[Trace] = WeakSet()
        self.commands: dict[str, Command] = {
            "live": self._toggle_live,
            "fork": self._fork,
            "compare": self._compare,
            "look": self._look,
            "bench_view": self._back,
            "leave": self._leave,
        }

    @property
    def place(self) -> str:
        """Whether the picture follows the typing."""
        return "live" if self.live else ""

    # What the bench asks

    def home(self) -> View:
        """The run."""
        return self._controller.run

    def closed(self) -> None:
        """What is typed is taken, or given up."""
        self._typing = None

    def loaded(self) -> None:
        """Nothing waits for the model but the run."""

    def page(self, plotted: bool) -> Page:
        """The tools, and what became of the words."""
        recipe = self._controller.run.recipe
        words = self._controller.run.session.words
        said = [*words.said("prompt", recipe.prompt), *words.said("negative", recipe.negative)]
        follows = "the picture follows while you type" if self.live else "say what to draw; enter takes it"
        kept = "A is kept: a compares it with what you have now. " if self.kept is not None else ""
        return Page(
            "Studio",
            f"Press / and {follows}. {kept}{self._kept_where()}",
            result="\n".join(said),
            links=(
                *_TOOLS,
                *([_LOOK] if self._controller.run.session.choice.runs_checkpoint else []),
                Link("l", f"live {'on' if self.live else 'off'}", "live"),
                Link("e", "export", "export"),
                Link("o", "open", "open"),
            ),
            forward=False,
        )

    def _kept_where(self) -> str:
        """Where finished pictures go."""
        more = " no more: the settings say so" if self._store is None else ""
        return f"Finished pictures are kept in the history{more}."

    def typed(self, role: TextRole, text: str) -> None:
        """Redraw in few steps; the next key cancels it. A fork waits for the whole text."""
        controller, pipeline = self._controller, self._controller.port.pipeline
        if not self.live or pipeline is None or controller.view.why_not("typing"):
            return
        live = Live(controller.view if self._typing is None else self._typing.behind, controller.run)
        try:
            live.type(pipeline, role, text)
        except TdiffError as error:
            controller.say(str(error), trouble=True)
            return
        self._typing = live
        controller.port.bring(0)
        controller.show(live, rest=False)

    def untyped(self) -> None:
        """Back to what there was; a run that the typing broke off goes on."""
        typing, self._typing = self._typing, None
        if typing is not None:
            self._controller.show(typing.behind, rest=False)

    def keep(self, made: tuple[Made, ...]) -> None:
        """Put finished pictures into the history, each once."""
        session, pipeline = self._controller.run.session, self._controller.port.pipeline
        picture = session.picture
        if pipeline is None or self._store is None:
            return
        for each in made:
            if each.trace not in self._stored:
                self._stored.add(each.trace)
                pixels = middle(session.looks.finished(each.trace), SIDE).tobytes()
                start = None if picture is None else to_pixels(picture).tobytes()
                self._store(pipeline.named(each.recipe), pixels, start, each.note)

    # Tools

    def _toggle_live(self) -> None:
        self.live = not self.live
        self._controller.say(f"live redraw is {'on' if self.live else 'off'}")
        self._controller.attend()

    def _back(self) -> None:
        at_home, run = self._controller.view is self._controller.run, self._controller.run
        self._controller.back()
        if at_home:
            self._controller.say("this is the bench")
        elif run.session.trace is None:  # something was opened before the first picture was made
            self._controller.do(run.go_on)

    def _leave(self) -> None:
        if self._controller.view is not self._controller.run:
            self._controller.back()

    def _fork(self) -> None:
        """Go on from the step under the cursor in another way."""
        controller, pipeline = self._controller, self._controller.port.pipeline
        trace = controller.run.session.trace
        if controller.view is not controller.run:
            controller.say("b goes back to the bench; from there f forks again")
        elif pipeline is None or trace is None or not len(trace):
            controller.say("there is no step to fork from yet: space takes one")
        elif controller.run.session.at_end:
            controller.say("the last step is taken, so nothing is left to fork: ← goes back to one")
        else:
            controller.say("change a setting to fork; b cancels")
            controller.show(ForkPoint(controller.run, pipeline, trace), rest=False)

    def _look(self) -> None:
        """Show where the network looked for each word at the step under the cursor."""
        controller, pipeline = self._controller, self._controller.port.pipeline
        trace = controller.run.session.trace
        if controller.view is not controller.run:
            controller.say("b goes back to the bench; from there k looks")
        elif pipeline is None or trace is None or not len(trace):
            controller.say("there is no step to look into yet: space takes one")
        else:
            try:
                looking = Looking(controller.run, pipeline, trace)
            except TdiffError as error:
                controller.say(str(error), trouble=True)
                return
            controller.port.bring(0)
            controller.show(looking)

    def _compare(self) -> None:
        """Keep A, then show it against what there is now."""
        controller = self._controller
        now = kept_of(controller.run.session)
        if now is None:
            controller.say("only finished pictures are compared: enter runs to the end")
        elif self.kept is None:
            self.kept = now
            controller.say("kept as A: change something, then a compares")
            controller.attend()
        else:
            a, self.kept = self.kept, None
            controller.port.bring(0)
            controller.show(Comparison(controller.run, a, now))

    def morph(self, answers: dict[str, str]) -> None:
        """Walk to another prompt or seed.

        Args:
            answers: texts of prompt, seed and count; one of the first two is empty.
        """
        controller, pipeline = self._controller, self._controller.port.pipeline
        if pipeline is None:
            return
        count = int(answers["count"])
        if answers["prompt"].strip():
            morph = Morph.between_prompts(controller.run, pipeline, answers["prompt"], count)
        else:
            morph = Morph.between_seeds(controller.run, pipeline, int(answers["seed"]), count)
        controller.port.bring(0)
        controller.show(morph)

    def start_from(self, path: Path | None, strength: float) -> None:
        """Start from a picture of your own, or from noise again.

        Args:
            path: of a PNG, JPEG, WebP or GIF; None for noise.
            strength: how much of it is noised away, above 0, at most 1.
        """
        controller, run = self._controller, self._controller.run
        controller.show_run()
        if path is None:
            controller.do(lambda: run.start_from(None, None, run.recipe.replace(start=None)))
            return
        try:
            loaded = load_picture(path)
        except TdiffError as error:  # it has changed since it was chosen
            controller.say(str(error), trouble=True)
            return
        recipe = run.recipe.replace(start=start_picture(loaded.picture, strength))
        controller.say("; ".join(loaded.notes))
        controller.do(lambda: run.start_from(loaded.picture, str(path), recipe))

    def recall(self, entry: Entry) -> None:
        """Bring back what was made; of what no recipe repeats, its settings."""
        self._controller.opening.recall(entry.recipe, entry.start)
        if entry.note:
            self._controller.say("it was a fork, which no recipe repeats: its settings now hold from the first step")
