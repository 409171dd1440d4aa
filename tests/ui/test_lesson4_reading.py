"""What is read in lesson 4: cases to decide, and the model card."""

import pytest

from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.decide.cases import load_cases
from tdiff.lessons.truth import truth_view
from tdiff.lessons.truth.truth_lab import COUNTED, RECORDED
from tdiff.ui.widgets.canvases import Canvases
from tests.ui.looking import BIG, LARGE, SMALL, notice, page, seen

pytestmark = pytest.mark.slow


async def test_a_case_shows_reasons_for_and_against_whatever_is_chosen(opened, until) -> None:
    case = load_cases()[0]
    async with opened("decide") as (app, pilot):
        assert not app.screen.query_one(Canvases).display
        assert case.situation == page(app).text
        assert page(app).columns[0] == ("consent", case.questions["consent"])
        await pilot.press("b")
        await pilot.pause()
        assert page(app).chosen == 1 and page(app).right is None
        assert [said for _, said in page(app).reasons] == [case.options[1].speaks_for, case.options[1].speaks_against]
        await pilot.press("a")
        await pilot.pause()
        assert page(app).chosen == 0
        await pilot.press("d")
        await pilot.pause()
        assert "options a to c" in notice(app)
        assert page(app).chosen == 0
        await pilot.press("r")
        await pilot.pause()
        assert page(app).chosen is None


async def test_cases_are_walked_through_and_choices_kept(opened, until) -> None:
    cases = load_cases()
    async with opened("decide") as (app, pilot):
        await pilot.press("c", "right")
        await pilot.pause()
        assert cases[1].title in page(app).title and page(app).chosen is None
        await pilot.press("enter")
        await pilot.pause()
        assert cases[2].title in page(app).title
        await pilot.press("home")
        await pilot.pause()
        assert cases[0].title in page(app).title and page(app).chosen == 2
        await pilot.press("end", "space")
        await pilot.pause()
        assert cases[-1].title in page(app).title
        assert "last" in notice(app)


@pytest.mark.parametrize("size", [SMALL, BIG])
async def test_every_case_can_be_read_whole(opened, until, size) -> None:
    async with opened("decide", size) as (app, pilot):
        for case in load_cases():
            await pilot.pause()
            text = " ".join(seen(app).split())
            await pilot.press(*["down"] * 4)
            await pilot.pause()
            text += " ".join(seen(app).split())
            assert case.options[-1].text.split()[-1] in text
            assert case.questions["harm"].split()[-1] in text
            await pilot.press("right")


async def test_large_screens_keep_questions_and_reasons_in_sight_together(opened, until) -> None:
    case = load_cases()[0]
    async with opened("decide", BIG) as (app, pilot):
        await pilot.press("a")
        await until(pilot, lambda: page(app).reasons)
        assert page(app).columns[0] == ("consent", case.questions["consent"])


@pytest.mark.parametrize(("size", "across"), [(SMALL, 1), (BIG, 2), (LARGE, 3)])
async def test_the_model_card_is_turned_page_by_page(opened, until, size, across) -> None:
    async with opened("truth", size) as (app, pilot):
        await until(pilot, lambda: len(page(app).columns) == across)
        assert COUNTED in app.screen.drawing.caption()
        assert app.pipeline.info.hash in seen(app)
        read = set()
        for _ in range(app.screen.course.lab.places()[0] + 1):
            read |= {heading.split(" (")[0] for heading, *_ in page(app).columns}
            assert len(page(app).columns) <= across
            await pilot.press("right")
            await pilot.pause()
        assert RECORDED in app.screen.drawing.caption()
        assert {"Counted in this run", "Data", "Training", "What it cannot do", "Known failures of this state"} <= read


async def test_a_resize_keeps_the_page(opened, until) -> None:
    async with opened("truth", LARGE) as (app, pilot):
        await until(pilot, lambda: len(page(app).columns) == 3)
        await pilot.press("end")
        await pilot.pause()
        await pilot.resize_terminal(*SMALL)
        await until(pilot, lambda: len(page(app).columns) == 1)
        total, _, place, *_ = app.screen.course.lab.places()
        assert place > total / 2


async def test_a_model_card_that_is_gone_is_told_in_a_sentence(opened, until, monkeypatch) -> None:
    def gone(*args):
        raise LessonError("MODEL_CARD.md is not beside tdiff's assets: reinstall tdiff-explorer")

    monkeypatch.setattr(truth_view, "Truth", gone)
    async with opened("truth") as (app, _pilot):
        assert app.screen.course.lab is None
        assert "MODEL_CARD.md is not beside" in notice(app)
