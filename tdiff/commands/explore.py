"""Plain `tdiff`: the explorer."""

import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tdiff.commands.console import capabilities, say
from tdiff.engines.choice import OURS, EngineChoice
from tdiff.errors import UsageError
from tdiff.recipe import Recipe
from tdiff.store.access import store_troubles
from tdiff.store.config import Config, config_or_defaults
from tdiff.store.place import Place, load_place
from tdiff.terminal.capabilities import Capabilities, Depth
from tdiff.terminal.guard import guarded, restore
from tdiff.terminal.supervisor import supervised
from tdiff.terminal.unrestored import forget, unrestored

if TYPE_CHECKING:
    from tdiff.views.view import View


_WITHOUT_SCREEN: Final = "read a lesson with tdiff lesson 1 --plain, or use the bench with tdiff --plain"


def explore(
    *,
    lesson: int | None = None,
    recipe: Path | None = None,
    traces: Sequence[Path] = (),
    choice: EngineChoice = OURS,
    mouse: bool | None = None,
    color: str = "auto",
    notes: Sequence[str] = (),
) -> int:
    """Run the explorer until it is left.

    Args:
        lesson: which to open, 1 … 5; None for where the learner was.
        recipe: a recipe or a picture that carries one, to begin with.
        traces: one recorded run to look at, or two beside each other.
        choice: the model, and what runs it.
        mouse: on or off; None decides by settings and connection.
        color: colour depth, or "auto".
        notes: sentences to say in it.

    Returns:
        The exit code.

    Raises:
        UsageError: there is no terminal to draw on.
        RecipeError: the recipe is not one.
        TraceError: a trace is not one, is damaged or of a newer schema.
    """
    choice.check()
    begin = _read(recipe) if recipe is not None else None
    opened = _traces(traces)
    in_browser = os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")  # as textual-serve starts a program
    if not in_browser:
        _require_terminal("look at it with tdiff inspect" if traces else _WITHOUT_SCREEN)
        _mend_terminal()
    config = config_or_defaults()
    place, lost = load_place()
    troubles = store_troubles() or ((lost,) if lost else ())
    config = replace(config, warnings=(*config.warnings, *troubles, *notes))  # said in the app, where they are seen
    if in_browser:  # which shows all colours, and has no modes to put right
        return _run(True, config, "true", lesson, begin, place, opened, choice)
    found = capabilities(config.appearance.color if color == "auto" else color)
    if found.doubt:
        config = replace(config, warnings=(*config.warnings, found.doubt))
    _prepare(found)
    with_mouse = _mouse(mouse, config, found)
    return supervised(lambda: _run(with_mouse, config, found.depth, lesson, begin, place, opened, choice))


def _require_terminal(otherwise: str) -> None:
    if not hasattr(os, "fork"):
        raise UsageError(
            "the explorer needs a terminal of Linux or macOS",
            remedy="run it in WSL; the other commands, such as tdiff generate, work here",
        )
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "the explorer needs a terminal for input and output",
            remedy=f"run it without pipes, or {otherwise}",
        )
    if os.environ.get("TERM") == "dumb":
        raise UsageError(
            "the explorer needs a terminal whose cursor can be moved, and TERM is dumb",
            remedy=f"set TERM to what your terminal is, or {otherwise}",
        )


def _mend_terminal() -> None:
    """Restore a terminal that an earlier run could not, so that leaving this one leaves it sane."""
    before = unrestored()
    if before is not None:
        restore(before, force=True)
        forget()
        say("an earlier tdiff was killed in this terminal and could not restore it: done now")


def _run(
    mouse: bool,
    config: Config,
    depth: Depth,
    lesson: int | None,
    begin: Recipe | None,
    place: Place,
    opened: "View | None",
    choice: EngineChoice,
) -> int:
    """Run the app; this is the child of the supervisor."""
    gc.disable()  # until all is loaded
    from tdiff.ui.app import TdiffApp  # after the environment is set: Textual reads it when it is imported

    sys.setswitchinterval(0.0005)  # keys are answered between slices of a sampling thread
    with guarded():
        app = TdiffApp(
            config, depth, lesson, begin, place, opened, choice, _collect_new_garbage_only, sys.stderr.encoding
        )
        result = app.run(mouse=mouse)
    return app.return_code or 0 if result is None else result


def _collect_new_garbage_only() -> None:
    """Leave what was loaded out of garbage collection, and look through the rest rarely: meanwhile keys wait."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def _read(path: Path) -> Recipe:
    from tdiff.commands.inputs import read_recipe

    return read_recipe(path)


def _traces(paths: Sequence[Path]) -> "View | None":
    if not paths:
        return None
    from tdiff.views.trace_opening import view_of_traces

    return view_of_traces(paths)


def _prepare(found: Capabilities) -> None:
    """Tell Textual what we found, as it would find less."""
    systems = {"true": "truecolor", "256": "256", "16": "standard"}
    if found.depth in systems:
        os.environ["TEXTUAL_COLOR_SYSTEM"] = systems[found.depth]
        os.environ.pop("NO_COLOR", None)
    else:
        os.environ["NO_COLOR"] = "1"
    os.environ.setdefault("TEXTUAL_FPS", "120")  # what a key changed waits for the next tick: pictures have their own


def _mouse(asked: bool | None, config: Config, found: Capabilities) -> bool:
    """Off over SSH unless asked for: a dropped connection would leave the terminal reporting it."""
    if asked is not None:
        return asked
    if config.appearance.mouse != "auto":
        return config.appearance.mouse == "on"
    return not found.over_ssh
