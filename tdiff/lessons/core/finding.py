"""Finding the experiment and the lab that a card names. A name says the place: `topic.name`.

`forward.any_level` is the function `any_level` of `tdiff/lessons/forward/any_level.py`; the lab `words.swap` is shown
by the class `SwapView` of `tdiff/lessons/words/swap_view.py`. So a new one takes a new file and a line in its card.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeAlias, cast

from tdiff.lessons.core.errors import LessonError

if TYPE_CHECKING:  # names can be checked before numpy is loaded
    from tdiff.lessons.core.bench import Bench
    from tdiff.lessons.core.lab_context import LabContext
    from tdiff.lessons.core.lab_view import LabView
    from tdiff.lessons.core.outcome import Outcome

Experiment: TypeAlias = "Callable[[Bench], Iterator[Outcome]]"
"""A generator of outcomes. The first shows where it starts, before the network is asked anything, so that it can stand
beside the question; partial ones follow for as long as the work takes; the finished one comes last. Closing the
generator between two of them stops the work."""


def experiment_module(name: str) -> str:
    """Return the module that holds the experiment of a name such as "forward.any_level"; nothing of it is imported.

    Raises:
        LessonError: there is none.
    """
    return _module(name, "", "experiment")


def lab_module(name: str) -> str:
    """Return the module that shows the lab of a name such as "words.swap"; nothing of it is imported.

    Raises:
        LessonError: there is none.
    """
    return _module(name, "_view", "lab")


def find_experiment(name: str) -> Experiment:
    """Return the experiment of a name.

    Raises:
        LessonError: there is none.
    """
    return cast("Experiment", getattr(import_module(experiment_module(name)), name.rpartition(".")[2]))


def find_lab(name: str) -> "type[LabView]":
    """Return the view of a lab.

    Raises:
        LessonError: there is none.
    """
    title = "".join(part.capitalize() for part in name.rpartition(".")[2].split("_"))
    return cast("type[LabView]", getattr(import_module(lab_module(name)), f"{title}View"))


def open_lab(name: str, context: "LabContext") -> "LabView":
    """Open a lab.

    Args:
        name: such as "words.swap".
        context: what there is to begin with.

    Raises:
        LessonError: there is no such lab, or it can do nothing with what is given.
    """
    view = find_lab(name)
    if context.start and context.start not in view.starts:
        known = ", ".join(map(repr, sorted(view.starts))) or "none"
        raise LessonError(f"the lab {name!r} has no start {context.start!r}", remedy=f"choose from {known}")
    return view(context)


def _module(name: str, suffix: str, kind: str) -> str:
    parts = name.split(".")
    module = f"tdiff.lessons.{name}{suffix}"
    if len(parts) != 2 or not all(map(str.isidentifier, parts)):
        raise LessonError(f"{name!r} names no {kind}", remedy="write its topic and its name, as in 'forward.any_level'")
    if find_spec(f"tdiff.lessons.{parts[0]}") is None or find_spec(module) is None:
        raise LessonError(
            f"there is no {kind} {name!r}", remedy=f"add {module.replace('.', '/')}.py, or name one that there is"
        )
    return module
