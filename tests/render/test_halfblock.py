"""What the encoder writes is what a terminal shows: cell for cell on an emulated screen."""

import numpy as np
import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdiff.render.halfblock import encode
from tdiff.render.palette import grey, palette_indices, to_lab, xterm_palette
from tdiff.render.pixels import upscale

NAMES = ["black", "red", "green", "brown", "blue", "magenta", "cyan", "white"]
NAMES += [f"bright{name}" for name in ["black", "red", "green", "brown", "blue", "magenta", "cyan", "white"]]


def screen_of(rows: list[str], columns: int) -> pyte.Screen:
    screen = pyte.Screen(columns, len(rows))
    pyte.Stream(screen).feed("\r\n".join(rows))
    return screen


def colours(screen: pyte.Screen, row: int, column: int) -> tuple[str, str]:
    """Colour of the upper and of the lower half of a cell."""
    cell = screen.buffer[row][column]
    return (cell.bg if cell.data == " " else cell.fg), cell.bg


def hex_of(pixel: np.ndarray) -> str:
    return "".join(f"{channel:02x}" for channel in pixel)


def pictures() -> st.SearchStrategy[np.ndarray]:
    """Small pictures with many equal neighbours, where leaving out colours could go wrong."""
    return st.integers(0, 2**32 - 1).map(
        lambda seed: np.random.default_rng(seed).choice(
            np.array([[0, 0, 0], [255, 0, 9], [7, 100, 255], [255, 255, 255]], np.uint8), (6, 9)
        )
    )


@settings(max_examples=150, deadline=None)
@given(pictures())
def test_truecolor_is_exact(picture: np.ndarray) -> None:
    screen = screen_of(encode(picture), 9)
    for row in range(3):
        for column in range(9):
            assert colours(screen, row, column) == (
                hex_of(picture[2 * row, column]),
                hex_of(picture[2 * row + 1, column]),
            )


@settings(max_examples=60, deadline=None)
@given(pictures())
def test_256_shows_the_chosen_palette_colours(picture: np.ndarray) -> None:
    chosen = palette_indices(picture, "256")
    screen = screen_of(encode(picture, "256"), 9)
    table = [hex_of(colour) for colour in xterm_palette()]
    for row in range(3):
        for column in range(9):
            wanted = table[chosen[2 * row, column]], table[chosen[2 * row + 1, column]]
            assert colours(screen, row, column) == wanted


@settings(max_examples=60, deadline=None)
@given(pictures())
def test_16_shows_the_chosen_palette_colours(picture: np.ndarray) -> None:
    chosen = palette_indices(picture, "16")
    screen = screen_of(encode(picture, "16"), 9)
    for row in range(3):
        for column in range(9):
            shown = colours(screen, row, column)
            assert shown == (NAMES[chosen[2 * row, column]], NAMES[chosen[2 * row + 1, column]])


def test_noise_is_exact_in_truecolor() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    screen = screen_of(encode(picture), 32)
    assert all(
        colours(screen, row, column) == (hex_of(picture[2 * row, column]), hex_of(picture[2 * row + 1, column]))
        for row in range(16)
        for column in range(32)
    )


def test_mono_and_ascii_send_no_escapes() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    for depth, allowed in (("mono", " ░▒▓█▀▄"), ("ascii", " .:-=+*#%@")):
        rows = encode(picture, depth)
        assert len(rows) == 16
        assert all(len(row) == 32 and set(row) <= set(allowed) for row in rows)


def test_mono_shows_light_as_light() -> None:
    picture = np.zeros((4, 4, 3), np.uint8)
    picture[:2] = 255
    assert encode(picture, "mono") == ["████", "    "]
    assert encode(picture, "ascii") == ["@@@@", "    "]


def test_mono_shows_shades_and_edges() -> None:
    """Every cell is the character whose two halves come nearest, by a plain search over all of them."""
    halves = {"▀": (255, 0), "▄": (0, 255)} | dict(zip(" ░▒▓█", ((v, v) for v in (0, 64, 128, 191, 255)), strict=True))
    picture = np.random.default_rng(3).integers(0, 256, (16, 16, 1), np.uint8).repeat(3, -1)
    for row, line in enumerate(encode(picture, "mono")):
        for column, shape in enumerate(line):
            pair = picture[2 * row, column, 0], picture[2 * row + 1, column, 0]
            errors = {s: float(np.hypot(*np.subtract(h, pair, dtype=float))) for s, h in halves.items()}
            assert errors[shape] < min(errors.values()) + 12


def test_empty_pictures_are_no_error() -> None:
    for depth in ("true", "256", "16", "mono", "ascii"):
        assert encode(np.zeros((0, 5, 3), np.uint8), depth) == []


@pytest.mark.parametrize("shape", [(2, 1), (64, 64), (7, 130)])
@pytest.mark.parametrize("depth", ["true", "256", "16", "mono", "ascii"])
def test_every_row_stands_alone(shape: tuple[int, int], depth: str) -> None:
    """A widget may draw any row without those before it."""
    picture = np.random.default_rng(2).integers(0, 2, (*shape, 3), np.uint8) * np.uint8(255)
    rows = encode(picture, depth)
    whole = screen_of(rows, shape[1])
    for number, row in enumerate(rows):
        alone = screen_of([row], shape[1])
        assert all(alone.buffer[0][c] == whole.buffer[number][c] for c in range(shape[1]))


def test_odd_height_doubles_the_last_row() -> None:
    picture = np.full((3, 2, 3), 200, np.uint8)
    assert len(encode(picture)) == 2


def test_upscale_repeats_pixels() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    big = upscale(picture, 3)
    assert big.shape == (6, 6, 3)
    assert (big[::3, ::3] == picture).all()
    assert (big[2, 2] == picture[0, 0]).all()


@pytest.mark.parametrize(("depth", "limit"), [("256", 10.0), ("16", 40.0)])
def test_dithering_keeps_the_mean_colour_of_a_dark_area(depth: str, limit: float) -> None:
    """Rich's own mapping collapses dark tones: a dim gradient must stay a gradient."""
    ramp = np.repeat(np.linspace(10, 60, 64).astype(np.uint8)[None, :, None], 64, 0).repeat(3, -1)
    shown = xterm_palette()[palette_indices(ramp, depth)].astype(float)
    blocks_shown = shown.reshape(8, 8, 8, 8, 3).mean((1, 3))
    blocks_true = ramp.astype(float).reshape(8, 8, 8, 8, 3).mean((1, 3))
    assert np.abs(blocks_shown - blocks_true).mean() < limit


def test_256_leaves_the_themed_colours_alone() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    assert palette_indices(picture, "256").min() >= 16


def test_grey_has_no_colour() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (8, 8, 3), np.uint8)
    assert np.ptp(grey(picture), axis=-1).max() == 0


def test_lab_of_white_and_black() -> None:
    lab = to_lab(np.array([[255, 255, 255], [0, 0, 0]], np.float32))
    assert np.allclose(lab[0], [100, 0, 0], atol=0.1)
    assert np.allclose(lab[1], [0, 0, 0], atol=0.1)
