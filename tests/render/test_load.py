"""A person's own picture: what is taken, what is refused, and what is said."""

import hashlib
import os
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tdiff.errors import ImageError, TdiffError
from tdiff.render.load import load_picture
from tdiff.render.picture_file import SIZE_LIMIT


def encoded(pixels: np.ndarray, kind: str = "PNG", mode: str | None = None, **options: object) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels, mode).save(file, kind, **options)
    return file.getvalue()


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)


def test_a_picture_that_fits_is_taken_as_it_is(tmp_path: Path, noise: np.ndarray) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(noise))
    loaded = load_picture(path)
    assert loaded.notes == ()
    assert loaded.picture.dtype == np.float32
    assert (np.rint((loaded.picture + 1) * 127.5) == noise).all()
    assert loaded.sha256 == hashlib.sha256(noise.tobytes()).hexdigest()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_other_sizes_are_cut_and_reduced_and_said(tmp_path: Path, kind: str) -> None:
    wide = np.zeros((64, 128, 3), np.uint8)
    wide[:, :32] = wide[:, 96:] = 255  # white sides that the cut removes
    wide[:, 32:96] = (200, 60, 60)
    path = tmp_path / "whatever.dat"
    path.write_bytes(encoded(wide, kind, quality=95))
    loaded = load_picture(path)
    assert loaded.notes == ("cut from 128×64 to the 64×64 in its middle", "reduced from 64×64 to 32×32")
    middle = (loaded.picture[4:-4, 4:-4] + 1) * 127.5
    assert np.abs(middle - (200, 60, 60)).max() < 12


def test_reducing_averages_areas(tmp_path: Path) -> None:
    board = (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)
    path = tmp_path / "a.png"
    path.write_bytes(encoded(np.repeat(board[..., None], 3, -1)))
    assert np.abs(load_picture(path).picture).max() < 0.01


def test_small_pictures_are_enlarged(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(np.full((1, 1, 3), 255, np.uint8)))
    loaded = load_picture(path)
    assert (loaded.picture == 1).all()
    assert loaded.notes == ("enlarged from 1×1 to 32×32",)


def test_what_is_transparent_becomes_white(tmp_path: Path) -> None:
    clear = np.zeros((32, 32, 4), np.uint8)
    clear[:, 16:] = (255, 0, 0, 255)
    path = tmp_path / "a.png"
    path.write_bytes(encoded(clear))
    loaded = load_picture(path)
    assert (loaded.picture[:, :16] == 1).all()
    assert (loaded.picture[:, 16:] == (1, -1, -1)).all()
    assert "white" in loaded.notes[0]


def test_exif_orientation_is_followed(tmp_path: Path) -> None:
    picture = np.zeros((32, 32, 3), np.uint8)
    picture[:16] = 255  # top white
    exif = Image.Exif()
    exif[0x0112] = 3  # held upside down
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(picture, "JPEG", exif=exif.tobytes()))
    loaded = load_picture(path)
    assert loaded.picture[:12].max() < -0.9 and loaded.picture[20:].min() > 0.9
    assert "upright" in loaded.notes[0]


def test_grey_palette_and_deep_pictures(tmp_path: Path) -> None:
    ramp = np.repeat(np.arange(0, 256, 8, dtype=np.uint8)[None], 32, 0)
    images = {
        "grey.png": Image.fromarray(ramp),
        "palette.png": Image.fromarray(ramp).convert("P"),
        "deep.png": Image.fromarray(ramp.astype(np.uint16) * 257),
        "cmyk.jpg": Image.fromarray(ramp).convert("CMYK"),
    }
    for name, image in images.items():
        image.save(tmp_path / name)
        shown = (load_picture(tmp_path / name).picture + 1) * 127.5
        assert np.abs(shown - ramp[..., None]).mean() < 4, name


def test_an_animation_gives_its_first_frame(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    path = tmp_path / "a.webp"
    frames[0].save(path, save_all=True, append_images=frames[1:], lossless=True)
    loaded = load_picture(path)
    assert (loaded.picture == (1, -1, -1)).all()
    assert "first" in loaded.notes[0]


def test_a_film_gives_its_last_frame(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "lime", "blue")]
    path = tmp_path / "film.png"
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:])
    loaded = load_picture(path)
    assert (loaded.picture == (-1, -1, 1)).all()
    assert loaded.notes == ("the last of its 3 frames was taken",)
    frames[0].save(path, "GIF")
    assert load_picture(path).notes == ()


def test_a_film_without_end_gives_its_first_frame(tmp_path: Path) -> None:
    frames = [Image.new("L", (32, 32), level) for level in range(200)] * 3
    path = tmp_path / "film.gif"
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:])
    loaded = load_picture(path)
    assert (loaded.picture == -1).all()
    assert "first" in loaded.notes[0]


@pytest.mark.parametrize("format", ["JPEG", "MPO"])
def test_a_photograph_of_24_million_pixels_is_reduced_while_it_is_decoded(tmp_path: Path, format: str) -> None:
    ramp = np.linspace(0, 255, 6000, dtype=np.uint8)
    photo = Image.fromarray(np.broadcast_to(ramp[None, :, None], (4000, 6000, 3)))
    path = tmp_path / "photo.jpg"
    more = {"save_all": True, "append_images": [photo.resize((60, 40))]} if format == "MPO" else {}
    photo.save(path, format, **more)
    loaded = load_picture(path)
    assert loaded.notes[0] == "reduced from 6000×4000 to 3000×2000 while it was decoded"
    assert not any("frames" in note for note in loaded.notes)
    middle = photo.crop((1000, 0, 5000, 4000)).resize((32, 32), Image.Resampling.BOX)
    assert np.abs((loaded.picture + 1) * 127.5 - np.asarray(middle)).max() < 1.5


@pytest.mark.filterwarnings("error")
def test_damaged_exif_is_a_note_and_no_warning_of_pillows(tmp_path: Path, noise: np.ndarray) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(noise, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x05\0\x0f\x01\x02\0\xff\xff"))
    assert load_picture(path).picture.shape == (32, 32, 3)


def test_jpegs_have_their_limits_too(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("L", (12_000, 11_000)).save(path)
    with pytest.raises(ImageError, match="128 million are allowed"):
        load_picture(path)
    Image.new("L", (6000, 6000)).save(path, progressive=True)
    with pytest.raises(ImageError, match="26 million are allowed"):
        load_picture(path)


def test_a_jpeg_of_endless_scans_is_refused_at_once(tmp_path: Path, noise: np.ndarray) -> None:
    whole = encoded(noise, "JPEG", progressive=True)
    path = tmp_path / "a.jpg"
    path.write_bytes(whole)
    assert load_picture(path).picture.shape == (32, 32, 3)
    last = whole.rindex(b"\xff\xda")
    path.write_bytes(whole[:-2] + whole[last:-2] * 200 + b"\xff\xd9")
    with pytest.raises(ImageError, match="scans"):
        load_picture(path)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "EPS", "PPM", "ICO"])
def test_other_formats_are_refused_whatever_the_name(tmp_path: Path, noise: np.ndarray, kind: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(noise, kind))
    with pytest.raises(ImageError, match="no PNG, JPEG, WebP or GIF"):
        load_picture(path)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_file_that_was_cut_short_is_refused(tmp_path: Path, noise: np.ndarray, kind: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(encoded(noise, kind)[:-200])
    with pytest.raises(ImageError, match=r"cut short or damaged|is damaged|no PNG"):
        load_picture(path)


def test_a_png_whose_text_was_changed_is_called_damaged_and_not_something_else(tmp_path: Path) -> None:
    from tdiff.render.png import png_bytes

    whole = bytearray(png_bytes(np.zeros((32, 32, 3), np.uint8), {"parameters": "a cat"}))
    whole[whole.index(b"a cat")] = ord("b")
    path = tmp_path / "changed.png"
    path.write_bytes(whole)
    with pytest.raises(ImageError, match="is damaged or was changed by hand"):
        load_picture(path)


@pytest.mark.parametrize("side", [(4001, 4000), (30_000, 30_000)])
def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path, side: tuple[int, int]) -> None:
    path = tmp_path / "a.png"
    small = encoded(np.zeros((1, 1), np.uint8))
    header = b"IHDR" + side[0].to_bytes(4) + side[1].to_bytes(4) + small[24:29]
    path.write_bytes(small[:12] + header + zlib.crc32(header).to_bytes(4) + small[33:])
    with pytest.raises(ImageError, match="16 million"):
        load_picture(path)


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    os.mkfifo(tmp_path / "pipe.png")
    with (tmp_path / "big.png").open("wb") as file:
        file.truncate(SIZE_LIMIT + 1)
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    cases = {
        "missing.png": "no file",
        "empty.png": "empty",
        "pipe.png": "no regular file",
        "big.png": "20 are allowed",
        "loop.png": "cannot read",
        ".": "no regular file",
        "nul\0.png": "cannot read",
        "x" * 5000: "cannot read",
    }
    for name, words in cases.items():
        with pytest.raises(ImageError, match=words) as caught:
            load_picture(tmp_path / name)
        assert "\n" not in str(caught.value) and "\0" not in str(caught.value)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["PNG", "JPEG", "WEBP"]),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), max_size=8),
)
def test_damage_never_raises_anything_else(tmp_path: Path, kind: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(encoded(np.arange(300, dtype=np.uint8).reshape(10, 10, 3), kind))
    for place, value in changes:
        data[place % len(data)] = value
    path = tmp_path / "a"
    path.write_bytes(data)
    try:
        assert load_picture(path).picture.shape == (32, 32, 3)
    except TdiffError as error:
        assert str(error).count("\n") == 0
