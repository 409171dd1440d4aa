"""Texts that other tools put into picture files, in every container and in whatever field they chose."""

import zlib
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tdiff.encodings import decode_text, guess_text
from tdiff.provenance.read import Metadata, metadata_of

PARAMETERS = "a cat\nNegative prompt: a dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5"
WORKFLOW = '{"nodes": [{"type": "KSampler"}]}'
EXIF_FOLDER, USER_COMMENT = 0x8769, 0x9286
CONTAINERS = ("PNG", "JPEG", "WEBP")


def saved(kind: str, **options: object) -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, kind, **options)
    return file.getvalue()


def read_with(kind: str, fields: dict[int, object], inner: dict[int, object] | None = None) -> Metadata:
    """A picture with these fields in its first Exif folder, and those in its second, read back."""
    exif = Image.Exif()
    exif.update(fields)
    exif.get_ifd(EXIF_FOLDER).update(inner or {})
    return metadata_of(saved(kind, exif=exif))


@pytest.mark.parametrize("kind", CONTAINERS)
def test_graphs_are_found_in_make_and_model(kind: str) -> None:
    found = read_with(kind, {0x010F: f"workflow:{WORKFLOW}", 0x0110: 'prompt:{"3": {}}'})
    assert found.other == {"Make": f"workflow:{WORKFLOW}", "Model": 'prompt:{"3": {}}'}
    assert not found.warnings


@pytest.mark.parametrize("kind", CONTAINERS)
def test_every_text_of_both_folders_is_shown(kind: str) -> None:
    names = {0x010E: "ImageDescription", 0x013C: "HostComputer", 0xFDE8: "Exif 0xfde8"}
    inner = {0xA434: "LensModel", 0xA430: "CameraOwnerName", 0x9003: "DateTimeOriginal"}
    found = read_with(kind, {tag: f"text of {name}" for tag, name in names.items()}, inner)
    assert {name: found.other[name] for name in names.values()} == {n: f"text of {n}" for n in names.values()}
    assert {name: found.other[name] for name in inner.values()} == {n: n for n in inner.values()}


@pytest.mark.parametrize("kind", CONTAINERS)
def test_the_fields_of_windows_are_utf_16(kind: str) -> None:
    texts = {0x9C9B: "XPTitle", 0x9C9C: "XPComment", 0x9C9D: "XPAuthor", 0x9C9E: "XPKeywords", 0x9C9F: "XPSubject"}
    found = read_with(kind, {tag: f"{name} Größe 日本".encode("utf-16-le") + b"\0\0" for tag, name in texts.items()})
    assert found.other == {name: f"{name} Größe 日本" for name in texts.values()}


@pytest.mark.parametrize(
    "raw",
    [
        PARAMETERS.encode(),
        b"ASCII\0\0\0" + PARAMETERS.encode(),
        b"\0" * 8 + PARAMETERS.encode(),
        b"JIS\0\0\0\0\0" + PARAMETERS.encode("iso2022_jp"),
        b"UNICODE\0" + PARAMETERS.encode("utf-16-be"),
        b"UNICODE\0" + PARAMETERS.encode("utf-16-le"),
        b"Unicode\0" + b"\xff\xfe" + PARAMETERS.encode("utf-16-le"),
        PARAMETERS.encode("utf-16-le"),
        b"\xef\xbb\xbf" + PARAMETERS.encode(),
        PARAMETERS.encode() + b"\0\0\0",
    ],
)
def test_eight_bytes_go_only_if_they_name_a_character_set(raw: bytes) -> None:
    assert read_with("WEBP", {}, {USER_COMMENT: raw}).parameters == PARAMETERS


def test_a_short_comment_without_a_mark_is_whole() -> None:
    assert read_with("JPEG", {}, {USER_COMMENT: b"hi"}).other == {"UserComment": "hi"}
    assert read_with("JPEG", {}, {USER_COMMENT: "grüße".encode("cp1252")}).other == {"UserComment": "grüße"}


@pytest.mark.parametrize(
    "data",
    [
        saved("JPEG", comment=PARAMETERS.encode()),
        saved("JPEG", exif=b"Exif\0\0" + b"II*\0\x08\0\0\0\0\0\0\0\0\0", comment=PARAMETERS.encode()),
        saved("GIF", comment=PARAMETERS.encode()),
    ],
)
def test_parameters_are_found_in_a_comment(data: bytes) -> None:
    found = metadata_of(data)
    assert found.parameters == PARAMETERS
    assert "comment" not in found.other and not found.damaged


@pytest.mark.parametrize("tag", [0x010E, 0x9C9C])
def test_parameters_are_found_in_other_fields(tag: int) -> None:
    value = PARAMETERS.encode("utf-16-le") if tag == 0x9C9C else PARAMETERS
    assert read_with("JPEG", {tag: value}).parameters == PARAMETERS


def test_parameters_are_found_under_other_keywords_of_png() -> None:
    info = PngInfo()
    info.add_text("Comment", "made on a Monday")
    info.add_itxt("Description", PARAMETERS)
    found = metadata_of(saved("PNG", pnginfo=info))
    assert found.parameters == PARAMETERS
    assert found.other == {"Comment": "made on a Monday"}


def test_raw_profiles_of_image_magick_are_read() -> None:
    exif = Image.Exif()
    exif[0x0110] = f"workflow:{WORKFLOW}"
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="a kind"/></rdf:RDF></x:xmpmeta>'
    )
    caption = b"Photoshop 3.0\0" + iptc("a cat on a mat")
    info = PngInfo()
    for name, profile in (("exif", exif.tobytes()), ("xmp", packet), ("iptc", caption)):
        info.add_text(f"Raw profile type {name}", f"\n{name}\n{len(profile):8}\n{profile.hex()}\n", zip=True)
    found = metadata_of(saved("PNG", pnginfo=info))
    assert found.other == {"Model": f"workflow:{WORKFLOW}", "IPTC caption": "a cat on a mat"}
    assert found.xmp == {"format": "a kind"}


def iptc(caption: str) -> bytes:
    text = caption.encode()
    record = b"\x1c\x02\x78" + len(text).to_bytes(2) + text
    return b"8BIM\x04\x04\0\0" + len(record).to_bytes(4) + record


def test_captions_of_the_iptc_are_read() -> None:
    body = b"Photoshop 3.0\0" + iptc("a cät on a mat")
    plain = saved("JPEG")
    data = plain[:2] + b"\xff\xed" + (len(body) + 2).to_bytes(2) + body + plain[2:]
    assert metadata_of(data).other == {"IPTC caption": "a cät on a mat"}


def test_an_exif_block_that_points_into_itself_ends() -> None:
    looped = b"II*\0\x08\0\0\0" + b"\x01\0" + b"\x69\x87\x04\0\x01\0\0\0\x08\0\0\0" + b"\x08\0\0\0"
    assert metadata_of(saved("WEBP", exif=looped)).other == {}


def test_a_text_that_lies_outside_its_block_is_told() -> None:
    block = b"II*\0\x08\0\0\0" + b"\x01\0" + b"\x0f\x01\x02\0\x40\0\0\0\x1a\0\0\0" + b"\0\0\0\0" + b"abc"
    found = metadata_of(saved("WEBP", exif=block))
    assert found.other == {"Make": "abc"}
    assert any("ends in the middle" in warning for warning in found.warnings)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-8"])
def test_a_mark_says_how_a_text_is_encoded_and_is_no_part_of_it(encoding: str) -> None:
    assert decode_text("a red äpple\n".encode(encoding)) == "a red äpple\n"
    assert guess_text("a red äpple\n".encode(encoding)) == "a red äpple\n"


def test_text_in_no_encoding_we_know_is_refused_or_guessed() -> None:
    with pytest.raises(UnicodeDecodeError):
        decode_text("a red äpple".encode("cp1252"))
    assert guess_text("a red äpple".encode("cp1252")) == "a red äpple"


def test_a_compressed_text_keeps_to_its_encoding() -> None:
    body = b"Title\0\0" + zlib.compress("Größe".encode("latin-1"))
    chunk = len(body).to_bytes(4) + b"zTXt" + body + zlib.crc32(b"zTXt" + body).to_bytes(4)
    plain = saved("PNG")
    assert metadata_of(plain[:33] + chunk + plain[33:]).other == {"Title": "Größe"}
