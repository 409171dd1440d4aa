"""A lesson as text, and the command that prints it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import tdiff
from tdiff.commands.lesson import run_lesson
from tdiff.errors import PromptError, TdiffError, UsageError
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import Lesson
from tdiff.lessons.core.describe import describe
from tdiff.lessons.core.plain import plain
from tdiff.recipe import Recipe
from tdiff.store.progress import Progress, save_progress
from tests.lessons.stored import stored_pipeline

TREE = Recipe(prompt="a green tree \x1b[31m", seed=3, steps=4)


@pytest.fixture(scope="module")
def lines() -> list[str]:
    from tdiff.lessons.core.loader import load_lesson

    return list(plain(load_lesson(1), Bench(stored_pipeline()[0], TREE)))


def test_every_card_and_every_quiz_question_is_there(lesson: Lesson, lines: list[str]) -> None:
    text = "\n".join(lines)
    for number, card in enumerate(lesson.cards, 1):
        assert f"Card {number} of {len(lesson.cards)}: {card.title}" in text
    flat = " ".join(text.split())
    for item in lesson.quiz:
        assert item.reason in flat
    asked = sum(card.question is not None for card in lesson.cards) + len(lesson.quiz)
    assert text.count("\nQuestion: ") == text.count("\nAnswer: ") == asked


def test_words_are_explained_below_the_card_that_uses_them_first(lines: list[str]) -> None:
    text = " ".join(" ".join(lines).split())
    assert "takes out what it thinks is noise. seed: the number that all randomness of a picture comes from" in text
    assert "guidance (w): how strongly the prompt steers" in text


def test_a_reveal_a_table_and_a_picture_carry_numbers(lines: list[str]) -> None:
    text = " ".join(" ".join(lines).split())
    assert "Mean difference: next seed 0.000, far seed 0.000, blended static 0.000." in text
    assert "pair DDIM DDPM same seed twice 0.000 0.000" in text
    assert "Picture “finished”: " in text
    assert "Curve “noise level” (noise level, %, by steps taken): 100 at 0," in text


@pytest.mark.parametrize("width", [80, 40, 24])
def test_lines_fit_and_hold_no_controls(lesson: Lesson, width: int) -> None:
    for line in plain(lesson, Bench(stored_pipeline()[0], TREE), width):
        assert len(line) <= width
        assert line.isprintable()


def test_a_question_is_asked_before_the_model_is(lesson: Lesson) -> None:
    pipeline, model = stored_pipeline()
    for line in plain(lesson, Bench(pipeline, TREE)):
        if line.startswith("  d) none"):
            break
    assert model.calls == []


def test_a_picture_is_described_by_its_colours() -> None:
    red = np.zeros((32, 32, 3), np.uint8)
    red[:] = (214, 40, 40)
    assert describe(red) == "red 100%; neighbouring pixels differ by 0%"
    red[:, :8] = (250, 250, 250)
    assert describe(red).startswith("red 75%, white 25%;")


class TestCommand:
    @pytest.fixture(autouse=True)
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        monkeypatch.setattr(tdiff, "load", lambda: stored_pipeline()[0], raising=False)

    def test_without_a_number_it_lists_lessons_and_progress(self, capsys: pytest.CaptureFixture[str]) -> None:
        save_progress(Progress().seen_card(1, "one-step", 1).quiz_taken(1, 4, 7))
        run_lesson(None, plain=False, recipe=Recipe())
        rows = capsys.readouterr().out.splitlines()
        assert len(rows) == 5
        assert rows[0].startswith("1  Denoise")
        assert "(1 of 11 cards seen, quiz 4 of 7)" in rows[0]

    def test_plain_prints_the_lesson(self, capsys: pytest.CaptureFixture[str]) -> None:
        run_lesson(1, plain=True, recipe=Recipe(prompt="a purpel cat", steps=3))
        said = capsys.readouterr()
        assert said.out.startswith("Lesson 1: Denoise your way to a picture\n")
        assert "purpel → purple" in said.err

    @pytest.mark.parametrize(
        ("call", "error", "says"),
        [
            (lambda: run_lesson(9, True, Recipe()), UsageError, "lessons 1 to 5, not 9"),
            (lambda: run_lesson(1, False, Recipe()), UsageError, "--plain"),
            (lambda: run_lesson(5, True, Recipe()), TdiffError, "no cards"),
            (lambda: run_lesson(1, plain=True, recipe=Recipe(prompt="xylem qwrt")), PromptError, "xylem"),
        ],
    )
    def test_what_cannot_be_is_one_sentence(self, call: Callable[[], None], error: type[TdiffError], says: str) -> None:
        with pytest.raises(error, match=says):
            call()
