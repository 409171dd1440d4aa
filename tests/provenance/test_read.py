"""What a picture says of itself, saved and read back; stripped, forged and damaged files included."""

import json
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tdiff.errors import ImageError, RecipeError, TdiffError
from tdiff.provenance import read_metadata, text_fields
from tdiff.provenance.a1111 import parse_parameters
from tdiff.provenance.read import TEXT_LIMIT, metadata_of
from tdiff.provenance.recipe_file import read_recipe_file
from tdiff.recipe import Recipe, StartPicture, Switch
from tdiff.render.gif import gif_bytes
from tdiff.render.png import png_bytes
from tests.provenance.recipes import PICTURE, recipes

RECIPE = Recipe(prompt="a red äpple 🍎", negative="blue <b>", seed=7, steps=12, sampler="heun", model="01234567")
PARAMETERS = "a cat\nNegative prompt: a dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(*chunks: bytes) -> bytes:
    plain = png_bytes(PICTURE)
    return plain[:33] + b"".join(chunks) + plain[33:]


def saved(kind: str, **options: object) -> bytes:
    file = BytesIO()
    Image.fromarray(PICTURE).save(file, kind, **options)
    return file.getvalue()


def exif_with(comment: str, order: str) -> bytes:
    """An Exif block with a UserComment, which is where generators put parameters in JPEG and WebP."""
    mark, codec = (("<", "utf-16-le"), (">", "utf-16-be"))[order == "MM"]
    body = b"UNICODE\0" + comment.encode(codec)
    head = b"Exif\0\0" + order.encode() + struct.pack(f"{mark}HI", 42, 8)
    first = struct.pack(f"{mark}HHHIII", 1, 0x8769, 4, 1, 26, 0)
    return head + first + struct.pack(f"{mark}HHHIII", 1, 0x9286, 7, len(body), 44, 0) + body


@pytest.mark.parametrize("keep_prompt", [True, False])
def test_a_saved_picture_tells_how_it_was_made(tmp_path: Path, keep_prompt: bool) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png_bytes(PICTURE, text_fields(RECIPE, keep_prompt), 2))
    found = read_metadata(path)
    assert (found.format, found.size) == ("PNG", (16, 16))
    assert found.says_ai_made and found.source_type.endswith("/trainedAlgorithmicMedia")
    assert found.xmp["AISystemUsed"] == "tdiff"
    assert found.prompt_withheld is not keep_prompt
    assert found.recipe == (RECIPE if keep_prompt else RECIPE.replace(prompt="", negative=""))
    assert parse_parameters(found.parameters).prompt == (RECIPE.prompt if keep_prompt else "")
    assert len(found.warnings) == (0 if keep_prompt else 1)
    assert not found.carries_credentials and not found.other


def test_a_withheld_prompt_is_in_no_byte_of_the_file() -> None:
    recipe = RECIPE.replace(
        prompt="zebra", negative="yak", switches=(Switch(2, "walrus", "newt"),), start=StartPicture("0" * 64, 0.5)
    )
    fields = text_fields(recipe, keep_prompt=False)
    for data in (png_bytes(PICTURE, fields), gif_bytes([PICTURE], text=fields)):
        assert not any(word in data for word in (b"zebra", b"yak", b"walrus", b"newt"))
        assert metadata_of(data).source_type.endswith("compositeWithTrainedAlgorithmicMedia")


def test_a_film_tells_it_too() -> None:
    found = metadata_of(gif_bytes([PICTURE] * 3, 2, text_fields(RECIPE)))
    assert (found.format, found.size, found.recipe) == ("GIF", (16, 16), RECIPE)
    assert found.says_ai_made and found.warnings == () and not found.other


@settings(max_examples=300, deadline=None)
@given(recipes())
def test_every_recipe_survives_png_and_gif(recipe: Recipe) -> None:
    fields = text_fields(recipe)
    for data in (png_bytes(PICTURE, fields), gif_bytes([PICTURE], text=fields)):
        found = metadata_of(data)
        assert found.recipe == recipe
        assert found.warnings == ()


def test_pillow_reads_the_same_fields() -> None:
    image = Image.open(BytesIO(png_bytes(PICTURE, text_fields(RECIPE))))
    assert json.loads(image.text["tdiff"])["prompt"] == RECIPE.prompt
    assert image.text["parameters"].startswith(RECIPE.prompt)
    assert "trainedAlgorithmicMedia" in image.text["XML:com.adobe.xmp"]


def test_ascii_parameters_lie_where_other_tools_look() -> None:
    data = png_bytes(PICTURE, text_fields(RECIPE.replace(prompt="a red apple")))
    assert b"tEXtparameters\0a red apple\n" in data
    assert b"iTXttdiff\0" in data


def test_a_stripped_picture_says_nothing() -> None:
    found = metadata_of(png_bytes(PICTURE))
    assert (found.recipe, found.parameters, found.source_type, found.warnings) == (None, None, None, ())
    assert not found.says_ai_made


@pytest.mark.parametrize("order", ["II", "MM"])
@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_parameters_of_other_tools_are_found_in_exif(kind: str, order: str) -> None:
    found = metadata_of(saved(kind, exif=exif_with(PARAMETERS, order)))
    assert found.parameters == PARAMETERS
    assert "UserComment" not in found.other


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_xmp_of_other_tools_is_found(kind: str) -> None:
    found = metadata_of(saved(kind, xmp=text_fields(RECIPE)["XML:com.adobe.xmp"].encode()))
    assert found.says_ai_made
    assert found.size == (8, 8)


def test_comments_are_shown() -> None:
    assert metadata_of(saved("JPEG", comment="made by hand")).other == {"comment": "made by hand"}
    assert metadata_of(saved("GIF", comment="made by hand")).other == {"comment": "made by hand"}


def test_compressed_text_is_read_and_bounded() -> None:
    info = PngInfo()
    info.add_text("Title", "x" * 500, zip=True)
    info.add_itxt("Äther", "y" * 50_000, zip=True)
    assert metadata_of(saved("PNG", pnginfo=info)).other["Title"] == "x" * 500
    bomb = chunk(b"zTXt", b"bomb\0\0" + zlib.compress(b"z" * 50_000_000))
    found = metadata_of(png_with(bomb))
    assert len(found.other["bomb"]) == TEXT_LIMIT
    assert "256 kB" in found.warnings[0]


def test_text_is_cleaned_and_cut() -> None:
    hostile = chunk(b"tEXt", b"na\x1b]0;x\x07me\0\x1b[2J" + b"x" * 100_000)
    ((name, text),) = metadata_of(png_with(hostile)).other.items()
    assert "\x1b" not in name + text and "\x07" not in name
    assert len(text) == TEXT_LIMIT


def test_signed_credentials_are_noticed() -> None:
    box = b"\0\0\0\x30jumb\0\0\0\x28jumdc2pa" + b"\0" * 20
    jpeg = saved("JPEG")
    segment = b"JP\0\1\0\0\0\1" + box
    assert metadata_of(png_with(chunk(b"caBX", box))).carries_credentials
    marked = jpeg[:2] + b"\xff\xeb" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]
    assert metadata_of(marked).carries_credentials
    assert not metadata_of(jpeg).carries_credentials


def test_a_changed_parameters_text_is_noticed() -> None:
    fields = text_fields(RECIPE)
    fields["parameters"] = fields["parameters"].replace("Seed: 7", "Seed: 8").replace("red", "green")
    (warning,) = metadata_of(png_bytes(PICTURE, fields)).warnings
    assert "seed, prompt" in warning


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 99}', '{"schema": 1, "steps": -1}', "[" * 9999, "NaN", "\0"])
def test_a_forged_recipe_is_told_and_not_used(text: str) -> None:
    found = metadata_of(png_with(chunk(b"iTXt", b"tdiff\0\0\0\0\0" + text.encode())))
    assert found.recipe is None
    assert found.warnings[0].startswith("its recipe was not read: ")


def test_a_damaged_text_is_told() -> None:
    good = chunk(b"tEXt", b"Title\0hello")
    assert "checksum" in metadata_of(png_with(good[:-1] + bytes([good[-1] ^ 1]))).warnings[0]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_file_that_was_cut_short_is_told(kind: str) -> None:
    assert any("cut short" in w for w in metadata_of(saved(kind)[: 60 if kind != "JPEG" else 25]).warnings)


def test_a_picture_that_is_cut_in_its_scan_is_told() -> None:
    whole = saved("JPEG")
    assert not metadata_of(whole).warnings and not metadata_of(whole).damaged
    assert "cut short" in metadata_of(whole[:-40]).warnings[0]


def test_of_a_damaged_file_nobody_says_that_it_never_had_a_recipe(tmp_path: Path) -> None:
    whole = png_bytes(PICTURE, text_fields(RECIPE))
    path = tmp_path / "cut.png"
    path.write_bytes(whole[:100])
    assert not metadata_of(whole).damaged and metadata_of(whole[:100]).damaged
    with pytest.raises(RecipeError, match="is damaged, and no tdiff recipe could be read"):
        read_recipe_file(path)
    path.write_bytes(png_bytes(PICTURE))
    with pytest.raises(RecipeError, match="carries no tdiff recipe"):
        read_recipe_file(path)


@pytest.mark.parametrize("data", [b"BM" + b"\0" * 60, b"%PDF-1.7", b"\x89PNG", b"RIFF\0\0\0\0WAVE", b"x"])
def test_what_is_no_picture_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "odd.png"
    path.write_bytes(data)
    with pytest.raises(ImageError, match=r"odd\.png: this is no PNG"):
        read_metadata(path)


def test_many_tiny_blocks_are_given_up_in_time() -> None:
    head = b"GIF89a" + b"\1\0\1\0\0\0\0"
    assert "blocks" in metadata_of(head + b"!\xfe\1a\0" * 200_000).warnings[-1]
    assert metadata_of(b"\x89PNG\r\n\x1a\n" + chunk(b"abcd", b"") * 200_000).warnings
    assert metadata_of(head + b"!\xfe" + b"\1a" * 1_000_000).other


MAGIC = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"GIF89a", b""]
PIECES = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.tuples(
            st.sampled_from([b"IHDR", b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"caBX", b"IDAT", b"XMP ", b"EXIF"]),
            st.binary(max_size=40),
        ).map(lambda pair: chunk(*pair)),
        st.tuples(st.sampled_from([b"VP8X", b"VP8 ", b"VP8L", b"XMP ", b"EXIF", b"C2PA"]), st.binary(max_size=40)).map(
            lambda pair: pair[0] + struct.pack("<I", len(pair[1])) + pair[1]
        ),
        st.tuples(st.sampled_from([0xC0, 0xE1, 0xEB, 0xFE, 0xDA]), st.binary(max_size=40)).map(
            lambda pair: b"\xff" + bytes([pair[0]]) + struct.pack(">H", len(pair[1]) + 2) + pair[1]
        ),
        st.sampled_from([b"!\xff\x0bXMP DataXMP", b"!\xfe\3abc\0", b",", b";", b"Exif\0\0II*\0\x08\0\0\0", b"tdiff\0"]),
    ),
    max_size=8,
).map(b"".join)


@settings(max_examples=2000, deadline=None)
@given(st.sampled_from(MAGIC), PIECES)
def test_any_bytes_raise_nothing_but_our_errors(magic: bytes, rest: bytes) -> None:
    try:
        found = metadata_of(magic + rest)
    except TdiffError:
        return
    shown = [*found.other, *found.other.values(), *found.xmp, *found.xmp.values(), *found.warnings]
    assert not any(ord(c) < 32 and c != "\n" for text in shown for c in text)


FILES = [
    png_bytes(PICTURE, text_fields(RECIPE)),
    gif_bytes([PICTURE, PICTURE[::-1]], text=text_fields(RECIPE)),
    saved("JPEG", exif=exif_with(PARAMETERS, "II"), xmp=text_fields(RECIPE)["XML:com.adobe.xmp"].encode()),
    saved("WEBP", exif=exif_with(PARAMETERS, "MM"), xmp=text_fields(RECIPE)["XML:com.adobe.xmp"].encode()),
]


@settings(max_examples=2000, deadline=None)
@given(st.sampled_from(FILES), st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=12), st.data())
def test_damage_raises_nothing_but_our_errors(file: bytes, changes: list[tuple[int, int]], data: st.DataObject) -> None:
    damaged = bytearray(file)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    end = data.draw(st.integers(0, len(damaged)) | st.just(len(damaged)))
    try:
        found = metadata_of(bytes(damaged[:end]))
    except TdiffError:
        return
    assert found.recipe is None or found.recipe.seed >= 0
