"""Random keys and clicks: nothing raises, nothing grows, everything still answers."""

import gc
import os
import random

import pytest
from textual.widget import Widget

from tdiff.recipe import Recipe

pytestmark = pytest.mark.slow

KEYS = [
    "space",
    "left",
    "right",
    "p",
    "enter",
    "home",
    "end",
    "v",
    "tab",
    "shift+tab",
    "u",
    "x",
    "plus",
    "minus",
    "t",
    "g",
    "slash",
    "n",
    "r",
    "s",
    "f",
    "e",
    "y",
    "o",
    "l",
    "a",
    "w",
    "m",
    "i",
    "h",
    "b",
    "k",
    "c",
    "d",
    "1",
    "2",
    "3",
    "4",
    "5",
    "left_square_bracket",
    "right_square_bracket",
    "question_mark",
    "colon",
    "escape",
    "escape",
    "escape",
    "up",
    "down",
    "pageup",
    "pagedown",
    "backspace",
    "A",
    "z",
    "7",
    "comma",
]
COUNT = int(os.environ.get("TDIFF_MONKEY_KEYS", "250"))


def widgets() -> int:
    """How many there are, those included that were removed and are still held."""
    gc.collect()
    return sum(issubclass(type(each), Widget) for each in gc.get_objects())


async def test_random_keys_clicks_and_sizes_do_no_harm(explorer, until) -> None:
    rng = random.Random(7)
    app = explorer(recipe=Recipe(prompt="a red apple", steps=3))
    sizes = [(80, 24), (120, 36), (60, 18), (160, 50), (50, 12)]
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        for number in range(COUNT):
            draw = rng.random()
            if draw < 0.9:
                await pilot.press(rng.choice(KEYS))
            elif draw < 0.98:
                width, height = app.size
                await pilot.click(offset=(rng.randrange(width), rng.randrange(height)))
            else:
                await pilot.resize_terminal(*rng.choice(sizes))
            if number == COUNT // 2:
                middle = len(app.screen_stack), widgets()
        for _ in range(6):
            await pilot.press("escape")
        await pilot.resize_terminal(120, 36)
        await pilot.pause()
        assert len(app.screen_stack) <= max(3, middle[0])
        assert widgets() < 1.5 * middle[1] + 500
        await pilot.press("1", "escape", "x", "enter")
        await until(pilot, lambda: app.screen.session.at_end)
