"""Guidance is turned, and what it steers away from."""

import numpy as np
import pytest

from tdiff.lessons.core.changes import of_colour
from tdiff.lessons.core.loader import load_lesson
from tdiff.recipe import FIRST_SEED, Switch
from tdiff.ui.widgets.guidance_slider import GuidanceSlider
from tdiff.ui.widgets.prompt_field import PromptField
from tdiff.ui.widgets.scrubber import Scrubber

from .lesson3 import CARDS, FROG, Lesson, as_made
from .looking import SMALL

pytestmark = pytest.mark.slow


async def test_the_slider_turns_w_without_a_model_call(lesson: Lesson) -> None:
    await lesson.open("guidance")
    slider, dial = lesson.screen.query_one(GuidanceSlider), lesson.lab._dial
    assert lesson.page.table[1] == ("new predictions", str(dial.predictions))
    before, spent = lesson.figure("guided"), dial.predictions
    await lesson.press("g", "right", "right")
    assert slider.value == 5
    assert lesson.figure("guided").note == "w = 5"
    assert (lesson.figure("guided").picture != before.picture).any()
    assert lesson.page.table[1] == ("new predictions", "0")
    width = slider.size.width
    await lesson.pilot.mouse_down(slider, offset=(width // 2, 0))
    await lesson.pilot.hover(slider, offset=(width // 4, 0))
    await lesson.pilot.mouse_up(slider, offset=(width // 4, 0))
    await lesson.settled()
    assert slider.value < 3
    assert lesson.figure("guided").note == f"w = {slider.value:g}"
    assert lesson.page.table[1] == ("new predictions", "0")
    assert dial.predictions == spent
    await lesson.press("enter")  # the keys stayed the lab's
    assert lesson.figure("whole run").note == f"w = {slider.value:g}"
    await lesson.press("g", "escape")
    assert lesson.lab is not None  # escape gave the keys back first
    await lesson.pilot.press("escape")
    await lesson.pilot.pause()
    assert lesson.lab is None


async def test_the_whole_run_is_made_again_while_w_is_turned(lesson: Lesson) -> None:
    await lesson.open("guidance")
    await lesson.press("plus", "plus", "enter")
    whole = lesson.figure("whole run")
    assert whole.note == "w = 5"
    assert as_made(lesson, whole, FROG.replace(guidance=5.0))
    assert lesson.page.table[0][2] == "whole run, w = 5"
    assert lesson.page.table[1] == ("new predictions", "0", str(2 * FROG.steps))
    await lesson.pilot.press("minus", "enter", "plus")
    await lesson.settled()
    assert lesson.figure("whole run").note == "w = 4.5"
    assert lesson.figure("guided").note == "w = 5"
    await lesson.press("end", *["right"] * FROG.steps, "v")
    assert lesson.lab.places()[2] == FROG.steps - 1
    assert lesson.figure("guided").title == "guided ε̂"


async def test_from_the_card_of_whole_runs_one_is_made_at_once(lesson: Lesson) -> None:
    cards = [card.id for card in load_lesson(3).cards]
    await lesson.pilot.press(*["right_square_bracket"] * cards.index("guidance-grid"), "l")
    await lesson.until(lambda: lesson.lab is not None)
    await lesson.settled()
    assert as_made(lesson, lesson.figure("whole run"), FROG)
    assert lesson.lab.front() == [figure.title for figure in lesson.lab.figures()].index("whole run again")


@pytest.mark.parametrize("lesson", [(SMALL, FROG)], indirect=True)
async def test_the_places_of_a_negative_say_on_which_steps_it_is(lesson: Lesson) -> None:
    await lesson.open("negative")
    for named in ("on all steps   1 of 3", "on the first half   2 of 3", "on the second half   3 of 3"):
        assert named in str(lesson.screen.query_one(Scrubber).render())
        await lesson.press("right")


async def test_a_negative_is_tried_at_any_w_and_on_half_of_the_steps(lesson: Lesson) -> None:
    await lesson.open("negative")
    assert "“red” is in the slot on all steps" in lesson.page.text
    heart = FROG.replace(prompt="a heart", seed=FIRST_SEED)
    assert of_colour(lesson.figure("no negative").picture, "red").mean() > 0.2  # there is something to steer away from
    assert as_made(lesson, lesson.figure("negative red"), heart.replace(negative="red"))
    await lesson.pilot.press("n", "ctrl+u", "enter")
    await lesson.settled()
    assert "The slot is empty" in lesson.page.text
    await lesson.pilot.press("slash", "ctrl+u", *FROG.prompt, "enter", "n", *"eyes", "enter")
    await lesson.settled()
    assert not lesson.screen.query_one("#negative", PromptField).editing
    assert as_made(lesson, lesson.figure("negative eyes"), FROG.replace(negative="eyes", seed=FIRST_SEED))
    await lesson.press("g", "1", "escape")
    assert "w = 1" in lesson.page.text and "0.000" in lesson.page.text
    await lesson.press("g", "0", "escape")
    assert lesson.page.table[-1][2] == "0.000"
    await lesson.press("t")
    early = FROG.replace(negative="eyes", guidance=0.0, seed=FIRST_SEED, switches=(Switch(4, negative=""),))
    assert "first half" in lesson.page.text
    assert as_made(lesson, lesson.figure("negative eyes"), early)
    await lesson.press("enter")
    assert "“frog” is in the slot" in lesson.page.text
    assert lesson.screen.query_one("#negative", PromptField)._text == "frog"


async def test_the_negatives_lab_goes_on_from_the_picture_that_its_card_has_shown(lesson: Lesson) -> None:
    cards = [card.id for card in load_lesson(3).cards]
    await lesson.pilot.press(*["right_square_bracket"] * cards.index(CARDS["negative"]), "a")
    await lesson.until(lambda: lesson.page.result)
    shown = lesson.screen.course.outcome
    assert shown.values["seed"] in range(FROG.seed, FROG.seed + shown.values["seeds"])
    await lesson.pilot.press("l")
    await lesson.until(lambda: lesson.lab is not None)
    await lesson.settled()
    assert lesson.lab.recipe.seed == shown.values["seed"]
    assert np.abs(lesson.figure("no negative").picture.astype(int) - shown.panes[0].picture).max() <= 1
