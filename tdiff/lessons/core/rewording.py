"""Other words in the same sentence: one swapped, one left out, one that means the same."""

import re
from typing import Final, Literal

import numpy as np

from tdiff.lessons.core.errors import LessonError
from tdiff.prompt.lexicon import nearest_table, word_table
from tdiff.prompt.tokenizer import Fate, Tokens, Word
from tdiff.prompt.understand import understand, understand_words
from tdiff.prompt.vocabulary import EMPTY, colour_of, noun_of
from tdiff.text import clean_text
from tdiff.world.captions import plural, with_article
from tdiff.world.concepts import by_name
from tdiff.world.palette import rgb

WordKind = Literal["noun", "colour"]

PLAIN_PROMPT: Final = "a blue frog on a yellow background"
"""What experiments use where the learner's prompt has no word to work with."""
NOUNS: Final = ("heart", "fish", "apple", "cat", "tree", "star")
COLOURS: Final = ("red", "green", "blue", "yellow", "purple", "pink")
"""What words are swapped for: things and colours that are told apart at a glance."""
_ARTICLE: Final = re.compile(r"\ban?\s+$", re.IGNORECASE)
_FATES: Final = {
    Fate.KNOWN: "known",
    Fate.READ_AS: "read as",
    Fate.FILLER: "dropped",
    Fate.NO_EFFECT: "no effect",
    Fate.USUAL: "usual style",
    Fate.CUT: "cut off",
}
_UNKNOWN: Final = ("xylem", "gluon", "zeugma", "quorum")


def effective(prompt: str) -> tuple[Word, ...]:
    """Return the words of a prompt that reach the model."""
    return tuple(word for word in understand(prompt).words if word.tokens)


def heard(prompt: str) -> str:
    """Return the prompt if one of its words reaches the model, else a plain one."""
    return prompt if effective(prompt) else PLAIN_PROMPT


def kind_of(tokens: Tokens, word: Word) -> WordKind | None:
    """Say whether a word names a thing or a colour; None for any other."""
    first = tokens.ids[word.tokens[0]] if word.tokens else EMPTY
    return "noun" if noun_of(first) else "colour" if colour_of(first) else None


def find(prompt: str, kind: WordKind) -> Word | None:
    """Return the first word of a kind, or None."""
    tokens = understand(prompt)
    return next((word for word in tokens.words if kind_of(tokens, word) == kind), None)


def choices(prompt: str, word: Word) -> tuple[str, ...]:
    """Return what a noun or a colour of the prompt can be swapped for, the most different colours first."""
    tokens = understand(prompt)
    there = {each.reads for each in tokens.words}
    kind = kind_of(tokens, word)
    if kind == "noun":
        many = len(word.tokens) > 1  # the noun and its plural
        return tuple(plural(noun) if many else noun for noun in NOUNS if noun not in there)
    if kind == "colour":
        own = rgb(word.reads)
        far = sorted(COLOURS, key=lambda colour: -float(np.linalg.norm(rgb(colour) - own)))
        return tuple(colour for colour in far if colour not in there)
    return ()


def swapped(prompt: str, word: Word, by: str) -> str:
    """Return the prompt with one word replaced, and "a" or "an" before it set right."""
    before, after = prompt[: word.start], prompt[word.end :]
    article = _ARTICLE.search(before)
    if article is None:
        return f"{before}{by}{after}"
    return f"{before[: article.start()]}{with_article(by)}{after}"


def exchanged(prompt: str, word: Word) -> tuple[str, Word] | None:
    """Return the prompt with a noun and the only other one in each other's place, and that other one, or None.

    Args:
        prompt: any.
        word: one of its words.
    """
    tokens = understand(prompt)
    nouns = [each for each in tokens.words if kind_of(tokens, each) == "noun"]
    if len(nouns) != 2 or word not in nouns or nouns[0].reads == nouns[1].reads:
        return None
    first, second = nouns
    # From the back, so that the first word's place in the text stays.
    text = swapped(swapped(prompt, second, first.text), first, second.text)
    return text, second if word == first else first


def ids_without(tokens: Tokens, word: Word) -> tuple[int, ...]:
    """Return the prompt's token ids with one word left out."""
    left = tuple(token for place, token in enumerate(tokens.ids) if place not in word.tokens)
    return left or (EMPTY,)


def unknown_word() -> str:
    """Return a word that has no effect in any prompt."""
    return next(word for word in _UNKNOWN if not understand(word).has_effect)


def read_as(word: Word) -> str | None:
    """Return another word with a noun's very tokens: the nearest of the tables, else a synonym, or None."""
    concept = by_name().get(word.reads)
    if concept is None:
        return None
    near = [
        (reading.similarity or 0, other)
        for table in (nearest_table(), word_table())
        for other, reading in table.items()
        if reading is not None and reading.phrase == concept.name
    ]
    others = [*(other for _, other in sorted(near, reverse=True)), *concept.synonyms]
    forms = [plural(other) for other in others] if len(word.tokens) > 1 else others
    wanted = understand_words(word.text).ids
    return next((form for form in forms if understand_words(form).ids == wanted), None)


def shortened(text: str, most: int) -> str:
    """Return text from outside, safe to show and at most so many characters long."""
    clean = clean_text(text)
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"


def bare(caption: str) -> str:
    """Return a caption without its articles, for where there is little room."""
    return " ".join(word for word in caption.split() if word not in ("a", "an"))


def fate_of(word: Word) -> str:
    """Say what became of a word, in two words at most."""
    return _FATES[word.fate]


def usable(prompt: str, *kinds: WordKind) -> tuple[str, Word]:
    """Return the prompt with its first word of the first of these kinds that it has; else a plain prompt with one.

    Raises:
        LessonError: no kind was named that the plain prompt has.
    """
    for text in (prompt, PLAIN_PROMPT):
        for kind in kinds:
            word = find(text, kind)
            if word is not None:
                return text, word
    raise LessonError(f"no word of these kinds: {', '.join(kinds)}")
