"""What whole screens look like before anything was computed; `TDIFF_SNAPSHOTS=write` keeps what they look like now."""

import os
import re
from pathlib import Path

import pytest
from textual.app import App

from tdiff.recipe import FIRST_PROMPT, FIRST_SEED, Recipe
from tests.ui.test_pixel_view import shown

FOLDER = Path(__file__).parent / "snapshots"


def text_of(app: App) -> str:
    """The screen as text, without the hash of the weights, which may be others."""
    lines = [line.rstrip() for line in shown(app).display]
    return re.sub(r"sprite-32 [0-9a-f]+", "sprite-32 ·", "\n".join(lines)).rstrip() + "\n"


@pytest.mark.parametrize(
    ("name", "lesson", "size"),
    [
        ("lesson-1-80x24", 1, (80, 24)),
        ("lesson-3-120x36", 3, (120, 36)),
        ("lesson-1-60x18", 1, (60, 18)),
        ("too-small", 1, (52, 14)),
    ],
)
async def test_a_screen_looks_as_it_did(explorer, until, name: str, lesson: int, size: tuple[int, int]) -> None:
    app = explorer(lesson, recipe=Recipe(prompt=FIRST_PROMPT, seed=FIRST_SEED))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        course = app.screen.course
        await until(pilot, lambda: not course.card.shows_start or course.outcome is not None)
        # The greeting and the command share a line where both fit, and the command comes with the model.
        await until(pilot, lambda: size[0] < 120 or "$ tdiff" in text_of(app))
        await pilot.pause(0.3)
        seen, path = text_of(app), FOLDER / f"{name}.txt"
        if os.environ.get("TDIFF_SNAPSHOTS") == "write":
            FOLDER.mkdir(exist_ok=True)
            path.write_text(seen, "utf-8")
        assert seen == path.read_text("utf-8")
