"""Files made to do harm, through all that reads such files: our own errors only, little time, little memory."""

import os
import random
import socket
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tdiff.commands.inputs import read, read_for_recipe, read_prompts
from tdiff.provenance import read_metadata, text_fields
from tdiff.provenance.recipe_file import read_recipe_file
from tdiff.recipe import Recipe, Switch
from tdiff.recipe.json import from_json, to_json
from tdiff.render.gif import gif_bytes
from tdiff.render.load import load_picture
from tdiff.render.png import png_bytes
from tdiff.store.config import load_config
from tdiff.traces.reader import open_trace
from tdiff.weights import parse_weights
from tests.bounded import Tally, tried
from tests.counts import times
from tests.traces.recording import recorded

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")

RECIPE = Recipe(prompt="a red apple", negative="a cat", seed=7, switches=(Switch(3, prompt="a blue frog"),))
NOISE = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
Input = tuple[str, object]


def all_of_a_picture(path: Path) -> None:
    """Whatever any command does with a picture file."""
    failed = []
    for use in (load_picture, read_metadata, read_recipe_file):
        try:
            use(path)
        except Exception as error:
            failed.append(error)
    if failed:
        raise max(failed, key=lambda error: not type(error).__module__.startswith("tdiff"))


def survived(tally: Tally, count: int) -> None:
    assert not tally.failures, "\n".join(tally.failures[:5])
    assert tally.tried == count


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Damaged in one of the ways in which files are: bytes, numbers, pieces moved, doubled, lost."""
    result = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        place = chance.randrange(len(result) + 1)
        match chance.randrange(7):
            case 0:
                result[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                result[place : place + 4] = struct.pack(">I", chance.choice((0, 1, 2**16, 2**31 - 1, 2**31, 2**32 - 1)))
            case 2:
                result[place : place + 4] = struct.pack("<I", chance.choice((0, 1, 2**16, 2**31 - 1, 2**31, 2**32 - 1)))
            case 3:
                del result[place : place + chance.randrange(1, 64)]
            case 4:
                other = chance.randrange(len(result) + 1)
                result[place:place] = result[other : other + chance.randrange(1, 200)]
            case 5:
                result[place:place] = chance.randbytes(chance.randrange(1, 40))
            case _:
                del result[chance.randrange(len(result) + 1) :]
        if not result:
            result += b"\0"
    return bytes(result)


def saved(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    file = BytesIO()
    (image or Image.fromarray(NOISE)).save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(size: tuple[int, int], *chunks: bytes, depth: int = 8, colour: int = 2, interlaced: int = 0) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, interlaced))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """So many zero bytes, deflated."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(1 << 20)) for _ in range(count >> 20)]
    return b"".join([*parts, packer.compress(bytes(count & 0xFFFFF)), packer.flush()])


def exif(*entries: tuple[int, int, int, int], after: int = 0) -> bytes:
    folder = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + folder + struct.pack("<I", after)


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def crafted() -> Iterator[Input]:
    """Pictures that lie."""
    idat, whole = chunk(b"IDAT", zlib.compress(bytes(97) * 32)), (32, 32)
    jpeg, gif, webp = saved("JPEG"), gif_bytes([NOISE, NOISE[::-1]]), saved("WEBP")
    yield "png 16 Mpx of zeros", png((4000, 4000), chunk(b"IDAT", zeros(4000 * 12001)))
    yield "png 16 Mpx, 16 bit, alpha", png((4000, 4000), chunk(b"IDAT", zeros(4000 * 32001)), depth=16, colour=6)
    yield "png 16 Mpx, interlaced", png((4000, 4000), chunk(b"IDAT", zeros(4000 * 12100)), interlaced=1)
    yield "png 16 Mpx in a row", png((16_000_000, 1), chunk(b"IDAT", zeros(48_000_001)))
    yield "png 16 Mpx in a column", png((1, 16_000_000), chunk(b"IDAT", zeros(64_000_000)))
    yield "png larger than it says", png(whole, chunk(b"IDAT", zeros(500 << 20)))
    yield "png of two billion pixels", png((2**31 - 1, 2**31 - 1), idat)
    yield "png without size", png((0, 0), idat)
    yield "png with text that inflates to 400 MB", png(whole, chunk(b"zTXt", b"tdiff\0\0" + zeros(400 << 20)), idat)
    yield "png with iTXt that inflates", png(whole, chunk(b"iTXt", b"a\0\1\0\0\0" + zeros(400 << 20)), idat)
    yield "png with a profile that inflates", png(whole, chunk(b"iCCP", b"a\0\0" + zeros(400 << 20)), idat)
    yield "png with 300,000 texts", png(whole, *[chunk(b"tEXt", b"a\0b")] * 300_000, idat)
    yield "png with 10 MB of text", png(whole, chunk(b"tEXt", b"parameters\0" + b"Steps: 1, " * 1_000_000), idat)
    yield "png with 100 profiles", png(whole, *[chunk(b"zTXt", b"t\0\0" + zeros(1 << 20))] * 100, idat)
    yield "png with exif that loops", png(whole, chunk(b"eXIf", exif((0x8769, 4, 1, 8), after=8)[6:]), idat)
    yield "png with exif that lies", png(whole, chunk(b"eXIf", exif((0x9286, 7, 2**32 - 1, 0))[6:]), idat)
    yield "png with deep xmp", png(whole, chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"<a>" * 100_000), idat)
    bomb = b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 20))
    laughs = b'<!DOCTYPE x [<!ENTITY a0 "ha">' + bomb + b"]><x>&a19;</x>"
    yield "png with laughing xmp", png(whole, chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + laughs), idat)
    yield "png with a nested recipe", png(whole, chunk(b"tEXt", b"tdiff\0" + b"[" * 200_000), idat)
    yield "png with a long number", png(whole, chunk(b"tEXt", b'tdiff\0{"seed": ' + b"9" * 100_000 + b"}"), idat)
    moving = chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))
    yield "png of two billion frames", png(whole, moving, idat)
    yield "png of two bits", png((4000, 4000), chunk(b"IDAT", zeros(4000 * 1001)), depth=2, colour=0)
    yield "png with a palette of nothing", png(whole, chunk(b"IDAT", zeros(33 * 32)), colour=3)
    yield "jpeg with 100,000 comments", jpeg[:2] + segment(0xFE, b"") * 100_000 + jpeg[2:]
    yield "jpeg of markers", b"\xff\xd8" + b"\xff" * 1_000_000
    yield "jpeg of restarts", jpeg[:-2] + b"\xff\xd0" * 500_000 + b"\xff\xd9"
    yield "jpeg with exif that loops", jpeg[:2] + segment(0xE1, exif((0x8769, 4, 1, 8), after=8)) + jpeg[2:]
    yield "jpeg with exif of 60,000 bytes", jpeg[:2] + segment(0xE1, exif(*[(0x10F, 2, 60_000, 8)] * 4000)) + jpeg[2:]
    big = jpeg.index(b"\xff\xc0") + 5
    yield "jpeg that says 65,535", jpeg[:big] + b"\xff\xff\xff\xff" + jpeg[big + 4 :]
    yield "jpeg of 11,000 × 11,000", saved("JPEG", Image.new("L", (11_000, 11_000)))
    yield "jpeg in cmyk of 100 Mpx", saved("JPEG", Image.new("CMYK", (10_000, 10_000)))
    yield "progressive jpeg of 25 Mpx", saved("JPEG", Image.new("RGB", (5000, 5000)), progressive=True)
    head = b"GIF89a\xff\xff\xff\xff\xf7\0\0" + bytes(768)
    yield "gif that says 65,535", head + b",\0\0\0\0\xff\xff\xff\xff\0\x08\x02\x00\xff\0;"
    yield "gif of 100,000 frames", gif[:-1] + b",\0\0\0\0\1\0\1\0\0\2\2D\1\0" * 100_000 + b";"
    yield "gif of 1 MB of comments", gif[:-1] + b"!\xfe" + b"\xff" * 1_000_000 + b";"
    yield "gif without end", gif[:-1] + b"\0" * 500_000
    yield "webp that says 16,383", saved("WEBP", Image.new("RGB", (4000, 4000)))
    yield "webp with a canvas of 2^24", webp[:12] + b"VP8X\x0a\0\0\0\2\0\0\0" + b"\xff" * 6 + webp[12:]
    yield "webp of 100,000 chunks", webp + b"EXIF\0\0\0\0" * 100_000
    yield "webp with a chunk of 4 GB", webp[:12] + b"XMP \xff\xff\xff\xff" + webp[12:]


def good_pictures() -> list[bytes]:
    fields = text_fields(RECIPE)
    with_all = {"exif": exif((0x10E, 2, 4, 0x61616161)), "xmp": fields["XML:com.adobe.xmp"].encode()}
    return [
        png_bytes(NOISE, fields),
        gif_bytes([NOISE, NOISE[::-1]], text=fields),
        saved("JPEG", **with_all),
        saved("JPEG", progressive=True),
        saved("WEBP", **with_all),
        saved("WEBP", lossless=True),
        saved("PNG", Image.fromarray(NOISE).convert("P")),
    ]


def written(path: Path, inputs: Iterator[Input]) -> Iterator[Input]:
    """Inputs as the content of one file after the other."""
    for name, data in inputs:
        assert isinstance(data, bytes)
        path.write_bytes(data)
        yield name, path


def mutations(seeds: list[bytes], count: int) -> Iterator[Input]:
    for number in range(count):
        chance = random.Random(number)
        yield f"mutation {number}", mutated(seeds[number % len(seeds)], chance)


def test_crafted_pictures(tmp_path: Path) -> None:
    made = list(crafted())
    survived(tried(all_of_a_picture, written(tmp_path / "a", iter(made))), len(made))
    assert len(made) >= 40


def test_mutated_pictures(tmp_path: Path) -> None:
    count = times(140, 2000)
    survived(tried(all_of_a_picture, written(tmp_path / "a", mutations(good_pictures(), count))), count)


def test_mutated_recipes() -> None:
    count = times(300, 5000)
    seeds = [to_json(RECIPE).encode(), to_json(Recipe(seed=1)).encode()]
    survived(tried(from_json, mutations(seeds, count)), count)


SETTINGS = b"""
[appearance]\ntheme = "nord"\nreduced_motion = true\ncolor = "256"\nmouse = "auto"
[sampling]\nsteps = 20\nguidance = 4.0\nsampler = "ddim"
[privacy]\nkeep_prompts = true\nhistory = true
[keys]\nstep = "j"\nquit = "ctrl+q,q"
"""


def test_mutated_settings(tmp_path: Path) -> None:
    count = times(300, 5000)
    survived(tried(load_config, written(tmp_path / "config.toml", mutations([SETTINGS], count))), count)


def test_mutated_traces(tmp_path: Path) -> None:
    def look(path: Path) -> None:
        trace = open_trace(path)
        for index in range(len(trace.lines)):
            trace.previews(index)

    count = times(140, 2000)
    whole = [recorded(tmp_path / "run.tdiff").read_bytes(), recorded(tmp_path / "cut.tdiff", finish=False).read_bytes()]
    survived(tried(look, written(tmp_path / "a.tdiff", mutations(whole, count))), count)


def test_mutated_weights() -> None:
    from safetensors.numpy import save

    shapes = {"a": (2, 3), "b": (4,)}
    whole = save({"a": np.arange(6, dtype=np.float16).reshape(2, 3), "b": np.ones(4, np.float32)})
    count = times(300, 5000)
    survived(tried(lambda data: parse_weights(data, "w", shapes), mutations([whole], count)), count)


READERS: list[Callable[[Path], object]] = [
    load_picture, read_metadata, read_recipe_file, read, read_for_recipe, read_prompts, load_config, open_trace,
]  # fmt: skip


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_what_is_no_file(tmp_path: Path, reader: Callable[[Path], object]) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "to a device").symlink_to("/dev/zero")
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1 << 40)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "socket"))
    names = ["pipe", "folder", "loop", "gone", "to a device", "large", "socket", "none/at all", "n" * 300, "nul\0"]
    paths = [tmp_path / name for name in names] + [Path("/dev/zero"), Path("/dev/tty"), Path("/proc/self/mem")]

    def refused(path: object) -> None:
        assert isinstance(path, Path)
        reader(path)
        assert reader is load_config and not os.path.exists(path)  # there need be no settings

    with listening:
        survived(tried(refused, [(str(path), path) for path in paths]), len(paths))
