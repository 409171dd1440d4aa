"""The canvas shows exactly the picture, whatever happens around it: cell for cell on an emulated screen.

Textual's own path, one segment a cell, is the reference; it is slow and right.
"""

import numpy as np
import pyte
import pytest
from textual.app import App, ComposeResult
from textual.containers import Container, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tdiff.render.palette import Depth, palette_indices, xterm_palette
from tdiff.ui.widgets.pixel_strip import Frame
from tdiff.ui.widgets.pixel_view import PixelView


@pytest.fixture(autouse=True)
def truecolor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def noise(height: int = 32, width: int = 32, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


class Canvas(App[None]):
    """One canvas, at a place that tests choose by CSS."""

    CSS = "Screen { layers: base top; } Container { width: 100%; height: 100%; }"

    def __init__(self, picture: np.ndarray, depth: Depth = "true", scale: int = 1) -> None:
        super().__init__()
        self.view = PixelView(picture, depth, scale)

    def compose(self) -> ComposeResult:
        with Container(id="around"):
            yield self.view


class Modal(ModalScreen[None]):
    CSS = "Modal { align: center middle; } #box { width: 10; height: 3; }"

    def compose(self) -> ComposeResult:
        yield Static("over it", id="box")


def shown(app: App[None]) -> pyte.Screen:
    """What a terminal shows after a full update."""
    width, height = app.size
    screen = pyte.Screen(width, height)
    update = app.screen._compositor.render_full_update()
    pyte.Stream(screen).feed(update.render_segments(app.console))
    return screen


def cell(screen: pyte.Screen, x: int, y: int) -> tuple[str, str]:
    """Colours of the upper and lower half of a cell."""
    found = screen.buffer[y][x]
    return (found.bg if found.data == " " else found.fg), found.bg


def hex_of(pixel: np.ndarray) -> str:
    return "".join(f"{channel:02x}" for channel in pixel)


def assert_shows(
    screen: pyte.Screen, picture: np.ndarray, left: int, top: int, skip: set[tuple[int, int]] = frozenset()
) -> None:
    """Check every cell of a picture whose left top cell is at (left, top), but for those in skip."""
    for y in range(len(picture) // 2):
        for x in range(picture.shape[1]):
            place = (left + x, top + y)
            if place in skip or not (0 <= place[0] < screen.columns and 0 <= place[1] < screen.lines):
                continue
            wanted = hex_of(picture[2 * y, x]), hex_of(picture[2 * y + 1, x])
            assert cell(screen, *place) == wanted, place


async def test_a_picture_is_shown_exactly() -> None:
    app = Canvas(noise())
    async with app.run_test(size=(40, 20)):
        assert_shows(shown(app), noise(), 0, 0)


async def test_a_new_picture_replaces_the_old_and_equal_rows_stay() -> None:
    app = Canvas(noise())
    async with app.run_test(size=(40, 20)) as pilot:
        changed = noise()
        changed[10:14] = 255 - changed[10:14]
        app.view.show(changed)
        await pilot.pause()
        assert_shows(shown(app), changed, 0, 0)
        app.view.show(noise(16, 48, seed=2))
        await pilot.pause()
        assert_shows(shown(app), noise(16, 48, seed=2), 0, 0)


@pytest.mark.parametrize("scale", [2, 3])
async def test_enlarged_by_a_whole_number(scale: int) -> None:
    app = Canvas(noise(8, 8), scale=scale)
    async with app.run_test(size=(40, 20)) as pilot:
        big = noise(8, 8).repeat(scale, 0).repeat(scale, 1)
        assert_shows(shown(app), big, 0, 0)
        other = noise(8, 8)
        other[2] = 0
        app.view.show(other)
        await pilot.pause()
        assert_shows(shown(app), other.repeat(scale, 0).repeat(scale, 1), 0, 0)


async def test_cropped_by_a_small_window() -> None:
    app = Canvas(noise())
    async with app.run_test(size=(20, 9)):
        assert_shows(shown(app), noise()[:18], 0, 0)


async def test_scrolled() -> None:
    class Scrolled(Canvas):
        def compose(self) -> ComposeResult:
            with VerticalScroll():
                yield self.view
                yield Static("\n" * 60)

    app = Scrolled(noise())
    async with app.run_test(size=(60, 12)) as pilot:
        app.query_one(VerticalScroll).scroll_to(y=5, animate=False)
        await pilot.pause()
        assert_shows(shown(app), noise()[10:], 0, 0)


async def test_under_another_widget() -> None:
    class Overlapped(Canvas):
        CSS = Canvas.CSS + "#over { layer: top; offset: 4 3; width: 10; height: 2; }"

        def compose(self) -> ComposeResult:
            yield from super().compose()
            yield Static("ten cells!", id="over")

    app = Overlapped(noise())
    async with app.run_test(size=(40, 20)):
        screen = shown(app)
        covered = {(x, y) for x in range(4, 14) for y in range(3, 5)}
        assert_shows(screen, noise(), 0, 0, covered)
        assert "".join(screen.buffer[3][x].data for x in range(4, 14)) == "ten cells!"


async def test_under_a_modal_and_back() -> None:
    app = Canvas(noise())
    async with app.run_test(size=(40, 20)) as pilot:
        app.push_screen(Modal())
        await pilot.pause()
        below = shown(app)
        assert cell(below, 0, 0) != (hex_of(noise()[0, 0]), hex_of(noise()[1, 0]))  # darkened
        app.pop_screen()
        await pilot.pause()
        assert_shows(shown(app), noise(), 0, 0)


async def test_beside_a_border_and_padding() -> None:
    class Framed(Canvas):
        CSS = Canvas.CSS + "#around { border: solid red; padding: 1 2; }"

    app = Framed(noise())
    async with app.run_test(size=(60, 30)):
        assert_shows(shown(app), noise(), 3, 2)


async def test_with_a_border_of_its_own() -> None:
    class Bordered(Canvas):
        CSS = Canvas.CSS + "PixelView { border: solid red; }"

    app = Bordered(noise())
    async with app.run_test(size=(60, 30)):
        assert_shows(shown(app), noise(), 1, 1)


@pytest.mark.parametrize("css", ["opacity: 50%;", "tint: red 40%;"])
async def test_opacity_and_tint_change_colours_and_nothing_breaks(css: str) -> None:
    class Tinted(Canvas):
        CSS = Canvas.CSS + f"PixelView {{ {css} }}"

    app = Tinted(noise())
    async with app.run_test(size=(40, 20)):
        assert cell(shown(app), 3, 3) != (hex_of(noise()[6, 3]), hex_of(noise()[7, 3]))


async def test_themes_and_resizing_leave_the_picture_alone() -> None:
    app = Canvas(noise())
    async with app.run_test(size=(40, 20)) as pilot:
        app.theme = "textual-light"
        await pilot.resize_terminal(50, 25)
        await pilot.pause()
        assert_shows(shown(app), noise(), 0, 0)


async def test_no_color_draws_grey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Canvas(noise())
    async with app.run_test(size=(40, 20)):
        for half in cell(shown(app), 5, 5):
            assert half[:2] == half[2:4] == half[4:]


async def test_256_colours_are_the_chosen_ones_on_both_paths() -> None:
    table, chosen = [hex_of(colour) for colour in xterm_palette()], palette_indices(noise(), "256")
    app = Canvas(noise(), "256")
    async with app.run_test(size=(30, 20)):  # cropped: the last column shown takes the ordinary path
        screen = shown(app)
        for y in range(16):
            for x in range(30):
                assert cell(screen, x, y) == (table[chosen[2 * y, x]], table[chosen[2 * y + 1, x]])


@pytest.mark.parametrize("depth", ["mono", "ascii"])
async def test_without_colour_the_characters_carry_the_picture(depth: Depth) -> None:
    app = Canvas(noise(), depth)
    async with app.run_test(size=(40, 20)):
        screen = shown(app)
        rows = ["".join(screen.buffer[y][x].data for x in range(32)) for y in range(16)]
        assert rows == Frame(noise(), depth).texts


async def test_changing_the_depth_redraws() -> None:
    app = Canvas(noise())
    async with app.run_test(size=(40, 20)) as pilot:
        app.view.depth = "ascii"
        await pilot.pause()
        assert "".join(shown(app).buffer[0][x].data for x in range(32)) == Frame(noise(), "ascii").texts[0]


async def test_a_screenshot_has_the_pictures_colours() -> None:
    app = Canvas(noise())
    async with app.run_test(size=(40, 20)):
        svg = app.export_screenshot()
        assert f"#{hex_of(noise()[0, 0])}" in svg
        assert f"#{hex_of(noise()[31, 31])}" in svg


def test_segments_are_the_cells_that_the_text_writes() -> None:
    for depth in ("true", "256", "16"):
        frame = Frame(noise(), depth)
        screen = pyte.Screen(32, 16)
        pyte.Stream(screen).feed("\r\n".join(frame.texts))
        other = pyte.Screen(32, 16)
        from rich.console import Console

        console = Console(force_terminal=True, color_system="truecolor", width=32)
        lines = [console._render_buffer(frame.segments(y)) for y in range(16)]
        pyte.Stream(other).feed("\r\n".join(lines))
        assert all(cell(screen, x, y) == cell(other, x, y) for x in range(32) for y in range(16))
