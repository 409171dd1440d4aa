"""How a page of the guide becomes text: columns and tables fit the width that there is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from tdiff.lessons.core.loader import load_lesson
from tdiff.lessons.core.outcome import Outcome
from tdiff.ui.control.lesson_pages import card_page
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.page import page_content
from tdiff.views.page import Page

THREE = (
    ("metadata", "says that a camera took it", "", "A claim that anybody can write."),
    ("credentials", "none, since nothing was signed"),
    ("mark", "not found"),
)
PAGE = Page("Label it", "A file.", columns=THREE)


def rows(page: Page, width: int) -> list[str]:
    return [row for part in page_content(page, width) for row in part.plain.split("\n")]


def test_columns_stand_side_by_side_where_there_is_room() -> None:
    (heads,) = [row for row in rows(PAGE, 100) if "metadata" in row]
    assert "credentials" in heads and "mark" in heads
    assert any("camera" in row and "signed" in row and "not found" in row for row in rows(PAGE, 100))


def test_columns_stand_one_below_the_other_where_they_would_be_narrow() -> None:
    narrow = rows(PAGE, 44)
    places = [narrow.index(heading) for heading in ("metadata", "credentials", "mark")]
    assert places == sorted(places)


@given(st.integers(100, 200))
def test_side_by_side_they_are_no_wider_than_the_page(width: int) -> None:
    assert max(map(len, rows(PAGE, width))) <= width


def test_columns_of_one_sentence_each_run_into_their_headings_where_it_is_narrow() -> None:
    weighed = Page("Case", "", columns=(("consent", "Who agreed?"), ("harm", "Who could be hurt?")))
    assert {"consent: Who agreed?", "harm: Who could be hurt?"} <= set(rows(weighed, 44))


def test_reasons_come_after_the_options() -> None:
    reasons = (("for it", "It helps."), ("against it", "It costs."))
    asked = rows(replace(PAGE, question="What now?", options=("one",), chosen=0, reasons=reasons), 44)
    assert asked.index("metadata") < asked.index("What now?") < asked.index("for it: It helps.")


def test_what_the_run_says_is_told_in_words() -> None:
    asked = Page("Guess", "", question="Which?", options=("none", "many"), chosen=0, right=1)
    assert "The run says b, many." in rows(asked, 44)
    assert "As you said." in rows(replace(asked, chosen=1), 44)


async def test_a_result_is_scrolled_to_its_beginning_not_past_it() -> None:
    class Shown(App[None]):
        def compose(self) -> ComposeResult:
            yield Guide()

    app = Shown()
    async with app.run_test(size=(44, 17)) as pilot:
        guide = app.query_one(Guide)
        long = tuple((f"row {n}", str(n)) for n in range(40))
        guide.show(PAGE)
        await pilot.pause()
        guide.show(replace(PAGE, result="what came out", table=long))
        await pilot.pause()
        await pilot.pause()
        seen = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "what came out" in seen and "row 9" in seen


def test_figures_stand_to_the_right_and_words_to_the_left() -> None:
    table = (("thing", "share", "caption"), ("frog", "5%", "a frog"), ("cat", "17%", "a blue cat"))
    drawn = rows(Page("", "", table=table), 44)
    assert drawn[-5:-2] == ["thing  share  caption", "frog      5%  a frog", "cat      17%  a blue cat"]


@pytest.mark.parametrize("width", [44, 60, 120])
def test_a_long_caption_wraps_in_its_own_column(width: int) -> None:
    caption = "a small red apple above a large blue frog on a yellow background in sticker style"
    drawn = rows(Page("", "", table=(("scene", "caption"), ("7", caption)), forward=False), width)[3:]
    assert max(map(len, drawn)) <= width
    assert all(row.startswith(" " * 7) for row in drawn[1:])
    assert " ".join(" ".join(drawn).split()) == f"7 {caption}"


def test_nothing_on_a_page_is_read_as_markup() -> None:
    evil = "[bold]x[/] [@click=app.quit]y[/]"
    page = Page(evil, evil, columns=((evil, evil),), reasons=((evil, evil, evil),), result=evil, hint=evil)
    assert "".join(rows(page, 100)).count(evil) == 9


@pytest.mark.parametrize("width", [-1, 0, 5, 25])
def test_a_page_can_be_written_before_there_is_room(width: int) -> None:
    asked = replace(PAGE, question="Which?", options=("one of the two", "another"), table=(("a", "b"), ("one", "two")))
    assert any(row.startswith("  a  one of") for row in rows(asked, width))


def test_an_option_that_wraps_hangs_under_its_text() -> None:
    asked = Page("", "", question="Which?", options=("a trained algorithm, as it looks at the pixels of it",))
    assert "     pixels of it" in rows(asked, 44)


def test_a_card_that_waits_says_how_far_its_run_is() -> None:
    card = next(card for card in load_lesson(1).cards if card.question is not None)
    halfway = Outcome((), progress=(10, 20))
    assert card_page(card, 0, halfway, busy=True, loading=False).busy == "the run decides, 50% done"
    assert card_page(card, 0, None, busy=True, loading=False).busy == "the run decides"
    assert card_page(card, None, halfway, busy=True, loading=False).busy == ""
