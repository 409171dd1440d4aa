"""What became of each word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdiff.errors import PromptError
from tdiff.prompt.explain import explain, require_effect
from tdiff.prompt.tokenizer import Fate, as_negative, tokenize
from tdiff.prompt.vocabulary import EMPTY, MAX_TOKENS, colour_phrases, grammar_phrases, noun_phrases, tokens
from tdiff.world.captions import plural
from tdiff.world.concepts import offered
from tdiff.world.dataset import described, offered_from


def names(text: str) -> list[str]:
    """Tokens by name, nouns without their mark."""
    return [tokens()[i].rstrip("_") for i in tokenize(text).ids]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a blue frog on a yellow background", ["blue", "frog", "on", "yellow", "background"]),
        ("a cat to the left of a dog", ["cat", "left of", "dog"]),
        ("a cat on the left", ["cat", "@left"]),
        ("a small star in the top left corner", ["small", "star", "@top left"]),
        ("two red ice creams", ["two", "red", "ice cream", "##s"]),
        ("ice cream", ["ice cream"]),
        ("three mice", ["three", "mouse", "##s"]),
        ("leaves", ["leaf", "##s"]),
        ("a kitty", ["cat"]),
        ("a crimson car", ["red", "car"]),
        ("an orange", ["orange"]),
        ("a frog that is blue", ["frog", "that", "blue"]),
        ("a frog in blue", ["frog", "that", "blue"]),
        ("a frog with a blue background", ["frog", "on", "blue", "background"]),
        ("a frog with a cat", ["frog", "and", "cat"]),
        ("a rocket in 3d style", ["rocket", "3d"]),
        ("a rocket as a sticker", ["rocket", "sticker"]),
        ("2 cats", ["two", "cat", "##s"]),
        ("FROG,   Blue!", ["frog", "blue"]),
        ("a frog's crown", ["frog", "crown"]),
    ],
)
def test_sentences(text: str, wanted: list[str]) -> None:
    assert names(text) == wanted


@pytest.mark.parametrize(
    ("text", "is_noun"),
    [("an orange", [True]), ("an orange cat", [False]), ("cat orange", [False]), ("two oranges", [True]),
     ("orange background", [False]), ("an orange on an orange background", [True, False]), ("orange color", [False]),
     ("an orange orange", [False, True]), ("a cat and an orange", [True]), ("an orange with a cat", [True]),
     ("an orange in front of a cat", [True])],
)  # fmt: skip
def test_orange_is_a_colour_or_a_fruit_by_its_neighbours(text: str, is_noun: list[bool]) -> None:
    assert [tokens()[i] == "orange_" for i in tokenize(text).ids if "orange" in tokens()[i]] == is_noun


def test_every_word_has_a_fate() -> None:
    fates = {word.text: word.fate for word in tokenize("a red xylem").words}
    assert fates == {"a": Fate.FILLER, "red": Fate.KNOWN, "xylem": Fate.NO_EFFECT}


def test_a_long_prompt_is_cut_and_says_so() -> None:
    result = tokenize("red cat " * 20)
    assert len(result.ids) == MAX_TOKENS
    assert result.truncated
    assert sum(word.fate is Fate.CUT for word in result.words) == 24
    assert any("cut after 16" in line for line in explain(result))


def test_sixteen_tokens_are_not_cut() -> None:
    assert not tokenize("red cat " * 8).truncated


def test_an_empty_prompt_is_one_empty_token() -> None:
    for text in ("", "   ", "the a an", "!!!"):
        assert tokenize(text).ids == (EMPTY,)


def test_a_prompt_without_effect_is_refused_unless_allowed_or_empty() -> None:
    with pytest.raises(PromptError, match="xylem"):
        require_effect(tokenize("xylem phloem"), allow_unknown=False)
    require_effect(tokenize("xylem phloem"), allow_unknown=True)
    require_effect(tokenize(""), allow_unknown=False)


def test_every_noun_and_its_plural_is_known() -> None:
    for concept in offered():
        for name in (concept.name, *concept.synonyms):
            assert names(f"a blue {name}")[:2] == ["blue", concept.name], name
        assert names(f"two {plural(concept.name)}")[:2] == ["two", concept.name]


def test_every_listed_phrase_is_read_whole() -> None:
    for phrase in (*grammar_phrases(), *colour_phrases(), *noun_phrases()):
        words = tokenize(phrase).words
        assert len(words) == 1 and words[0].fate is Fate.KNOWN, phrase


def test_training_captions_are_understood_completely() -> None:
    for index in range(1500):
        result = tokenize(described(offered_from(index))[1])
        assert all(word.fate in (Fate.KNOWN, Fate.FILLER) for word in result.words), result.text


@settings(max_examples=2000, deadline=None)
@given(st.text(st.characters(), max_size=200))
def test_any_text_is_taken(text: str) -> None:
    result = tokenize(text)
    assert 1 <= len(result.ids) <= MAX_TOKENS
    assert all(0 <= i < len(tokens()) for i in result.ids)
    end = 0
    for word in result.words:
        assert end <= word.start < word.end
        assert text[word.start : word.end] == word.text
        end = word.end


ENGLISH = [
    "a",
    "red",
    "cat",
    "orange",
    "on",
    "background",
    "two",
    "ice",
    "cream",
    "left",
    "of",
    "to",
    "the",
    "with",
    "xyz",
]


@settings(max_examples=2000, deadline=None)
@given(st.lists(st.sampled_from(ENGLISH), max_size=12))
def test_case_and_spaces_do_not_matter(words: list[str]) -> None:
    assert tokenize(" ".join(words)).ids == tokenize("  " + "   ".join(words).upper() + ". ").ids


def test_ten_thousand_characters_are_taken() -> None:
    assert tokenize("blue frog " * 1000).truncated
    assert tokenize("x" * 10_000).ids == (EMPTY,)


def test_an_emoji_is_said_to_have_no_effect_and_punctuation_is_not_mentioned() -> None:
    words = tokenize("a 🐸 cat 👨‍👩‍👧, [/] «red» …").words
    assert [(word.text, word.fate) for word in words if word.fate is Fate.NO_EFFECT] == [
        ("🐸", Fate.NO_EFFECT),
        ("👨‍👩‍👧", Fate.NO_EFFECT),
    ]
    assert [word.text for word in words if word.fate is Fate.KNOWN] == ["cat", "red"]


@pytest.mark.parametrize(
    ("negative", "as_prompt"),
    [("", ""), ("a dog", "and a dog"), ("red", "and red"), ("and a dog", "and a dog"), ("xylem", "")],
)
def test_a_negative_is_read_behind_and(negative: str, as_prompt: str) -> None:
    assert as_negative(tokenize(negative).ids) == tokenize(as_prompt).ids


def test_a_negative_that_fills_every_token_stays_as_it_is() -> None:
    ids = tokenize("cat " * MAX_TOKENS).ids
    assert as_negative(ids) == ids and len(ids) == MAX_TOKENS
