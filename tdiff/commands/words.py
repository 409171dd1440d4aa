"""`tdiff words`: what a prompt may say."""

import sys
from dataclasses import asdict
from itertools import groupby

from tdiff.commands.console import put, say, show_pictures
from tdiff.commands.json_lines import put_json
from tdiff.errors import UsageError
from tdiff.prompt.understand import understand_words
from tdiff.prompt.word_list import KINDS, KnownWord, known_words, matching
from tdiff.text import clean_text

_MANY = 60  # from which on pictures are at their smallest
_FEW = 12
_LISTED = 8
_WHERE = (
    "the pictures are drawings that the model learned from (Noto Emoji, Twemoji, Fluent Emoji); it made none of them"
)


def words(wanted: str | None, as_json: bool, plain: bool, color: str = "auto") -> None:
    """List what a prompt may use: with small pictures on a terminal, a line a word elsewhere.

    Args:
        wanted: a kind, a category, or part of a word; None for all.
        as_json: print one JSON object instead.
        plain: no pictures on a terminal either.
        color: choice of colour depth.

    Raises:
        UsageError: nothing matches.
    """
    found = known_words() if wanted is None else _found(wanted)
    if as_json:
        put_json("tdiff.words/1", {"words": [asdict(word) for word in found]})
    elif plain or not sys.stdout.isatty():
        _put_lines(found)
    else:
        _show(found, color)


def _found(wanted: str) -> tuple[KnownWord, ...]:
    """The words that are meant; a word that is only read as one of them stands for that."""
    shown = clean_text(wanted.strip(), 40)
    if not shown:
        raise UsageError("the filter is empty", remedy="leave it out to list all words")
    found = matching(wanted)
    if found:
        return found
    reads = {word.reads for word in understand_words(wanted).words if word.reads}
    found = tuple(word for word in known_words() if word.word in reads)
    if not found:
        raise UsageError(
            f"no word, kind or category matches {shown}",
            remedy=f"leave it out to list all words, or name a kind ({', '.join(KINDS)})",
        )
    say(f"{shown} is read as {', '.join(word.word for word in found)}")
    return found


def _put_lines(found: tuple[KnownWord, ...]) -> None:
    kinds = [f"{word.kind}, {word.group}" if word.group else word.kind for word in found]
    width, widest = max(map(len, kinds)), max(len(word.word) for word in found)
    for word, kind in zip(found, kinds, strict=True):
        put(f"{kind:<{width}}  {word.word:<{widest}}  {_also(word)}".rstrip())


def _also(word: KnownWord) -> str:
    """Other phrases for a word: a place has more than a hundred, which --json gives in full."""
    more = len(word.also) - _LISTED
    return ", ".join(word.also[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _show(found: tuple[KnownWord, ...], color: str) -> None:
    import numpy as np

    from tdiff.world.emblems import emblem

    side = 24 if len(found) <= _FEW else 16 if len(found) <= _MANY else 12
    for (kind, group), each in groupby(found, lambda word: (word.kind, word.group)):
        part = list(each)
        put(f"{kind}, {group}:" if group else f"{kind}:")
        pictures = np.stack([emblem(kind, word.word, side) for word in part])
        show_pictures(pictures, color, [word.word for word in part])
        put("")
    if len(found) <= _FEW:
        for word in found:
            if word.also:
                put(f"{word.word}: also {_also(word)}")
    say(_WHERE)
