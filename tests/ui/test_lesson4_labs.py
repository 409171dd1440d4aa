"""What a learner does by hand in lesson 4."""

import asyncio
import threading

import numpy as np
import pytest
from textual.widgets import Footer

from tdiff.lessons.copies.copies_lab import KINDS, NEAREST, CopySearch
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.skew import skew_view
from tdiff.lessons.skew.mix_lab import SHARES
from tdiff.lessons.skew.skew_lab import SkewLab
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.view_keys import ViewKeys
from tests.ui.looking import BIG, LARGE, QUICK, SMALL, came, notice, page, seen, turn_to

pytestmark = pytest.mark.slow

KEEPS_MARKS = QUICK.replace(
    prompt="a cat", steps=20
)  # a red apple is nearly the same whatever the noise, and keeps none
CARDS = ("near-copies", "left-open", "change-the-mix", "label-it", "decide", "truth")


async def soon(true) -> None:
    """Wait without waiting for the threads."""
    for _ in range(4000):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("never came")


async def test_a_picture_and_its_nearest_are_searched_for_again_and_again(opened, until) -> None:
    async with opened("near-copies") as (app, pilot):
        lab = await came(app, pilot, until)
        first = lab.state
        assert next(figure.title for figure in lab.figures()) == "made in this run"
        assert len(lab.figures()) == 1 + NEAREST
        await until(pilot, lambda: page(app).table == first.table())
        await pilot.press("enter")
        await until(pilot, lambda: lab.wish() is None and lab.state is not first)
        assert lab.state.prompt != first.prompt
        await pilot.press("t", "t")
        await until(pilot, lambda: lab.wish() is None)
        assert lab.state.kind == KINDS[2]
        assert "never saw" in page(app).text


async def test_the_card_about_pairs_begins_with_such_a_pair(opened, until) -> None:
    async with opened("never-shown") as (app, pilot):
        lab = await came(app, pilot, until)
        assert lab.state.kind == "a pair never shown"
        assert lab.state.trained_on == 0


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
            assert app.screen.query_one(Canvases).front.title == app.screen.course.lab.figures()[1].title
            await pilot.press("escape")
            await pilot.pause()
            assert app.screen.course.lab is None
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
        assert app.screen.course.lab is None


async def test_pictures_are_counted_until_all_are_made(opened, until, monkeypatch) -> None:
    monkeypatch.setattr(skew_view, "SkewLab", lambda pipeline, samples: SkewLab(pipeline, samples=16))
    async with opened("left-open", LARGE) as (app, pilot):
        lab = await came(app, pilot, until)
        assert not len(lab.state.pictures)
        assert next(iter(lab.state.training.counts)) in [row[0] for row in page(app).table]
        await pilot.press("p")
        await until(pilot, lambda: lab.state.done and not app.screen.view.at_work)
        colours = page(app).table
        assert "16 of 16" in page(app).text and colours[0][0] == "colour"
        await pilot.press("p")
        await pilot.pause()
        assert "nothing is left to do" in notice(app)
        made = lab.state.pictures
        await pilot.press("v")
        await until(pilot, lambda: page(app).table[0][0] == "position")
        assert (lab.state.pictures == made).all()
        await pilot.press("t")
        await until(pilot, lambda: lab.state.settings.noun == "car")
        assert not len(lab.state.pictures) and not app.screen.view.at_work
        await pilot.press("p")
        await until(pilot, lambda: lab.state.done and not app.screen.view.at_work)
        await pilot.press("plus", "p")
        await until(pilot, lambda: lab.state.settings.guidance == 8 and lab.state.done)
        assert "guidance 8" in page(app).text


@pytest.mark.parametrize(("share", "cells", "full"), [(1.0, 8, 8), (0.5, 8, 4), (0.0, 8, 0), (1.0, 40, 40)])
def test_a_bar_is_as_long_as_its_share(share: float, cells: int, full: int) -> None:
    drawn = skew_view.barred(share, cells)
    assert drawn.count("█") == full
    assert len(drawn) == cells + 5
    assert drawn.endswith(f"{share:.0%}")


async def test_the_mix_is_trained_on_and_another_begins_anew(opened, until) -> None:
    async with opened("change-the-mix", BIG) as (app, pilot):
        lab = app.screen.course.lab
        assert lab.state.trained == SHARES[0]
        assert "tiny network" in app.screen.drawing.caption()
        await pilot.press("p")
        await until(pilot, lambda: len(lab.state.history) > 3)
        assert lab.curves()[0]
        await pilot.press("p")
        await pilot.pause(0.3)
        held = lab.state.step
        await pilot.pause(0.3)
        assert lab.state.step == held
        app.simulate_key("t")
        await soon(lambda: lab.state.trained == SHARES[1] and lab.state.step == 0)
        assert not app.screen.view.at_work
        app.simulate_key("p")  # a press would wait until nothing is busy, and training is
        await soon(lambda: lab.state.step > 0)
        app.simulate_key("p")
        await soon(lambda: not app.screen.view.at_work)
        held = lab.state.step
        app.simulate_key("r")
        await soon(lambda: lab.state.step == 0 and not app.screen.view.at_work)


async def test_a_file_is_saved_stripped_and_forged_key_by_key(opened, until) -> None:
    async with opened("label-it", LARGE, KEEPS_MARKS) as (app, pilot):
        lab = await came(app, pilot, until)
        assert lab.state.done == ("saved",)
        await pilot.press("b", "c")
        await until(pilot, lambda: lab.wish() is None and lab.state.done == ("saved", "stripped", "forged"))
        await until(pilot, lambda: "a camera took it" in seen(app))
        assert [heading for heading, *_ in page(app).columns] == [column.title for column in lab.state.columns()]
        await pilot.press("a")
        await until(pilot, lambda: lab.state.done == ("saved",))
        await pilot.press("t")
        await until(pilot, lambda: ("prompt in the file", "left out") in page(app).table)
        await pilot.press("v")
        await until(pilot, lambda: lab.state.settings.marked)
        assert lab.state.detection.found
        await pilot.press("d")
        await until(pilot, lambda: len(lab.state.done) == 2)
        assert (lab.state.picture != lab.state.made).any()


async def test_the_card_about_marks_begins_with_one(opened, until) -> None:
    async with opened("hidden-mark", recipe=KEEPS_MARKS) as (app, pilot):
        lab = await came(app, pilot, until)
        assert lab.state.settings.marked and lab.state.detection.found


@pytest.mark.parametrize(("size", "beside"), [(SMALL, False), (BIG, True), (LARGE, False)])
async def test_the_three_labels_stand_beside_each_other_where_there_is_room(opened, until, size, beside) -> None:
    async with opened("label-it", size) as (app, pilot):
        await came(app, pilot, until)
        await until(pilot, lambda: "metadata" in seen(app))
        heads = [row for row in seen(app).split("\n") if "metadata" in row]
        assert ("signed credentials" in heads[0] and "mark in the noise" in heads[0]) is beside
        if size == LARGE:  # one below the other at the right edge, where all of them are in sight
            assert "signed credentials" in seen(app) and "mark in the noise" in seen(app)


async def test_a_prompt_is_data_in_a_label_too(opened, until) -> None:
    evil = "a red apple [@click=app.quit]x[/] [/]"
    async with opened("label-it", recipe=QUICK.replace(prompt=evil)) as (app, pilot):
        await came(app, pilot, until)
        await until(pilot, lambda: any(evil in cell for row in page(app).table for cell in row))
        await pilot.press(*["down"] * 8)
        await until(pilot, lambda: "[@click=app.quit]" in seen(app))


@pytest.mark.parametrize(("card", "closing"), list(zip(CARDS, ("l", "escape") * 3, strict=True)))
async def test_the_bench_is_as_before_when_a_lab_closes(opened, until, card, closing) -> None:
    async with opened(card, BIG, press="enter") as (app, pilot):
        screen = app.screen
        await until(pilot, lambda: screen.session.at_end)
        await pilot.press("left")
        await pilot.pause()
        recipe, cursor = screen.session.recipe, screen.session.cursor
        before = [(figure.title, figure.picture) for figure in screen.drawing.figures()]
        await pilot.press("l")
        await until(pilot, lambda: screen.course.lab is not None)
        await pilot.press("a", "right", "x", "s", "u", "n", "slash", "g", "k", "e")
        assert screen.course.lab is not None
        await pilot.press("t", "plus")
        await pilot.press(closing)
        await pilot.pause()
        assert screen.course.lab is None and not screen.view.at_work
        assert (screen.session.recipe, screen.session.cursor) == (recipe, cursor)
        after = screen.drawing.figures()
        assert [figure.title for figure in after] == [title for title, _ in before]
        assert all(np.array_equal(figure.picture, picture) for figure, (_, picture) in zip(after, before, strict=True))
        assert screen.query_one("#settings").display and screen.query_one(Canvases).display


async def test_the_keys_of_a_lab_are_named_where_keys_are_named(opened, until) -> None:
    async with opened(CARDS[0]) as (app, pilot):
        keys, footer = app.screen.query_one(ViewKeys), app.screen.query_one(Footer)
        for card in CARDS:
            if app.screen.course.lab is None:
                await turn_to(app, pilot, card)
                await pilot.press("l")
            await until(pilot, lambda: keys.display and not footer.display)
            named = " ".join(f"{key} {does}" for key, does in (*app.screen.course.lab.keys, ("?", "keys"))).split()
            await until(pilot, lambda named=named: seen(app).rstrip().split("\n")[-1].split() == named)
            await pilot.press("l")
            await pilot.pause()
            assert footer.display and not keys.display, card


async def test_the_smallest_screen_shows_every_lab_too(opened, until) -> None:
    async with opened(CARDS[0], (60, 18)) as (app, pilot):
        for card in CARDS:
            if app.screen.course.lab is None:
                await turn_to(app, pilot, card)
                await pilot.press("l")
            lab = await came(app, pilot, until)
            await until(pilot, lambda lab=lab: lab.title[:20] in seen(app))
            await pilot.resize_terminal(59, 18)
            await until(pilot, lambda: "tdiff needs" in seen(app))
            await pilot.resize_terminal(*BIG)
            await until(pilot, lambda lab=lab: lab.title in seen(app))
            await pilot.press("l")
            await pilot.resize_terminal(60, 18)
