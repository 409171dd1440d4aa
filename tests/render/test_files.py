"""Files that pictures are written to, read back by another program's eyes (Pillow's)."""

from io import BytesIO

import numpy as np
import pyte
import pytest
from PIL import Image

from tdiff.errors import UsageError
from tdiff.render.ansi import ansi_bytes
from tdiff.render.gif import FRAMES_LIMIT, gif_bytes
from tdiff.render.pixels import as_uint8
from tdiff.render.png import png_bytes
from tdiff.render.sheet import draw_sheet, sheet_bytes


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)


def test_png_gives_the_pixels_back(picture: np.ndarray) -> None:
    assert (np.asarray(Image.open(BytesIO(png_bytes(picture)))) == picture).all()


def test_png_is_enlarged_without_blur(picture: np.ndarray) -> None:
    big = np.asarray(Image.open(BytesIO(png_bytes(picture, scale=3))))
    assert big.shape == (96, 96, 3)
    assert all((big[i::3, j::3] == picture).all() for i in range(3) for j in range(3))


def test_floats_and_bytes_give_the_same_file(picture: np.ndarray) -> None:
    assert png_bytes(picture.astype(np.float32) / np.float32(127.5) - 1) == png_bytes(picture)


def test_floats_beyond_the_range_are_clipped() -> None:
    values = np.array([[[-9.0, 9.0, 0.0]]], np.float32)
    assert as_uint8(values).tolist() == [[[0, 255, 128]]]


@pytest.mark.parametrize("bad", [np.full((2, 2, 3), np.nan), np.zeros((2, 2, 4), np.uint8), np.zeros((2, 2, 3), int)])
def test_what_is_no_picture_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="picture"):
        as_uint8(bad)


@pytest.mark.parametrize("scale", [0, -1, 10**9])
def test_a_senseless_scale_is_refused(picture: np.ndarray, scale: int) -> None:
    for write in (png_bytes, ansi_bytes):
        with pytest.raises(UsageError, match="scale must be from 1 to 256"):
            write(picture, scale=scale)
    with pytest.raises(UsageError, match="scale"):
        gif_bytes([picture], scale)


def test_png_carries_text_in_any_script(picture: np.ndarray) -> None:
    text = {"parameters": "Äpfel\nSteps: 1", "tdiff": '{"a": "🍎"}', "XML:com.adobe.xmp": "<x/>"}
    assert Image.open(BytesIO(png_bytes(picture, text))).text == text


def film(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    noise, end = rng.normal(size=(32, 32, 3)), np.full((32, 32, 3), -0.5)
    end[8:24, 8:24] = (0.9, -0.8, -0.8)
    return [(noise * (1 - t) + end * t).astype(np.float32) for t in np.linspace(0, 1, count)]


def test_film_shows_every_frame_and_rests_on_the_last() -> None:
    frames = film(20)
    shown = Image.open(BytesIO(gif_bytes(frames, 2)))
    assert (shown.n_frames, shown.size, shown.info["loop"]) == (20, (64, 64), 0)
    durations = []
    for number, frame in enumerate(frames):
        shown.seek(number)
        durations.append(shown.info["duration"])
        seen = np.asarray(shown.convert("RGB"))[::2, ::2].astype(float)
        assert np.sqrt(((seen - as_uint8(frame)) ** 2).mean()) < 12  # 1,024 colours of noise in 256
    assert durations[-1] > 1000 > 10 * max(durations[:-1]) / 10
    assert sum(durations[:-1]) == pytest.approx(4000, rel=0.2)


def test_the_last_frame_of_a_film_is_the_picture() -> None:
    shown = Image.open(BytesIO(gif_bytes(film(5))))
    shown.seek(4)
    assert (np.asarray(shown.convert("RGB")) == as_uint8(film(5)[-1])).all()


def test_a_long_run_becomes_a_short_film() -> None:
    assert Image.open(BytesIO(gif_bytes(film(500)))).n_frames == FRAMES_LIMIT


def test_a_film_of_one_frame_is_a_picture(picture: np.ndarray) -> None:
    assert Image.open(BytesIO(gif_bytes([picture]))).size == (32, 32)


def test_text_does_not_disturb_a_film() -> None:
    text = {"XML:com.adobe.xmp": "<x/>", "tdiff": "x" * 1000}
    shown, plain = (Image.open(BytesIO(gif_bytes(film(4), text=t))) for t in (text, None))
    for number in range(4):
        shown.seek(number)
        plain.seek(number)
        assert shown.convert("RGB").tobytes() == plain.convert("RGB").tobytes()


def test_ansi_file_shows_on_a_terminal(picture: np.ndarray) -> None:
    screen = pyte.Screen(32, 16)
    pyte.Stream(screen).feed(ansi_bytes(picture).decode().rstrip("\n").replace("\n", "\r\n"))
    cell = screen.buffer[3][5]
    assert (cell.fg, cell.bg) == (bytes(picture[6, 5]).hex(), bytes(picture[7, 5]).hex())


def test_sheet_holds_every_picture_and_its_labels() -> None:
    colours = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 9, 9], [200, 9, 200], [0, 99, 99]], np.uint8)
    pictures = np.broadcast_to(colours[:, None, None], (6, 8, 8, 3))
    sheet = draw_sheet(pictures, ["w 0", "w 4", "w 8"], ["seed 1", "seed 2"], 4)
    centres = [np.argwhere((sheet == colour).all(-1)) for colour in colours]
    assert all(len(found) == 32 * 32 for found in centres)
    rows = [found[:, 0].min() for found in centres]
    columns = [found[:, 1].min() for found in centres]
    assert rows[:3] == [rows[0]] * 3 and rows[3] > rows[0] + 31
    assert columns[:3] == columns[3:] and columns[0] < columns[1] < columns[2]
    assert (sheet[: rows[0]] < 128).any() and (sheet[:, : columns[0]] < 128).any()  # ink


def test_long_labels_are_wrapped_above_and_beside_their_pictures() -> None:
    """What a label says is there whole: it takes lines of its own, and no picture is covered."""
    pictures = np.full((4, 32, 32, 3), (200, 40, 40), np.uint8)
    short, long = "a dog", "a red robot to the left of a small green house under a tree"
    brief = draw_sheet(pictures, [short, short], [short, short])
    for columns, rows in (([short, long], [short, short]), ([short, short], [short, long])):
        sheet = draw_sheet(pictures, columns, rows)
        assert (sheet == (200, 40, 40)).all(-1).sum() == 4 * 128 * 128
        ink = [int(((made < 128).all(-1)).sum()) for made in (brief, sheet)]
        assert ink[1] > ink[0] * 2  # 60 letters more, where three labels were 15
        assert sheet.shape[0] > brief.shape[0] or sheet.shape[1] > brief.shape[1]


def test_sheet_survives_odd_labels() -> None:
    pictures = np.zeros((2, 8, 8, 3), np.float32)
    made = sheet_bytes(pictures, ["\x1b[2J" + "long " * 99, "🍎"], scale=1, text={"parameters": "x"})
    image = Image.open(BytesIO(made))
    assert image.width < 2 * 80 and image.text == {"parameters": "x"}


def test_sheet_needs_a_picture_for_each_cell() -> None:
    with pytest.raises(ValueError, match="do not fill"):
        sheet_bytes(np.zeros((3, 8, 8, 3), np.uint8), ["a", "b"])
