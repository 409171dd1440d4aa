"""Talking to the person at the terminal: data to stdout, everything else to stderr."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tdiff.errors import ConfigError, UsageError
from tdiff.terminal.capabilities import COLOR_CHOICES, Capabilities, detect, query_tmux
from tdiff.text import clean_text, escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tdiff.arrays import U8
    from tdiff.engines.model import ModelInfo
    from tdiff.prompt.tokenizer import Tokens
    from tdiff.recipe import Recipe


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


def put_document(text: str) -> None:
    """Write JSON of several lines that stays JSON: what could act, or what the output's encoding lacks, is escaped."""
    put_lines(escaped(text, sys.stdout.encoding))


def put_path(path: Path) -> None:
    """Write the name of a file that was made: its bytes into a pipe, on a terminal text that cannot act."""
    put_named("", path)


def put_named(words: str, path: Path) -> None:
    """Write some words and the name of a file, which a pipe gets byte for byte."""
    if sys.stdout.isatty():
        put(f"{words}{path}")
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(words.encode() + os.fsencode(path) + b"\n")
    sys.stdout.buffer.flush()


def say_fates(tokens: "Tokens", label: str = "") -> None:
    """Tell what became of each word of a prompt that was not simply understood."""
    from tdiff.prompt.explain import explain

    for line in explain(tokens, usual=False):  # --json and --help say it; a line with every picture would be noise
        say(f"{label}{line}")


def say_what_differs(recipe: "Recipe", info: "ModelInfo") -> None:
    """Tell what of a recipe's making is otherwise here, if anything is."""
    from tdiff.engines.differing import what_differs

    said = what_differs(recipe, info)
    if said:
        say(f"the recipe was {said}")


def chosen_color(color: str) -> str:
    """Return the colour depth that was asked for, by an option or else by the settings; "auto" if by neither."""
    from tdiff.store.config import load_config

    if color != "auto":
        return color
    try:
        return load_config().appearance.color
    except ConfigError:  # whoever needs the settings says so
        return color


def capabilities(color: str = "auto") -> Capabilities:
    """Return what the terminal on stdout can show.

    Raises:
        UsageError: the choice is none of COLOR_CHOICES.
    """
    if color not in COLOR_CHOICES:
        raise UsageError(f"--color must be one of {', '.join(COLOR_CHOICES)}, not {clean_text(color, 20)}")
    return detect(os.environ, color, sys.stdout.encoding, query_tmux, sys.stdout.isatty())


def show_pictures(pictures: "U8", color: str, labels: "Sequence[str]" = ()) -> None:
    """Draw pictures side by side in the terminal, as many as fit in its width, each under its label.

    Args:
        pictures: (n, H, W, 3) uint8.
        color: choice of colour depth.
        labels: one for each picture, or none.
    """
    import shutil

    from tdiff.render.tiles import tiles

    for line in tiles(pictures, capabilities(chosen_color(color)).depth, shutil.get_terminal_size().columns, labels):
        print(line)  # noqa: T201


@contextmanager
def progress(total: int, what: str, quiet_below: int = 2, plain: bool = False) -> "Iterator[Callable[[int], None]]":
    """Show a progress bar on a terminal; stay silent in a pipe and for quick work.

    Args:
        total: units of work.
        what: shown before the bar.
        quiet_below: no bar for less work than this.
        plain: no bar, which is drawn with lines.

    Yields:
        A function to call with the units done.
    """
    if plain or total < quiet_below or not sys.stderr.isatty():
        yield lambda units: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Rich would take what is printed meanwhile to its own console: right on a terminal, lost to a pipe.
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty()) as bar:
        task = bar.add_task(what, total=total)
        yield lambda units: bar.advance(task, units)
