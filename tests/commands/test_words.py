"""What `tdiff words` lists, and how it looks on a terminal and in a pipe."""

import re
import sys

import numpy as np
import pytest
from rich.cells import cell_len

from tdiff.commands.words import words
from tdiff.errors import UsageError
from tdiff.prompt.tokenizer import Fate
from tdiff.prompt.understand import understand_words
from tdiff.prompt.word_list import KINDS, known_words, matching
from tdiff.world.concepts import offered
from tdiff.world.emblems import emblem

BLOCKS = re.compile("[\u2580-\u259f]")
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def test_every_word_of_the_list_reaches_the_model_and_every_noun_is_in_it() -> None:
    for known in known_words():
        for phrase in (known.word, *known.also):
            around = f"a cat {phrase} a dog" if known.kind == "relation" else phrase
            fates = {word.fate for word in understand_words(around).words}
            assert fates <= {Fate.KNOWN, Fate.FILLER}, phrase
    assert [word.word for word in known_words() if word.kind == "noun"] != []
    assert {word.word for word in known_words() if word.kind == "noun"} == {concept.name for concept in offered()}
    assert {word.kind for word in known_words()} == set(KINDS)


def test_other_words_for_a_noun_are_read_as_it() -> None:
    for known in known_words():
        if known.kind in ("noun", "colour"):
            assert {word.reads for phrase in known.also for word in understand_words(phrase).words} <= {known.word}


@pytest.mark.parametrize(
    ("wanted", "first", "count"),
    [("colour", "red", 11), ("Colors", "red", 11), ("styles", "cartoon", 6), ("puppy", "dog", 1), ("top", None, 3)],
)
def test_a_filter_names_a_kind_a_category_or_part_of_a_word(wanted: str, first: str | None, count: int) -> None:
    found = matching(wanted)
    assert len(found) >= 3 if first is None else (found[0].word, len(found)) == (first, count)


def test_a_category_gives_its_nouns_alone() -> None:
    assert {word.group for word in matching("animals")} == {"animal"}
    assert "animal" in {word.group for word in known_words()} and len(matching("animal")) > 20


def test_a_pipe_gets_a_line_a_word_without_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    words(None, as_json=False, plain=False)
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == len(known_words())
    assert not BLOCKS.search(printed.out) and "\x1b" not in printed.out and not printed.err
    assert re.search(r"^noun, animal +dog +puppy", printed.out, re.M)


@pytest.mark.parametrize("columns", [24, 60, 80, 200])
def test_a_terminal_gets_small_pictures_that_fit_and_is_told_what_they_are(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    words(None, as_json=False, plain=False, color="true")
    printed = capsys.readouterr()
    lines = [ESCAPES.sub("", line) for line in printed.out.splitlines()]
    assert max(map(cell_len, lines)) <= columns
    assert BLOCKS.search(printed.out) and "noun, animal:" in lines and "relation:" in lines
    assert "drawings that the model learned from" in printed.err


def test_plain_means_no_pictures_on_a_terminal_either(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    words("style", as_json=False, plain=True, color="true")
    assert not BLOCKS.search(capsys.readouterr().out)


def test_a_word_that_is_read_as_another_leads_there(capsys: pytest.CaptureFixture[str]) -> None:
    words("pengiun", as_json=False, plain=True)
    printed = capsys.readouterr()
    assert "penguin" in printed.out and printed.err == "pengiun is read as penguin\n"


@pytest.mark.parametrize("wanted", ["xyzzyqwrt", "", "\x1b[2J"])
def test_what_nothing_matches_is_refused(wanted: str) -> None:
    with pytest.raises(UsageError) as refused:
        words(wanted, as_json=False, plain=True)
    assert "leave it out" in str(refused.value) and "\x1b" not in str(refused.value)


def test_a_picture_shows_what_its_word_means() -> None:
    def middle(word: str) -> tuple[float, float]:
        picture = emblem("position", word, 24).astype(int)
        apart = np.abs(picture - picture[12, 0 if "right" in word else -1]).sum(-1) > 60
        rows, columns = np.nonzero(apart)
        return float(rows.mean()), float(columns.mean())

    assert middle("left")[1] < 10 < 14 < middle("right")[1]
    assert middle("top")[0] < 10 < 14 < middle("bottom")[0]
    pictures = {(word.kind, word.word): emblem(word.kind, word.word, 24) for word in known_words()}
    assert (emblem("relation", "left of", 24) != emblem("relation", "right of", 24)).any()
    assert (pictures["colour", "red"] == pictures["colour", "red"][0, 0]).all()
    assert all((picture != picture[0, 0]).any() for (kind, _), picture in pictures.items() if kind != "colour")
