"""Play the lessons by keys alone, as `beats.toml` says, and write into `beats.md` what is on screen then."""

import asyncio
import contextlib
import os
import tempfile
import tomllib
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parent
SIZE = (80, 24)
OWN = "mine.png"
"""The picture of one's own that some beats bring."""

NAMES = {
    "[": "left_square_bracket", "]": "right_square_bracket", "→": "right", "←": "left", "↓": "down", "↑": "up",
    "+": "plus", "−": "minus", "/": "slash", "?": "question_mark",
}  # fmt: skip
"""Keys as they are written, and what Textual calls them."""

HEAD = """# What every beat of lessons 2 and 3 shows

Made by `python docs/make_beats.py` from `docs/beats.toml`: each screen is the explorer at {0}×{1}, begun anew and
played with the keys named above it, then taken down as text. Pictures are half-blocks in two colours each, so the
text shows where they are, not what they show. `{2}` is a picture of one's own, a house. “wait 300” waits until a
training that runs has taken so many steps; how many more it takes before it is paused depends on the machine.
"""


@dataclass(frozen=True, slots=True)
class Beat:
    """One thing to be seen.

    Attributes:
        title: what it is.
        lesson: 1 … 4.
        keys: once its page is open; "type …" writes, "wait N" lets a training take so many steps.
        card: id of its card; "" for a question of the quiz.
        quiz: number of that question, from 1; one more than there are for the end of the lesson.
        belief: the misconception that it meets; "" for none.
    """

    title: str
    lesson: int
    keys: tuple[str, ...] = ()
    card: str = ""
    quiz: int = 0
    belief: str = ""

    @property
    def place(self) -> tuple[int, str]:
        """How many pages it is from the first, and what its page is called."""
        from tdiff.lessons.loader import load_lesson

        lesson = load_lesson(self.lesson)
        if self.card:
            number = [card.id for card in lesson.cards].index(self.card)
            return number, f"card {number + 1}, “{lesson.cards[number].title}”"
        number = len(lesson.cards) + self.quiz - 1
        return number, f"quiz, question {self.quiz}" if self.quiz <= len(lesson.quiz) else "end of the lesson"

    @property
    def where(self) -> str:
        """Its page and all keys that lead to it, from the start."""
        number, name = self.place
        keys = [str(self.lesson), *["]"] * number, *self.keys]
        runs = [(key, len(list(same))) for key, same in groupby(keys)]
        pressed = " ".join(f"`{key}`" if count == 1 else f"`{key}` × {count}" for key, count in runs)
        return f"Lesson {self.lesson}, {name}: {pressed}"


def main() -> None:
    """Write beats.md."""
    found = tomllib.loads((FOLDER / "beats.toml").read_text("utf-8"))
    beats = [read_beat(each) for each in found["beats"]]
    beliefs = [read_beat(each) for each in found["beliefs"]]
    (FOLDER / "beats.md").write_text(asyncio.run(written(beats, beliefs)), "utf-8")


def read_beat(found: dict[str, Any]) -> Beat:
    """A beat as `beats.toml` has it: its keys are one text, parted by commas, "→ × 3" is → three times."""
    keys: list[str] = []
    for part in found.get("keys", "").split(","):
        key, _, times = part.partition("×")
        keys += [key.strip()] * int(times or 1)
    return Beat(**{"title": "", **found, "keys": tuple(filter(None, keys))})


async def written(beats: list[Beat], beliefs: list[Beat]) -> str:
    """The whole page: the beats by lesson, then the misconceptions with the screens that are not among those."""
    parts = [HEAD.format(*SIZE, OWN)]
    for lesson, group in groupby(beats, lambda beat: beat.lesson):
        parts.append(f"## Lesson {lesson}\n")
        parts += [await section(beat.title, beat) for beat in group]
    parts.append("## Misconceptions, each met by an experiment\n")
    shown = {(beat.lesson, beat.card, beat.keys): f"above, “{beat.title}”" for beat in beats}
    rows = ["| misconception | where | screen |", "|---|---|---|"]
    for belief in beliefs:
        screen = shown.get((belief.lesson, belief.card, belief.keys), "below")
        rows.append(f"| {belief.belief} | lesson {belief.lesson}, {belief.place[1]} | {screen} |")
    parts.append("\n".join(rows) + "\n")
    for belief in beliefs:
        if (belief.lesson, belief.card, belief.keys) not in shown:
            parts.append(await section(f"“{belief.belief}”", belief))
    return "\n".join(parts)


async def section(title: str, beat: Beat) -> str:
    """A heading, where it is, and the screen."""
    return f"### {title}\n\n{beat.where}\n\n```text\n{await screen(beat)}\n```\n"


async def screen(beat: Beat) -> str:
    """Play a beat in an explorer of its own, and take down what is on screen at its end."""
    from tdiff.store.config import Config
    from tdiff.ui.app import TdiffApp

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        os.environ["XDG_STATE_HOME"] = os.environ["XDG_CONFIG_HOME"] = folder
        draw_own(Path(folder, OWN))
        app = TdiffApp(Config(), "true", 1)
        async with app.run_test(size=SIZE) as pilot:
            while app.pipeline is None:
                await pilot.pause(0.05)
            await pilot.press(str(beat.lesson))
            await settled(app, pilot)
            await pilot.press(*[NAMES["]"]] * beat.place[0])
            await settled(app, pilot)
            for key in beat.keys:
                await play(app, pilot, key)
            return on_screen(app)


async def play(app: Any, pilot: Any, key: str) -> None:
    """Press a key, write a text, or wait; then until what that has begun has ended."""
    if key.startswith("wait "):
        while app.screen.stage.state.step < int(key.split()[1]):
            await pilot.pause(0.05)
        return
    await pilot.press(*(key.removeprefix("type ") if key.startswith("type ") else [NAMES.get(key, key)]))
    await settled(app, pilot)


async def settled(app: Any, pilot: Any) -> None:
    """Wait until no thread works, but for a training that runs until it is paused, and all is drawn."""
    quiet = 0
    while quiet < 2:  # what has ended may have begun something else
        await pilot.pause(0.1)
        busy = any(not worker.is_finished for worker in app.workers)
        quiet = 0 if busy and not getattr(app.screen, "staging", False) else quiet + 1


def on_screen(app: Any) -> str:
    """All text of the screen, line by line."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


def draw_own(path: Path) -> None:
    """A house of one's own, drawn here."""
    picture = Image.new("RGB", (96, 64), "skyblue")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((32, 32, 64, 60), "firebrick")
    draw.polygon(((28, 32), (68, 32), (48, 12)), "saddlebrown")
    picture.save(path)


if __name__ == "__main__":
    main()
