"""Lesson 3 as data and as text."""

import pytest

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.glossary import glossary
from tdiff.lessons.core.loader import load_lesson
from tdiff.lessons.core.plain import plain
from tdiff.recipe import Recipe
from tests.lessons.attentive import attentive_pipeline
from tests.test_import_hygiene import loaded_after


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return list(plain(load_lesson(3), Bench(attentive_pipeline()[0], Recipe(prompt="a cat", seed=3)), 80))


def test_it_reads_from_the_first_card_to_the_last_reason(lines: list[str]) -> None:
    lesson, text = load_lesson(3), " ".join(" ".join(lines).split())
    assert text.startswith("Lesson 3: Steer: words, guidance, negatives")
    assert lesson.quiz[-1].reason in text
    assert all(len(line) <= 80 and line.isprintable() for line in lines)
    assert text.count("Answer: ") == sum(card.question is not None for card in lesson.cards) + len(lesson.quiz)


def test_every_misconception_meets_an_experiment() -> None:
    asked = {card.id: f"{card.title} {card.text} {card.question}" for card in load_lesson(3).cards}
    assert "The higher the better?" in asked["guidance-curves"]
    assert "deletes" in asked["negative-slot"]
    assert "Does CLIP draw?" in asked["clip-draws"]
    assert "not green" in asked["not-green"]
    assert "no red" in asked["not-green"]


def test_every_kind_of_beat_can_be_played_by_hand() -> None:
    offered = {card.lab for card in load_lesson(3).cards if card.lab}
    assert offered == {
        "words.swap",
        "words.words",
        "matching.matching",
        "guidance.guidance",
        "negatives.negative",
        "switching.switching",
    }


def test_words_that_need_it_are_in_the_glossary() -> None:
    known = " ".join(word for word, _ in glossary())
    for word in ("CLIP", "cosine", "Vendi", "saturated", "correlation", "guidance", "negative prompt", "attention"):
        assert word in known


def test_labs_need_no_screen_and_no_torch() -> None:
    modules = ("words.words_lab", "words.swap_lab", "matching.matching_lab", "guidance.guidance_lab")
    modules += ("negatives.negative_lab", "switching.switching_lab")
    code = "\n".join(f"import tdiff.lessons.{module}" for module in modules)
    assert not loaded_after(code) & {"textual", "rich", "torch"}
