"""What became of a prompt's words, in sentences for people."""

from typing import Final

from tdiff.errors import PromptError
from tdiff.prompt.tokenizer import Fate, Tokens
from tdiff.prompt.vocabulary import ANY_STYLE
from tdiff.text import clean_text


def explain(tokens: Tokens, usual: bool = True) -> list[str]:
    """Return one line for each word that was not simply understood; fillers such as "a" are not mentioned.

    Args:
        tokens: what became of the prompt.
        usual: whether a usual style that was not typed is mentioned.
    """
    lines = []
    for word in tokens.words:
        shown = clean_text(word.text, 60)
        if word.fate is Fate.READ_AS and word.suggestion:
            lines.append(f"{shown} → {word.reads} (did you mean {word.reads}?)")
        elif word.fate is Fate.READ_AS:
            near = "" if word.similarity is None else f" (similarity {word.similarity:.2f})"
            lines.append(f"{shown} → {word.reads}{near}")
        elif word.fate is Fate.NO_EFFECT:
            lines.append(f"{shown}: not known, no effect")
        elif word.fate is Fate.USUAL and usual:
            lines.append(f'no style named, so read as {shown} ("in {ANY_STYLE}" leaves it open)')
    cut = [clean_text(word.text, 60) for word in tokens.words if word.fate is Fate.CUT]
    if cut:
        more = f" and {len(cut) - 8} more" if len(cut) > 8 else ""
        lines.append(f"cut after 16 tokens: {', '.join(cut[:8])}{more}")
    return lines


def explain_cut(tokens: Tokens, what: str) -> str | None:
    """Say where a text is cut because an encoder takes no more; None where all of it is read.

    Args:
        tokens: what became of the text.
        what: the text is, such as "prompt".
    """
    if not tokens.truncated:
        return None
    first = next(word for word in tokens.words if word.fate is Fate.CUT)
    return f"the {what} is cut at {len(tokens.ids)} tokens, before: {clean_text(tokens.text[first.start :], 60)}"


TRY_ANOTHER: Final = 'try "a blue frog on a yellow background"'
"""What to do about a prompt of which no word is known."""


def require_effect(tokens: Tokens, allow_unknown: bool) -> None:
    """Refuse a prompt of which no word reaches the model; an empty prompt is meant as one.

    Raises:
        PromptError: no word has an effect and `allow_unknown` is off.
    """
    if tokens.has_effect or allow_unknown or not tokens.text.strip():
        return
    words = ", ".join(clean_text(word.text, 30) for word in tokens.words[:5]) or clean_text(tokens.text.strip(), 30)
    raise PromptError(
        f"no word of this prompt is known ({words}), so it would have no effect",
        remedy=f"{TRY_ANOTHER}, or pass --allow-unknown",
    )
