"""What a learner does by hand in lesson 4."""

import asyncio
import threading

import numpy as np
import pytest
from textual.widgets import Footer

from tdiff.lessons.cases import load_cases
from tdiff.lessons.errors import LessonError
from tdiff.lessons.loader import load_lesson
from tdiff.lessons.stages.copies import KINDS, NEAREST, CopySearch
from tdiff.lessons.stages.mix_training import SHARES
from tdiff.lessons.stages.skew import SkewLab
from tdiff.lessons.stages.truth import COUNTED, RECORDED
from tdiff.recipe import Recipe
from tdiff.ui.stages import skew_stage, truth_stage
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.stage_keys import StageKeys
from tdiff.ui.widgets.status_lines import CaptionLine

SMALL, BIG, LARGE = (80, 24), (120, 36), (160, 50)
QUICK = Recipe(prompt="a red apple", steps=4, seed=1)
CARDS = ("near-copies", "left-open", "change-the-mix", "label-it", "decide", "truth")


@pytest.fixture
def opened(explorer, until):
    """Opens a card's stage; used as `async with opened(card) as (app, pilot)`."""
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def open_card(card: str, size=SMALL, recipe: Recipe = QUICK, press: str = "l"):
        app = explorer(4, recipe=recipe)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.pipeline is not None)
            place = [each.id for each in load_lesson(4).cards].index(card)
            await pilot.press(*["right_square_bracket"] * place, press)
            await pilot.pause()
            yield app, pilot

    return open_card


def page(app):
    return app.screen.query_one(Guide).page


def notice(app) -> str:
    return app.screen.query_one(CaptionLine).text


def seen(app) -> str:
    """All that is on the screen."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def soon(true) -> None:
    """Wait without waiting for the threads."""
    for _ in range(4000):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("never came")


async def came(app, pilot, until):
    """The stage once its first state is there."""
    await until(pilot, lambda: app.screen.stage.wish() is None)
    return app.screen.stage


async def test_a_picture_and_its_nearest_are_searched_for_again_and_again(opened, until) -> None:
    async with opened("near-copies") as (app, pilot):
        stage = await came(app, pilot, until)
        first = stage.state
        assert next(figure.title for figure in stage.figures()) == "made in this run"
        assert len(stage.figures()) == 1 + NEAREST
        await until(pilot, lambda: page(app).table == first.table())
        await pilot.press("enter")
        await until(pilot, lambda: stage.wish() is None and stage.state is not first)
        assert stage.state.prompt != first.prompt
        await pilot.press("t", "t")
        await until(pilot, lambda: stage.wish() is None)
        assert stage.state.kind == KINDS[2]
        assert "never saw" in page(app).text


async def test_the_card_about_pairs_begins_with_such_a_pair(opened, until) -> None:
    async with opened("never-shown") as (app, pilot):
        stage = await came(app, pilot, until)
        assert stage.state.kind == "a pair never shown"
        assert stage.state.trained_on == 0


async def test_keys_answer_while_the_training_set_is_searched(opened, until, monkeypatch) -> None:
    held, searching = threading.Event(), threading.Event()
    real = CopySearch.next

    def slow(self):
        searching.set()
        assert held.wait(30)
        return real(self)

    monkeypatch.setattr(CopySearch, "next", slow)
    async with opened("near-copies") as (app, pilot):
        try:
            await until(pilot, searching.is_set)
            assert "searched" in page(app).text
            await pilot.press("tab")
            await pilot.pause()
            assert app.screen.query_one(Canvases).front.title == app.screen.stage.figures()[1].title
            await pilot.press("escape")
            await pilot.pause()
            assert app.screen.stage is None
        finally:
            held.set()


async def test_a_search_that_fails_is_told_in_a_sentence(opened, until, monkeypatch) -> None:
    def fails(self):
        raise LessonError("the codes are gone: reinstall tdiff-explorer")

    monkeypatch.setattr(CopySearch, "next", fails)
    async with opened("near-copies") as (app, pilot):
        await until(pilot, lambda: "the codes are gone" in notice(app))
        await pilot.press("l")
        await pilot.pause()
        assert app.screen.stage is None


async def test_pictures_are_counted_until_all_are_made(opened, until, monkeypatch) -> None:
    monkeypatch.setattr(skew_stage, "SkewLab", lambda pipeline, samples: SkewLab(pipeline, samples=16))
    async with opened("left-open", LARGE) as (app, pilot):
        stage = await came(app, pilot, until)
        assert not len(stage.state.pictures)
        assert next(iter(stage.state.training.counts)) in [row[0] for row in page(app).table]
        await pilot.press("p")
        await until(pilot, lambda: stage.state.done and not app.screen.staging)
        colours = page(app).table
        assert "16 of 16" in page(app).text and colours[0][0] == "colour"
        await pilot.press("p")
        await pilot.pause()
        assert "nothing is left to do" in notice(app)
        made = stage.state.pictures
        await pilot.press("v")
        await until(pilot, lambda: page(app).table[0][0] == "position")
        assert (stage.state.pictures == made).all()
        await pilot.press("t")
        await until(pilot, lambda: stage.state.settings.noun == "car" and stage.state.done)
        await pilot.press("plus")
        await until(pilot, lambda: stage.state.settings.guidance == 8 and stage.state.done)
        assert "guidance 8" in page(app).text


@pytest.mark.parametrize(("share", "cells", "full"), [(1.0, 8, 8), (0.5, 8, 4), (0.0, 8, 0), (1.0, 40, 40)])
def test_a_bar_is_as_long_as_its_share(share: float, cells: int, full: int) -> None:
    drawn = skew_stage.barred(share, cells)
    assert drawn.count("█") == full
    assert len(drawn) == cells + 5
    assert drawn.endswith(f"{share:.0%}")


async def test_the_mix_is_trained_on_and_another_begins_anew(opened, until) -> None:
    async with opened("change-the-mix", BIG) as (app, pilot):
        stage = app.screen.stage
        assert stage.state.trained == SHARES[0]
        assert "tiny network" in app.screen.caption()
        await pilot.press("p")
        await until(pilot, lambda: len(stage.state.history) > 3)
        assert stage.curves()[0]
        await pilot.press("p")
        await pilot.pause(0.3)
        held = stage.state.step
        await pilot.pause(0.3)
        assert stage.state.step == held
        app.simulate_key("t")  # a press would wait until nothing is busy, and training is
        await soon(lambda: stage.state.trained == SHARES[1] and stage.state.step < held)
        app.simulate_key("p")
        await soon(lambda: not app.screen.staging)
        held = stage.state.step
        app.simulate_key("r")
        await soon(lambda: app.screen.staging and stage.state.step <= held)


async def test_a_file_is_saved_stripped_and_forged_key_by_key(opened, until) -> None:
    async with opened("label-it", LARGE) as (app, pilot):
        stage = await came(app, pilot, until)
        assert stage.state.done == ("saved",)
        await pilot.press("b", "c")
        await until(pilot, lambda: stage.wish() is None and stage.state.done == ("saved", "stripped", "forged"))
        await until(pilot, lambda: "a camera took it" in seen(app))
        assert [heading for heading, *_ in page(app).columns] == [column.title for column in stage.state.columns()]
        await pilot.press("a")
        await until(pilot, lambda: stage.state.done == ("saved",))
        await pilot.press("t")
        await until(pilot, lambda: ("prompt in the file", "left out") in page(app).table)
        await pilot.press("v")
        await until(pilot, lambda: stage.state.settings.marked)
        assert stage.state.detection.found
        await pilot.press("d")
        await until(pilot, lambda: len(stage.state.done) == 2)
        assert (stage.state.picture != stage.state.made).any()


async def test_the_card_about_marks_begins_with_one(opened, until) -> None:
    async with opened("hidden-mark") as (app, pilot):
        stage = await came(app, pilot, until)
        assert stage.state.settings.marked and stage.state.detection.found


@pytest.mark.parametrize(("size", "beside"), [(SMALL, False), (BIG, True), (LARGE, True)])
async def test_the_three_labels_stand_beside_each_other_where_there_is_room(opened, until, size, beside) -> None:
    async with opened("label-it", size) as (app, pilot):
        await came(app, pilot, until)
        await until(pilot, lambda: "metadata" in seen(app))
        heads = [row for row in seen(app).split("\n") if "metadata" in row]
        assert ("signed credentials" in heads[0] and "mark in the noise" in heads[0]) is beside


async def test_a_prompt_is_data_in_a_label_too(opened, until) -> None:
    evil = "a red apple [@click=app.quit]x[/] [/]"
    async with opened("label-it", recipe=QUICK.replace(prompt=evil)) as (app, pilot):
        await came(app, pilot, until)
        await until(pilot, lambda: any(evil in cell for row in page(app).table for cell in row))
        await pilot.press(*["down"] * 8)
        await until(pilot, lambda: "[@click=app.quit]" in seen(app))


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
        assert COUNTED in app.screen.caption()
        assert app.pipeline.info.hash in seen(app)
        read = set()
        for _ in range(app.screen.stage.places()[0] + 1):
            read |= {heading.split(" (")[0] for heading, *_ in page(app).columns}
            assert len(page(app).columns) <= across
            await pilot.press("right")
            await pilot.pause()
        assert RECORDED in app.screen.caption()
        assert {"Counted in this run", "Data", "Training", "What it cannot do", "Known failures of this state"} <= read


async def test_a_resize_keeps_the_page(opened, until) -> None:
    async with opened("truth", LARGE) as (app, pilot):
        await until(pilot, lambda: len(page(app).columns) == 3)
        await pilot.press("end")
        await pilot.pause()
        await pilot.resize_terminal(*SMALL)
        await until(pilot, lambda: len(page(app).columns) == 1)
        total, _, place, *_ = app.screen.stage.places()
        assert place > total / 2


async def test_a_model_card_that_is_gone_is_told_in_a_sentence(opened, until, monkeypatch) -> None:
    def gone(*args):
        raise LessonError("MODEL_CARD.md is not beside tdiff's assets: reinstall tdiff-explorer")

    monkeypatch.setattr(truth_stage, "Truth", gone)
    async with opened("truth") as (app, _pilot):
        assert app.screen.stage is None
        assert "MODEL_CARD.md is not beside" in notice(app)


@pytest.mark.parametrize(("card", "closing"), zip(CARDS, ("l", "escape") * 3, strict=True))
async def test_the_bench_is_as_before_when_a_stage_closes(opened, until, card, closing) -> None:
    async with opened(card, BIG, press="enter") as (app, pilot):
        screen = app.screen
        await until(pilot, lambda: screen.session.at_end)
        await pilot.press("left")
        await pilot.pause()
        recipe, cursor = screen.session.recipe, screen.session.cursor
        before = [(figure.title, figure.picture) for figure in screen.figures()]
        await pilot.press("l")
        await until(pilot, lambda: screen.stage is not None)
        await pilot.press("a", "right", "x", "s", "u", "n", "slash", "g", "k", "e")
        assert screen.stage is not None
        await pilot.press("t", "plus")
        await pilot.press(closing)
        await pilot.pause()
        assert screen.stage is None and not screen.staging
        assert (screen.session.recipe, screen.session.cursor) == (recipe, cursor)
        after = screen.figures()
        assert [figure.title for figure in after] == [title for title, _ in before]
        assert all(np.array_equal(figure.picture, picture) for figure, (_, picture) in zip(after, before, strict=True))
        assert screen.query_one("#settings").display and screen.query_one(Canvases).display


@pytest.mark.parametrize("card", CARDS)
async def test_the_keys_of_a_stage_are_named_where_keys_are_named(opened, until, card) -> None:
    async with opened(card) as (app, pilot):
        keys, footer = app.screen.query_one(StageKeys), app.screen.query_one(Footer)
        await until(pilot, lambda: keys.display and not footer.display)
        last = seen(app).rstrip().split("\n")[-1]
        assert last.split() == [*app.screen.stage.hint.split(), "?", "keys"]
        await pilot.press("l")
        await pilot.pause()
        assert footer.display and not keys.display


@pytest.mark.parametrize("card", CARDS)
async def test_the_smallest_screen_shows_every_stage_too(opened, until, card) -> None:
    async with opened(card, (60, 18)) as (app, pilot):
        await came(app, pilot, until)
        await until(pilot, lambda: app.screen.stage.title[:20] in seen(app))
        await pilot.resize_terminal(59, 18)
        await until(pilot, lambda: "tdiff needs" in seen(app))
        await pilot.resize_terminal(*BIG)
        await until(pilot, lambda: app.screen.stage.title in seen(app))
