"""Talking to the person at the terminal: data to stdout, everything else to stderr."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tdiff.errors import UsageError
from tdiff.terminal.capabilities import COLOR_CHOICES, Capabilities, detect, query_tmux
from tdiff.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tdiff.arrays import U8
    from tdiff.prompt.tokenizer import Tokens


def say(message: str) -> None:
    """Write one line for the person, never into a pipe of data; what could act on a terminal is shown instead."""
    print(clean_text(message, len(message)), file=sys.stderr)  # noqa: T201


def put(line: str) -> None:
    """Write one line of data; what could act on a terminal, or begin another line, is shown instead."""
    print(clean_text(line, len(line)))  # noqa: T201


def put_lines(text: str) -> None:
    """Write a text of several lines, each as `put` does."""
    for line in text.split("\n"):
        put(line)


def put_path(path: Path) -> None:
    """Write the name of a file that was made: as it is into a pipe, as text that cannot act on a terminal."""
    if sys.stdout.isatty():
        put(str(path))
    else:
        print(path)  # noqa: T201


def say_fates(tokens: "Tokens", label: str = "") -> None:
    """Tell what became of each word of a prompt that was not simply understood."""
    from tdiff.prompt.explain import explain

    for line in explain(tokens, usual=False):  # --json and --help say it; a line with every picture would be noise
        say(f"{label}{line}")


def capabilities(color: str = "auto") -> Capabilities:
    """Return what the terminal on stdout can show.

    Raises:
        UsageError: the choice is none of COLOR_CHOICES.
    """
    if color not in COLOR_CHOICES:
        raise UsageError(f"--color must be one of {', '.join(COLOR_CHOICES)}, not {clean_text(color, 20)}")
    return detect(os.environ, color, sys.stdout.encoding, query_tmux, sys.stdout.isatty())


def show_pictures(pictures: "U8", color: str, width: int | None = None) -> None:
    """Draw pictures side by side in the terminal, as many as fit in its width.

    Args:
        pictures: (n, H, W, 3) uint8.
        color: choice of colour depth.
        width: columns to use; the terminal's own by default.
    """
    import shutil

    import numpy as np

    from tdiff.render.halfblock import encode

    depth = capabilities(color).depth
    columns = width or shutil.get_terminal_size().columns
    side = pictures.shape[2]
    fit = max(1, (columns + 1) // (side + 1))
    for first in range(0, len(pictures), fit):
        rows = [encode(np.ascontiguousarray(picture), depth) for picture in pictures[first : first + fit]]
        for line in zip(*rows, strict=True):
            print(" ".join(line))  # noqa: T201


@contextmanager
def progress(total: int, what: str, quiet_below: int = 2) -> "Iterator[Callable[[int], None]]":
    """Show a progress bar on a terminal; stay silent in a pipe and for quick work.

    Args:
        total: units of work.
        what: shown before the bar.
        quiet_below: no bar for less work than this.

    Yields:
        A function to call with the units done.
    """
    if total < quiet_below or not sys.stderr.isatty():
        yield lambda units: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Rich would take what is printed meanwhile to its own console: right on a terminal, lost to a pipe.
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty()) as bar:
        task = bar.add_task(what, total=total)
        yield lambda units: bar.advance(task, units)
