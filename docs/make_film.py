"""Film the explorer at work for the README: python docs/make_film.py [FILE].

Keys are pressed, and what is on the screen is kept; nothing is drawn by hand.

Cells are painted as a terminal would: half blocks and lines as exact rectangles, text in DejaVu Sans Mono (--font names
another). A frame holds what has changed since the one before, with colours of its own.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import GifImagePlugin, Image, ImageDraw, ImageFont
from rich.cells import cell_len
from rich.terminal_theme import MONOKAI

ROOT = Path(__file__).parents[1]
FILE = ROOT / "assets" / "readme" / "explorer.gif"
FONTS = ("DejaVuSansMono.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", "Menlo.ttc", "consola.ttf")
SIZE, CELL, POINTS = (120, 36), (10, 20), 16
FIRST, SECOND = "a red apple", "a blue frog on a yellow background"
STEP_MS, TYPE_MS, HOLD_MS = 140, 60, 2200
LIMIT = 3_000_000
EXACT = 40  # colours of a frame that are kept as they are: those of the screen around the pictures

_UPPER = {"▀": (0, 0, 2, 1), "▄": (0, 1, 2, 2), "▌": (0, 0, 1, 2), "▐": (1, 0, 2, 2), "█": (0, 0, 2, 2)}
_EIGHTHS = {character: height for height, character in enumerate("▁▂▃▄▅▆▇", 1)}
_LINES = {
    "─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu", "╭": "rd", "╮": "ld", "╰": "ru", "╯": "lu",
    "├": "udr", "┤": "udl", "┬": "lrd", "┴": "lru", "┼": "lrud", "━": "LR",
}  # fmt: skip

Cell = tuple[str, tuple[int, int, int], tuple[int, int, int], bool]  # characters, colour, ground, bold
Cells = list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Frame:
    """A screen and how long it is shown."""

    cells: Cells
    ms: int


def main() -> None:
    """Film, encode, and refuse to write a film that is too large."""
    parser = argparse.ArgumentParser(description="Film the explorer for the README.")
    parser.add_argument("file", nargs="?", type=Path, default=FILE)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--font", default="", help="a monospaced TrueType font")
    options = parser.parse_args()
    fonts = found_fonts(options.font)
    film = encoded(asyncio.run(filmed(options.steps)), *fonts)
    if len(film) > LIMIT:
        raise SystemExit(f"the film has {len(film):,} bytes, {LIMIT:,} are allowed: take fewer steps with --steps")
    options.file.write_bytes(film)
    print(f"{options.file}: {len(film) / 1e6:.2f} MB")  # noqa: T201


def found_fonts(asked: str) -> tuple[Any, Any]:
    """Return the font, upright and bold."""
    for name in (asked,) if asked else FONTS:
        try:
            font = ImageFont.truetype(name, POINTS)
        except OSError:
            continue
        try:
            return font, ImageFont.truetype(name.replace(".ttf", "-Bold.ttf"), POINTS)
        except OSError:
            return font, font
    raise SystemExit("there is no font to write with: install DejaVu Sans Mono, or name one with --font")


async def filmed(steps: int) -> list[Frame]:
    """Make a picture step by step, write another prompt, and make that one too."""
    from tdiff.recipe import Recipe
    from tdiff.store.config import Config
    from tdiff.ui.app import TdiffApp

    frames: list[Frame] = []
    with tempfile.TemporaryDirectory() as state:
        os.environ["XDG_STATE_HOME"] = state
        app = TdiffApp(Config(), "true", 1, Recipe(prompt=FIRST, seed=1, steps=steps))
        async with app.run_test(size=SIZE) as pilot:

            async def until(true: Callable[[], object]) -> None:
                while not true():
                    await pilot.pause(0.05)

            async def keep(ms: int) -> None:
                await pilot.pause(0.1)
                frames.append(Frame(cells_of(app), ms))

            await until(lambda: app.pipeline is not None)
            await pilot.press(*["right_square_bracket"] * 3)
            await keep(HOLD_MS // 2)
            await _steps(app, pilot, until, keep, steps)
            await pilot.press("slash")
            for number, letter in enumerate(SECOND, 1):
                await pilot.press("space" if letter == " " else letter)
                if number % 3 == 0:
                    await keep(3 * TYPE_MS)
            await pilot.press("enter")  # after a finished run the next one plays by itself, too fast to be seen
            await until(lambda: app.screen.session.recipe.prompt == SECOND and app.screen.session.at_end)
            await pilot.press("x")  # begin again
            await until(lambda: not app.screen.session.trace)
            await keep(HOLD_MS // 4)
            await _steps(app, pilot, until, keep, steps)
    return frames


async def _steps(
    app: Any,
    pilot: Any,
    until: Callable[[Callable[[], object]], Awaitable[None]],
    keep: Callable[[int], Awaitable[None]],
    steps: int,
) -> None:
    """Take a whole run with the space bar, a frame a step."""
    session = app.screen.session
    for number in range(1, steps + 1):
        await pilot.press("space")
        await until(lambda number=number: f"step {number} of" in _text(app) and len(session.trace or ()) >= number)
        await keep(STEP_MS)
    await pilot.press("space")
    await until(lambda: session.at_end)
    await keep(HOLD_MS)


def _text(app: Any) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def cells_of(app: Any) -> Cells:
    """What is on the screen, cell by cell."""
    return [[*_row(strip)] for strip in app.screen._compositor.render_strips()]


def _row(strip: Any) -> Iterator[Cell]:
    for text, style, _ in strip:
        fore, back, bold = _colours(style)
        run: list[str] = []
        for character in text:
            if run and cell_len(character) == 0:
                run[-1] += character  # a combining mark belongs to the cell before
            else:
                run.append(character)
        for characters in run:
            yield characters, fore, back, bold
            if cell_len(characters) == 2:
                yield "", fore, back, bold


def _colours(style: Any) -> tuple[tuple[int, int, int], tuple[int, int, int], bool]:
    fore, back = (229, 229, 229), (18, 18, 18)
    if style is None:
        return fore, back, False
    if style.color is not None and not style.color.is_default:
        fore = tuple(style.color.get_truecolor(MONOKAI))
    if style.bgcolor is not None and not style.bgcolor.is_default:
        back = tuple(style.bgcolor.get_truecolor(MONOKAI))
    if style.reverse:
        fore, back = back, fore
    if style.dim:
        fore = tuple((2 * f + b) // 3 for f, b in zip(fore, back, strict=True))
    return fore, back, bool(style.bold)


def encoded(frames: list[Frame], font: Any, bold: Any) -> bytes:
    """Return frames as a GIF that loops; equal screens become one."""
    width, height = SIZE[0] * CELL[0], SIZE[1] * CELL[1]
    canvas = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(canvas)
    kept: list[tuple[np.ndarray, int]] = []
    shown: Cells | None = None
    for frame in frames:
        if frame.cells == shown:
            kept[-1] = kept[-1][0], kept[-1][1] + frame.ms
            continue
        _draw(draw, frame.cells, shown, font, bold)
        shown = frame.cells
        kept.append((np.asarray(canvas).copy(), frame.ms))
    file = BytesIO()
    file.write(b"GIF89a" + width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"\x70\0\0")
    file.write(b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0")  # again and again
    before: np.ndarray | None = None
    for pixels, ms in kept:
        for data in _block(pixels, before, ms):
            file.write(data)
        before = pixels
    file.write(b";")
    return file.getvalue()


def _draw(draw: Any, cells: Cells, before: Cells | None, font: Any, bold: Any) -> None:
    """Paint the cells that changed."""
    across, down = CELL
    for y, row in enumerate(cells):
        for x, cell in enumerate(row[: SIZE[0]]):
            if before is not None and x < len(before[y]) and before[y][x] == cell:
                continue
            text, fore, back, is_bold = cell
            left, top = x * across, y * down
            draw.rectangle((left, top, left + across - 1, top + down - 1), fill=back)
            if text in _UPPER:
                x0, y0, x1, y1 = _UPPER[text]
                box = (x0 * across // 2, y0 * down // 2, x1 * across // 2 - 1, y1 * down // 2 - 1)
                draw.rectangle((left + box[0], top + box[1], left + box[2], top + box[3]), fill=fore)
            elif text in _EIGHTHS:
                up = down - _EIGHTHS[text] * down // 8
                draw.rectangle((left, top + up, left + across - 1, top + down - 1), fill=fore)
            elif text in _LINES:
                _line(draw, left, top, _LINES[text], fore)
            elif text.strip():
                draw.text((left, top + 1), text, fill=fore, font=bold if is_bold else font)


def _line(draw: Any, left: int, top: int, ways: str, colour: tuple[int, int, int]) -> None:
    across, down = CELL
    x, y = left + across // 2, top + down // 2
    thick = 1 if ways.isupper() else 0
    ends = {"l": (left, y), "r": (left + across - 1, y), "u": (x, top), "d": (x, top + down - 1)}
    for way in ways.lower():
        end = ends[way]
        draw.rectangle((min(x, end[0]), min(y, end[1]) - thick, max(x, end[0]), max(y, end[1]) + thick), fill=colour)


def _block(pixels: np.ndarray, before: np.ndarray | None, ms: int) -> list[bytes]:
    """One image of the GIF: the box that changed, transparent where nothing did."""
    changed = np.ones(pixels.shape[:2], bool) if before is None else (pixels != before).any(-1)
    rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    part, mask = pixels[top:bottom, left:right], changed[top:bottom, left:right]
    indices, palette = _reduced(part[mask])
    image = np.full(mask.shape, 255, np.uint8)
    image[mask] = indices
    picture = Image.fromarray(image, "L").convert("P")
    picture.putpalette(palette.tobytes())
    return GifImagePlugin.getdata(
        picture, (int(left), int(top)), duration=ms, transparency=255, disposal=1, include_color_table=True
    )


def _reduced(colours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """At most 255 colours for (n, 3) pixels: the commonest as they are, the others as near as may be.

    Returns:
        Indices (n,) and a palette (256, 3), of which the last is for what is transparent.
    """
    wide = colours.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    unique, place, counts = np.unique(wide, return_inverse=True, return_counts=True)
    table = np.stack([unique >> 16 & 255, unique >> 8 & 255, unique & 255], -1).astype(np.uint8)
    palette = np.zeros((256, 3), np.uint8)
    if len(unique) <= 255:
        palette[: len(unique)] = table
        return place.astype(np.uint8), palette
    order = np.argsort(-counts, kind="stable")
    common, rest = order[:EXACT], order[EXACT:]
    small = Image.fromarray(table[rest][None]).quantize(
        255 - EXACT, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE
    )
    names = np.empty(len(unique), np.uint8)
    names[common] = np.arange(EXACT)
    names[rest] = EXACT + np.asarray(small).ravel()
    palette[:EXACT] = table[common]
    found = np.array(small.getpalette(), np.uint8).reshape(-1, 3)[: 255 - EXACT]
    palette[EXACT : EXACT + len(found)] = found
    return names[place.ravel()], palette


if __name__ == "__main__":
    main()
