"""How numbers are written on cards: minus signs, digits, width."""

import numpy as np
import pytest

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import Card, Lesson
from tdiff.lessons.core.plain import plain
from tdiff.lessons.matching.matrix import Matrix
from tdiff.lessons.skew.mix_lab import MixTraining
from tdiff.recipe import Recipe
from tdiff.text import with_minus
from tdiff.ui.widgets.page import page_content
from tdiff.views.page import Page
from tests.lessons.stored import stored_pipeline


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("w = -2", "w = −2"),
        ("-0.5 (-1)", "−0.5 (−1)"),
        ("from -.5", "from −.5"),
        ("2024-05-01, file-1.png, k-NN, text–image", "2024-05-01, file-1.png, k-NN, text–image"),
    ],
)
def test_negative_numbers_have_a_minus_sign_and_hyphens_stay(text: str, shown: str) -> None:
    assert with_minus(text) == shown


def test_a_page_has_minus_signs_in_table_and_text() -> None:
    page = Page("", "w = -2", result="-1.5", table=(("w", "fit"), ("-2", "-0.13")))
    shown = "".join(part.plain for part in page_content(page))
    assert "−2" in shown and "−1.5" in shown and "−0.13" in shown and "-" not in shown


def test_so_has_a_lesson_in_plain_text_but_for_its_command() -> None:
    card = Card("x", "A card", "Now w = -2.", None, None, "", None, "", "")
    bench = Bench(stored_pipeline()[0], Recipe(prompt="a cat", guidance=-2.0))
    lines = list(plain(Lesson(3, "Steer", "Words.", (card,), ()), bench, 80))
    assert any("--guidance -2" in line for line in lines)
    assert "Now w = −2." in lines


def test_captions_that_are_nearly_alike_do_not_tie() -> None:
    table = Matrix(("one", "other"), np.array([[0.712], [0.716]], np.float32)).table()
    assert [row[1] for row in table[1:]] == ["712", "716"]


def test_the_table_of_a_mix_fits_into_the_narrow_guide() -> None:
    table = MixTraining().state().table()
    widest = [*table, ("red", "100%", "100%", "97%–100%")]
    assert sum(max(len(row[column]) for row in widest) + 2 for column in range(4)) - 2 <= 43
