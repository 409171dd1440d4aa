"""A page of the guide: what it holds."""

from dataclasses import dataclass
from typing import NamedTuple

from tdiff.views.curve import Curve

Columns = tuple[tuple[str, ...], ...]
"""Texts that stand side by side where there is room: of each its heading, then its paragraphs."""


class Link(NamedTuple):
    """Something to click: the key that does the same, what it does, and the key's name in the key table."""

    key: str
    text: str
    command: str


@dataclass(frozen=True, slots=True)
class Page:
    """What the guide shows.

    Attributes:
        title: of the card.
        text: the card.
        hint: keys to try, or what may be read last.
        question: asked before the run; "" for none.
        options: possible answers.
        chosen: index of the learner's answer.
        right: index of the run's answer, once it is known.
        asking: what to do about the question while it is open.
        judge: what begins the sentence that names the right answer where another was given.
        reopened: whether another answer can be given after one.
        columns: texts side by side, or one below the other where that is too narrow.
        reasons: the same, after the options.
        busy: what is being computed.
        result: what came out.
        table: rows of figures, the first a header.
        curves: drawn as rows of bars, all to one scale.
        axes: what they are, such as "noise level by doses".
        links: further things to click.
        back, forward: whether there is a card before and after.
    """

    title: str
    text: str
    hint: str = ""
    question: str = ""
    options: tuple[str, ...] = ()
    chosen: int | None = None
    right: int | None = None
    asking: str = "press a letter; the run decides"
    judge: str = "The run says"
    reopened: bool = False
    columns: Columns = ()
    reasons: Columns = ()
    busy: str = ""
    result: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    curves: tuple[Curve, ...] = ()
    axes: str = ""
    links: tuple[Link, ...] = ()
    back: bool = False
    forward: bool = True
