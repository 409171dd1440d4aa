"""Lesson 4 as data and as text: what each lab must say, whatever the numbers turn out to be."""

import re
from dataclasses import replace

import pytest

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.glossary import glossary
from tdiff.lessons.core.loader import load_lesson
from tdiff.lessons.core.plain import plain
from tdiff.lessons.decide.cases import load_cases
from tdiff.recipe import Recipe
from tests.lessons.stored import stored_pipeline

SLOW = ("near-copies", "by-heart", "never-shown", "left-open", "change-the-mix")
SOURCES = {
    "2301.13188",  # Carlini et al. 2023
    "2212.03860",  # Somepalli et al. 2023
    "2211.03759",  # Bianchi et al. 2023
    "2303.11408",  # Luccioni et al. 2023
    "2305.20030",  # Wen et al. 2023
    "2404.04956",  # Yang et al. 2024
    "1810.03993",  # Mitchell et al. 2019
}


@pytest.fixture(scope="module")
def text() -> str:
    lesson = load_lesson(4)
    quick = replace(lesson, cards=tuple(card for card in lesson.cards if card.id not in SLOW))
    lines = list(plain(quick, Bench(stored_pipeline()[0], Recipe(prompt="a cat", seed=3)), 80))
    assert all(len(line) <= 80 and line.isprintable() for line in lines)
    return " ".join(" ".join(lines).split())


def test_it_reads_from_the_first_label_to_the_last_reason(text: str) -> None:
    assert text.startswith("Lesson 4: Use it responsibly")
    assert "Every number is from this run" in text
    assert load_lesson(4).quiz[-1].reason in text


def test_every_case_is_printed_with_all_its_reasons(text: str) -> None:
    cases = load_cases()
    for number, case in enumerate(cases, 1):
        assert f"Case {number} of {len(cases)}: {case.title}" in text
        assert case.situation in text
        for option in case.options:
            assert f"For it: {option.speaks_for} Against it: {option.speaks_against}" in text


def test_the_model_card_and_what_was_counted_are_printed(text: str) -> None:
    assert "Counted in this run" in text
    assert "What it cannot do" in text
    assert "Known failures of this state" in text


def test_what_is_recorded_says_so(text: str) -> None:
    assert re.search(r"recorded, n = [\d,]+ ring bits", text)
    assert re.search(r"Recorded, [\d,]+ pictures", text)


def test_every_source_is_cited_with_its_number() -> None:
    cards = load_lesson(4).cards
    said = " ".join(f"{card.text} {card.reveal}" for card in cards)
    assert set(re.findall(r"arXiv:(\d{4}\.\d{5})", said)) == SOURCES


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ("copies-elsewhere", "a toy cannot tell"),
        ("skews-elsewhere", "not how strong they are elsewhere"),
        ("false-alarms", "figures for ours hold for ours"),
        ("decide", "here it shows nothing"),
    ],
)
def test_each_lab_says_what_a_toy_does_not_show(card: str, words: str) -> None:
    assert words in next(each.text for each in load_lesson(4).cards if each.id == card)


def test_marks_are_off_until_asked_for_and_finding_nothing_proves_nothing() -> None:
    cards = {card.id: card for card in load_lesson(4).cards}
    assert "tdiff marks only when asked" in cards["hidden-mark"].text
    assert "never proves that a picture is not generated" in cards["false-alarms"].reveal
    assert "signs nothing" in cards["credentials"].text


def test_words_that_need_it_are_in_the_glossary() -> None:
    known = " ".join(word for word, _ in glossary())
    for word in ("distance", "ratio", "checker", "skew", "95 % interval", "metadata", "IPTC", "key", "p-value"):
        assert word in known
