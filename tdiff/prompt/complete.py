"""What a half-typed word may become: words that the model knows, the clearest drawings first."""

from functools import cache

from tdiff.prompt.vocabulary import grammar_phrases
from tdiff.world.concepts import STYLES, offered
from tdiff.world.palette import COLOURS

_LEAST = 2
"""Letters typed before anything is offered."""


def complete(text: str, limit: int = 8) -> tuple[str, ...]:
    """Return known words and phrases that the end of a text may be the beginning of.

    Args:
        text: a prompt up to the cursor.
        limit: most that are returned.

    Returns:
        Whole words or phrases, best first; none where the last word is short or finished.
    """
    typed = text.lower().split()
    if not typed or not text or text[-1].isspace():
        return ()
    for length in (3, 2, 1):  # "ice cr" is the beginning of one phrase
        if len(typed) < length:
            continue
        start = " ".join(typed[-length:])
        found = [word for word in _words() if word.startswith(start) and word != start]
        if found and len(start) >= _LEAST:
            return tuple(found[:limit])
    return ()


def completed(text: str, choice: str) -> str:
    """Return the text with its unfinished end replaced by a completion."""
    typed = text.split(" ")
    for length in range(min(len(typed), len(choice.split()) + 1), 0, -1):
        if choice.startswith(" ".join(typed[-length:]).lower()):
            return " ".join([*typed[:-length], choice])
    return text


@cache
def _words() -> tuple[str, ...]:
    names = [concept.name for concept in sorted(offered(), key=lambda c: (c.tier, c.name))]
    styles = [f"in {style} style" for style in STYLES]
    synonyms = sorted(name for concept in offered() for name in concept.synonyms)
    rest = sorted(phrase for phrase in grammar_phrases() if len(phrase) > 2)
    return tuple(dict.fromkeys([*COLOURS, *names, "background", *styles, *synonyms, *rest]))
