"""`tdiff --plain`: the bench by lines of text, for screen readers, pipes, and terminals that show no pictures."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from tdiff.commands.console import put, say, say_what_differs
from tdiff.errors import TdiffError, UsageError
from tdiff.evaluate.told import told
from tdiff.prompt.command import command_of
from tdiff.prompt.explain import explain, require_effect
from tdiff.prompt.understand import understand, understand_negative
from tdiff.recipe import Recipe
from tdiff.text import clean_text, with_minus
from tdiff.views.session import Session

if TYPE_CHECKING:
    from tdiff.evaluate.checker import Checker
    from tdiff.pipeline import Pipeline

HELP: Final = (
    "step [N]       take a step, or N; an empty line takes one too",
    "end            take all steps that are left",
    "back [N]       look at the step before, or N before",
    "go N           look at step N, which was taken already",
    "prompt TEXT    another prompt; the run begins again",
    "negative TEXT  what to steer away from; nothing behind it takes it away",
    "guidance W     how hard the prompt pulls, -2 to 15",
    "seed N, steps N, sampler NAME, eta E",
    "undo           the setting before",
    "show           say again where we are",
    "command        the command that makes this picture",
    "save FILE      write the finished picture as PNG",
    "words [KIND]   what a prompt may use",
    "quit           leave; the end of the input does too",
)
_NUMBERS: Final[dict[str, Callable[[str], float | int]]] = {"guidance": float, "eta": float, "seed": int, "steps": int}


class PlainBench:
    """A run that obeys lines of text and answers in lines of text.

    Args:
        pipeline: makes the pictures.
        checker: says what is in them.
        recipe: to begin with.
    """

    def __init__(self, pipeline: "Pipeline", checker: "Checker", recipe: Recipe) -> None:
        self._pipeline, self._checker = pipeline, checker
        self._session = Session(recipe)
        self._commands: dict[str, Callable[[str], Iterator[str]]] = {
            "step": self._step,
            "end": lambda rest: self._advance(self._total + 1),
            "back": self._back,
            "go": self._go,
            "prompt": self._prompt,
            "negative": self._negative,
            "sampler": lambda rest: self._changed("sampler", rest),
            "undo": self._undo,
            "show": lambda rest: self._shown(),
            "command": lambda rest: iter([command_of(self._session.recipe)]),
            "save": self._save,
            "words": self._words,
            "help": lambda rest: iter(HELP),
        }

    def opening(self) -> Iterator[str]:
        """What to say before the first line."""
        info = self._pipeline.info
        yield f"tdiff, model {info.name} {info.hash}. Every number is from this run. help lists what you can say."
        yield from self._settings()

    def obey(self, line: str) -> Iterator[str]:
        """Do what a line says.

        Yields:
            Lines of answer.

        Raises:
            TdiffError: it is not understood or cannot be done; nothing has changed then.
        """
        name, _, rest = line.strip().partition(" ")
        name, rest = name.lower() or "step", rest.strip()
        if name in _NUMBERS:
            yield from self._changed(name, self._number(name, rest))
        elif name in self._commands:
            yield from self._commands[name](rest)
        else:
            raise UsageError(f"{clean_text(name, 30)} is not understood", remedy="help lists what you can say")

    @property
    def _total(self) -> int:
        return self._session.recipe.steps

    @staticmethod
    def _number(name: str, text: str) -> float | int:
        try:
            return _NUMBERS[name](text)
        except ValueError:
            raise UsageError(f"{name} needs a number behind it", remedy=f"say for example {name} 4") from None

    @staticmethod
    def _count(name: str, text: str, usual: int | None = None) -> int:
        if not text and usual is not None:
            return usual
        if not (text.isascii() and text.isdecimal() and 0 < len(text) < 6 and int(text)):
            raise UsageError(f"{name} needs a whole number from 1 up", remedy=f"say for example {name} 3")
        return int(text)

    def _step(self, rest: str) -> Iterator[str]:
        return self._advance(self._count("step", rest, 1))

    def _advance(self, count: int) -> Iterator[str]:
        session = self._session
        if session.trace is None:
            session.trace, session.cursor = self._pipeline.trace(session.recipe), -1
        trace = session.trace
        if session.at_end:
            raise UsageError("this is the end of the run", remedy="say back to look back, or seed N for another run")
        wanted = min(session.cursor + count, self._total)
        if not trace.finished and len(trace) <= wanted:
            for _ in trace.play():
                if len(trace) > wanted:
                    break
        session.cursor = wanted
        return self._shown()

    def _back(self, rest: str) -> Iterator[str]:
        return self._look(self._session.cursor - self._count("back", rest, 1))

    def _go(self, rest: str) -> Iterator[str]:
        return self._look(self._count("go", rest) - 1)

    def _look(self, place: int) -> Iterator[str]:
        session = self._session
        taken = 0 if session.trace is None else len(session.trace)
        if not 0 <= place <= session.last or not taken:
            there = f"steps 1 to {taken} were taken" if taken else "no step was taken"
            raise UsageError(f"there is nothing to look at: {there}", remedy="say step to take one")
        session.cursor = place
        return self._shown()

    def _prompt(self, text: str) -> Iterator[str]:
        tokens = understand(text)
        require_effect(tokens, allow_unknown=False)
        yield from explain(tokens)
        yield from self._changed("prompt", text)

    def _negative(self, text: str) -> Iterator[str]:
        yield from explain(understand_negative(text), usual=False)
        yield from self._changed("negative", text)

    def _changed(self, field: str, value: object) -> Iterator[str]:
        self._session.change(self._session.recipe.replace(**{field: value}))
        return self._settings()

    def _undo(self, rest: str) -> Iterator[str]:
        if not self._session.undo():
            raise UsageError("nothing was changed yet", remedy="help lists what you can say")
        return self._settings()

    def _settings(self) -> Iterator[str]:
        recipe = self._session.recipe
        negative = f", negative “{clean_text(recipe.negative)}”" if recipe.negative else ""
        yield (
            f"Prompt “{clean_text(recipe.prompt)}”{negative}, guidance {recipe.guidance:g}, seed {recipe.seed}, "
            f"{recipe.steps} steps of {recipe.sampler}. No step is taken yet."
        )

    def _shown(self) -> Iterator[str]:
        from tdiff.diffusion import mean_abs_difference
        from tdiff.pipeline import to_pixels

        session = self._session
        trace = session.trace
        if trace is None:
            yield from self._settings()
            return
        if session.at_end:
            yield f"Finished after {len(trace)} steps."
            yield f"The picture: {self._seen(self._pipeline.model.decode(trace.final))}"
            return
        step = trace[session.cursor]
        yield f"Step {step.index + 1} of {step.steps}, noise level {step.noise_level:.0%}."
        yield f"The clean guess: {self._seen(to_pixels(step.x0))}"
        numbers = [f"the predicted noise has size {float((step.eps**2).mean() ** 0.5):.2f}"]
        if session.cursor:
            moved = float(mean_abs_difference(trace[session.cursor - 1].x0, step.x0)[0])
            numbers.append(f"the guess moved by {moved:.3f} since the step before")
        if step.eps_neg is not None:
            apart = float(mean_abs_difference(step.eps_pos, step.eps_neg)[0])
            numbers.append(f"with and without the prompt the predictions are {apart:.3f} apart")
        yield f"In numbers: {', '.join(numbers)}."

    def _seen(self, pixels: "object") -> str:
        (look,) = self._checker.look(pixels)  # type: ignore[arg-type]
        return f"{told(look)}."

    def _save(self, rest: str) -> Iterator[str]:
        from tdiff.commands.outputs import Output, picture_target, save_picture
        from tdiff.commands.target import target_of

        session = self._session
        if session.trace is None or not session.trace.finished:
            raise UsageError("the picture is not finished", remedy="say end first")
        recipe = self._pipeline.named(session.recipe)
        target = picture_target(target_of(rest), recipe.prompt, recipe.seed, 1)
        save_picture(recipe, self._pipeline.model.decode(session.trace.final)[0], target, Output())
        yield f"saved: {target.path}"

    @staticmethod
    def _words(rest: str) -> Iterator[str]:
        from tdiff.prompt.word_list import KINDS, known_words, matching

        if not rest:
            yield f"Say words and a kind: {', '.join(KINDS)}; or part of a word."
            return
        found = matching(rest)
        if not found:
            raise UsageError(f"no word matches {clean_text(rest, 30)}", remedy=f"name a kind ({', '.join(KINDS)})")
        yield ", ".join(word.word for word in found) if len(found) < len(known_words()) else "all"


def run_plain(recipe: Recipe | None, lines: Iterable[str] | None = None) -> int:
    """Obey lines of standard input until it ends.

    Args:
        recipe: to begin with; None for the one that the explorer begins with.
        lines: other lines to obey.

    Returns:
        0, or 2 where a line was refused and nobody sat there to say it again.
    """
    from tdiff.evaluate.checker import load_checker
    from tdiff.pipeline import load
    from tdiff.recipe import FIRST_PROMPT, FIRST_SEED

    pipeline = load()
    if recipe is not None:
        say_what_differs(recipe, pipeline.info)
    begin = recipe or Recipe(prompt=FIRST_PROMPT, seed=FIRST_SEED)
    bench = PlainBench(pipeline, load_checker(), begin.without_maker())
    for answer in bench.opening():
        put(with_minus(answer))
    refused = False
    for line in _typed() if lines is None else lines:
        if line.strip().lower() in ("quit", "exit", "q"):
            break
        try:
            for answer in bench.obey(line):
                put(answer if answer.startswith(("tdiff ", "saved: ")) else with_minus(answer))
        except TdiffError as error:
            say(str(error))
            refused = True
        sys.stdout.flush()
    return 2 if refused and not sys.stdin.isatty() else 0


def _typed() -> Iterable[str]:
    """Lines of standard input; on a terminal a mark says that one is waited for."""
    return _asked() if sys.stdin.isatty() else sys.stdin


def _asked() -> Iterator[str]:
    with suppress(ImportError):  # Windows
        import readline  # noqa: F401  arrows and history while typing

    while True:
        try:
            yield input("> ")
        except EOFError:
            return
