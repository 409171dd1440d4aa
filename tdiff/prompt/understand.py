"""The ways from typed text to tokens: command line, explorer and evaluation all come through here."""

from dataclasses import replace
from functools import lru_cache
from typing import Final, Literal

from tdiff.prompt.lexicon import resolve
from tdiff.prompt.tokenizer import Fate, Tokens, Word, as_negative, tokenize
from tdiff.prompt.vocabulary import ANY_STYLE, MAX_TOKENS, NEGATIVE_LEAD, noun_of, token_ids
from tdiff.world.concepts import STYLES
from tdiff.world.usual_style import USUAL_STYLE

TextRole = Literal["prompt", "negative"]
"""What a text of a recipe is."""

_USUAL: Final = STYLES[USUAL_STYLE]


@lru_cache(maxsize=1024)
def understand(text: str) -> Tokens:
    """Tokenize a prompt, reading unlisted words through the lexicon.

    A prompt that names a thing and no style is read with the usual style behind it, a word of fate USUAL that chips,
    `--json` and lessons show like any other. What training leaves out comes out as a mixture: of bare nouns the
    model draws nine in ten rightly, of flat ones all but two in a hundred (docs/training.md). "In any style" leaves
    it open.
    """
    return _with_usual_style(understand_words(text))


@lru_cache(maxsize=1024)
def understand_negative(text: str) -> Tokens:
    """Tokenize a negative as the prompt "and …" is: a picture with that in it, whatever else there may be.

    It has the usual style as the prompt has, so that guidance moves what was named and not the style.
    """
    said = understand_words(text)
    ids = as_negative(said.ids)
    shift = len(ids) - len(said.ids)
    words = tuple(replace(word, tokens=tuple(place + shift for place in word.tokens)) for word in said.words)
    return _with_usual_style(replace(said, words=words, ids=ids))


def understand_as(role: TextRole, text: str) -> Tokens:
    """Tokenize a text as prompt or as negative."""
    return understand(text) if role == "prompt" else understand_negative(text)


@lru_cache(maxsize=1024)
def understand_words(text: str) -> Tokens:
    """Tokenize what a text says and nothing else: single words, captions for the text–image pair."""
    return tokenize(text, resolve)


def _with_usual_style(said: Tokens) -> Tokens:
    style = token_ids()[_USUAL]
    names_style = any(token_ids()[name] in said.ids for name in STYLES)
    open_style = any(word.reads == ANY_STYLE for word in said.words)
    names_thing = any(noun_of(token) for token in said.ids)
    names_part = said.ids[0] == NEGATIVE_LEAD  # "and red"
    if names_style or open_style or not (names_thing or names_part) or len(said.ids) == MAX_TOKENS:
        return said
    end = len(said.text)
    usual = Word(_USUAL, end, end, Fate.USUAL, _USUAL, tokens=(len(said.ids),))
    return replace(said, words=(*said.words, usual), ids=(*said.ids, style))
