"""Words swapped, left out and looked at, and prompts switched on the way."""

import pytest

from tdiff.recipe import Switch
from tdiff.ui.widgets.scrubber import Scrubber

from .lesson3 import FROG, Lesson, as_made

pytestmark = pytest.mark.slow


async def test_one_word_is_swapped_or_left_out_at_the_same_seed(lesson: Lesson) -> None:
    await lesson.open("swap")
    choices = lesson.lab._swap.choices(0)
    assert as_made(lesson, lesson.figure("before"), FROG)
    assert as_made(lesson, lesson.figure("after"), FROG.replace(prompt=f"a {choices[0]} frog"))
    await lesson.press("enter")
    assert as_made(lesson, lesson.figure("after"), FROG.replace(prompt=f"a {choices[1]} frog"))
    assert len(lesson.page.table) == 3
    assert lesson.page.table[-1][1] in lesson.page.text
    await lesson.press("right", "t")
    assert "“frog”: left out" in lesson.page.text
    await lesson.press("t")
    assert "left out" not in lesson.page.text


async def test_a_word_is_looked_at_at_any_step(lesson: Lesson) -> None:
    await lesson.open("words")
    assert "“blue” at step 3" in lesson.page.text
    await lesson.press("enter")
    assert "“frog” at step 3" in lesson.page.text
    assert lesson.page.table[2][0] == "› frog"
    plain = lesson.figure("looked at").picture
    await lesson.press("v")
    over = lesson.figure("looked at").picture
    assert (over <= lesson.figure("clean guess").picture).all() and (over != plain).any()
    await lesson.pilot.click(Scrubber, offset=(4, 0))
    await lesson.settled()
    assert "“frog” at step 4" in lesson.page.text


async def test_prompts_are_switched_on_the_way(lesson: Lesson) -> None:
    await lesson.open("switching")
    second = lesson.lab._key[1]
    assert as_made(lesson, lesson.figure("second prompt"), FROG.replace(prompt=second))
    await lesson.press("home", "right")
    assert as_made(lesson, lesson.figure("switch after 1"), FROG.replace(switches=(Switch(1, prompt=second),)))
    assert "1 of 8 steps" in lesson.page.text
    plot = lesson.screen.view.plot()
    assert [len(curve.xs) for curve in plot.curves] == [9] and plot.cursor == 1
    await lesson.press("enter")
    assert lesson.lab._key[1] != second
    assert len(lesson.screen.view.plot()[0]) == 2
