"""What the labs of lesson 3 have in common."""

import threading
from dataclasses import replace

import pytest

from tdiff.lessons.core.card import Card
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.finding import open_lab
from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.loader import load_lesson
from tdiff.lessons.core.together import steered
from tdiff.lessons.switching.switching_lab import SwitchStrip
from tdiff.recipe import Recipe
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guidance_slider import GuidanceSlider
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.prompt_field import PromptField
from tdiff.ui.widgets.scrubber import Scrubber
from tdiff.ui.widgets.status_lines import CaptionLine

from .lesson3 import CARDS, FROG, Lesson, as_made
from .looking import BIG, LARGE, SMALL

pytestmark = pytest.mark.slow


def test_every_lab_that_lesson_3_offers_can_be_opened() -> None:
    offered = {card.lab for card in load_lesson(3).cards}
    assert offered - {None} == {card_of(card).lab for card in CARDS.values()}


def test_a_start_that_a_lab_does_not_know_is_refused() -> None:
    context = replace(given("swap-a-word", FROG), start="marked")
    with pytest.raises(LessonError, match="has no start 'marked'"):
        open_lab("words.swap", context)


def test_a_lab_that_is_not_there_is_refused(lesson_given: LabContext) -> None:
    with pytest.raises(LessonError, match=r"no lab 'words\.nothing'"):
        open_lab("words.nothing", lesson_given)


@pytest.fixture
def lesson_given() -> LabContext:
    return given("swap-a-word", FROG)


def given(card: str, recipe: Recipe) -> LabContext:
    import tdiff
    from tdiff.lessons.core.bench import Bench

    return LabContext(Bench(tdiff.load(), recipe), card_of(card).lab_start)


def card_of(name: str) -> Card:
    return next(card for card in load_lesson(3).cards if card.id == name)


@pytest.mark.parametrize("name", sorted(set(CARDS) - {"matching"}))
def test_a_lab_makes_pictures_in_as_many_steps_as_its_card(name: str) -> None:
    here = given(CARDS[name], FROG.replace(steps=40))
    assert open_lab(card_of(CARDS[name]).lab, here).recipe.steps == steered(here.bench).steps == 12


@pytest.mark.parametrize(
    ("card", "negative"), [("negative-slot", "red"), ("negative-when", "red"), ("negative-weights", "a red heart")]
)
def test_the_negatives_lab_begins_with_what_is_in_its_cards_slot(card: str, negative: str) -> None:
    assert open_lab("negatives.negative", given(card, FROG)).recipe.negative == negative
    own = open_lab("negatives.negative", given(card, FROG.replace(negative="eyes"))).recipe
    assert (own.prompt, own.negative) == (FROG.prompt, "eyes")


@pytest.mark.parametrize("name", list(CARDS))
async def test_a_lab_leaves_the_bench_as_it_was(lesson: Lesson, name: str) -> None:
    await lesson.pilot.press("space", "space")
    await lesson.until(lambda: lesson.screen.session.cursor == 1)
    session = lesson.screen.session
    before = (session.recipe, session.trace, len(session.trace), session.cursor)
    for leave in ("l", "escape"):
        await lesson.open(name)
        assert lesson.page.title.startswith("Hands on")
        assert not session.trace.finished
        for key in ("right", "enter", "plus", "t", "v", "r", "x", "u", "e", "k", "s", "space"):
            await lesson.press(key)
        await lesson.pilot.press(leave)
        await lesson.pilot.pause()
        assert lesson.lab is None
        assert (session.recipe, session.trace, len(session.trace), session.cursor) == before
        assert lesson.screen.query_one(GuidanceSlider).value == FROG.guidance
        assert lesson.page.title == next(card.title for card in load_lesson(3).cards if card.id == CARDS[name])
    await lesson.pilot.press("space")
    await lesson.until(lambda: session.cursor == 2)


@pytest.mark.parametrize("lesson", [(BIG, Recipe(prompt="xylem", steps=2))], indirect=True)
@pytest.mark.parametrize("name", ["swap", "words", "switching"])
async def test_a_prompt_that_gives_nothing_to_work_with_is_said(lesson: Lesson, name: str) -> None:
    await lesson.turn_to(name)
    await lesson.pilot.press("l")
    await lesson.pilot.pause()
    assert lesson.lab is None
    assert "no word of this prompt" in lesson.said


@pytest.mark.parametrize("lesson", [(SMALL, FROG), (BIG, FROG), (LARGE, FROG)], indirect=True)
async def test_nothing_overlaps_and_the_numbers_are_in_sight(lesson: Lesson) -> None:
    screen, guide = lesson.screen, lesson.screen.query_one(Guide)
    parts = [screen.query_one(kind) for kind in (Canvases, Guide, Scrubber, PromptField, GuidanceSlider, CaptionLine)]
    for name in CARDS:
        await lesson.open(name)
        await lesson.press("enter")
        regions = [part.region for part in parts]
        assert all(region.area and screen.region.contains_region(region) for region in regions), name
        assert not any(a.overlaps(b) for place, a in enumerate(regions) for b in regions[place + 1 :]), name
        assert guide.scroll_y == 0, name
        below = ["", "l close"]  # the key is told above
        assert guide.virtual_size.height - len(below) <= guide.size.height, name
        await lesson.pilot.press("escape")
        await lesson.pilot.pause()


async def test_keys_are_answered_while_pictures_are_made(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, play = threading.Event(), SwitchStrip.play

    def held(self):
        go_on.wait(20)
        yield from play(self)

    monkeypatch.setattr(SwitchStrip, "play", held)
    cards = [card.id for card in load_lesson(3).cards]
    await lesson.pilot.press(*["right_square_bracket"] * cards.index("when-decided"), "l", "right")
    await lesson.pilot.pause()
    assert "5 of 8 steps" in lesson.page.text and "are being made" in lesson.page.text
    assert "at work" in lesson.screen.drawing.caption()
    await lesson.pilot.press("escape")
    await lesson.pilot.pause()
    assert lesson.lab is None
    await lesson.pilot.press("l")
    go_on.set()
    await lesson.until(lambda: lesson.lab is not None)
    await lesson.settled()
    assert "is decided by then" in lesson.page.text


async def test_the_newest_wish_is_the_one_that_is_shown(lesson: Lesson) -> None:
    await lesson.open("swap")
    await lesson.pilot.press("r", "enter", "r", "right", "r")
    await lesson.settled()
    recipe = FROG.replace(seed=FROG.seed + 3)
    by = lesson.lab._swap.choices(1)[0]
    assert lesson.lab.recipe == recipe
    assert as_made(lesson, lesson.figure("after"), recipe.replace(prompt=f"a blue {by}"))


async def test_a_control_that_plays_no_part_says_so(lesson: Lesson) -> None:
    await lesson.open("matching")
    for key, name in (("g", "guidance"), ("n", "negative"), ("s", "sampler")):
        await lesson.press(key)
        assert f"{name} isn't used here" in lesson.said
    await lesson.press("e")
    assert "l closes this first" in lesson.said
