"""Cases to decide are checked when they are read, and what ships is short and has reasons on both sides."""

from pathlib import Path

import pytest

from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.decide.cases import LENSES, load_cases

GOOD = """
[[cases]]
id = "bread"
title = "Bread"
situation = "You bake."
consent = "Who was asked?"
deception = "Who is misled?"
provenance = "Who can check?"
harm = "Who is hurt?"
[[cases.options]]
text = "Rye."
for = "It keeps."
against = "It is dark."
[[cases.options]]
text = "Wheat."
for = "It is light."
against = "It does not keep."
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "cases.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_good_file_becomes_cases(tmp_path: Path) -> None:
    (case,) = load_cases(write(tmp_path, GOOD))
    assert case.questions["harm"] == "Who is hurt?"
    assert [option.speaks_against for option in case.options] == ["It is dark.", "It does not keep."]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('title = "Bread"\n', "", r"case 1 \(bread\) has no title"),
        ('harm = "Who is hurt?"\n', "", "has no harm"),
        ('for = "It keeps."\n', "", "has no for"),
        ('against = "It is dark."', 'agianst = "It is dark."', "'agianst' that means nothing"),
        ('text = "Rye."', "text = 3", "has no text"),
        ("[[cases]]", "[[case]]", "'case' that means nothing"),
        ("[[cases]]", "[[cases]", "cannot be read"),
        (GOOD[GOOD.rindex("[[cases.options]]") :], "", "two to four options, not 1"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(LessonError, match=says) as refused:
        load_cases(write(tmp_path, GOOD.replace(old, new)))
    assert "\n" not in str(refused.value)


def test_two_cases_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="two cases have the id 'bread'"):
        load_cases(write(tmp_path, GOOD + GOOD))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="reinstall"):
        load_cases(tmp_path / "none.toml")


def test_what_ships_is_short_and_complete() -> None:
    cases = load_cases()
    assert len(cases) >= 8
    for case in cases:
        assert len(case.title) <= 30
        assert len(case.situation.split()) <= 40, case.id
        assert set(case.questions) == set(LENSES)
        assert all(question.endswith("?") for question in case.questions.values())
        assert len(case.options) >= 3
        for option in case.options:
            assert max(len(text.split()) for text in (option.text, option.speaks_for, option.speaks_against)) <= 25
