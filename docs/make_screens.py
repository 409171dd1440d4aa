"""Write docs/screens.md: which card shows what, and the explorer at three sizes as SVG."""

import asyncio
import os
import re
import tempfile
from pathlib import Path

from tdiff.lessons.core.loader import available, load_lesson

FOLDER = Path(__file__).parent
SCREENS = (
    ("lesson-80x24", (80, 24), ("right_square_bracket",) * 3, "Lesson 1 on the smallest usual terminal"),
    ("lesson-160x50", (160, 50), ("right_square_bracket",) * 3, "The same card at 160×50"),
)  # fmt: skip
"""File, size, keys before ten steps, and what to say."""


def main() -> None:
    """Write the page and its pictures."""
    lines = ["# Screens", "", "Made by `python docs/make_screens.py` from the explorer itself.", ""]
    for name, size, keys, said in SCREENS:
        asyncio.run(draw(name, size, keys))
        lines += [f"![{said}](screens/{name}.svg)", ""]
    lines += ["## Cards", "", "What each card runs, and what `l` opens there.", ""]
    for number in available():
        lesson = load_lesson(number)
        lines += [f"### {number} · {lesson.title}", "", "| card | experiment | by hand |", "|---|---|---|"]
        lines += [f"| {card.title} | {_code(card.experiment)} | {_code(card.lab)} |" for card in lesson.cards]
        lines.append("")
    (FOLDER / "screens.md").write_text("\n".join(lines), "utf-8")


async def draw(name: str, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    """Open lesson 1, press the keys, take ten steps, and keep what is on screen."""
    from tdiff.store.config import Config
    from tdiff.ui.app import TdiffApp

    with tempfile.TemporaryDirectory() as state:
        os.environ["XDG_STATE_HOME"] = state
        app = TdiffApp(Config(), "true", 1)
        async with app.run_test(size=size) as pilot:
            while app.pipeline is None:
                await asyncio.sleep(0.05)
            await pilot.press(*keys)
            for _ in range(10):
                await pilot.press("space")
                await pilot.pause(0.2)
            picture = app.export_screenshot(title="tdiff")
    # Fonts from elsewhere would be fetched by whoever looks at the page.
    picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
    (FOLDER / "screens").mkdir(exist_ok=True)
    (FOLDER / "screens" / f"{name}.svg").write_text(picture, "utf-8")


def _code(name: str | None) -> str:
    return f"`{name}`" if name else "–"


if __name__ == "__main__":
    main()
