"""XMP of a JPEG that goes on in further segments, as long recipes do (XMP specification part 3, 1.1.3.1)."""

import struct
from hashlib import md5
from io import BytesIO
from xml.sax.saxutils import escape

import pytest
from PIL import Image

from tdiff.provenance.read import metadata_of
from tdiff.recipe import Recipe, Switch
from tdiff.recipe.json import to_json

LONG = Recipe(
    prompt="a red apple " * 160, seed=7, steps=80, switches=tuple(Switch(step, "a cat " * 330) for step in range(1, 60))
)
NOTE, XAP = "http://ns.adobe.com/xmp/note/", b"http://ns.adobe.com/xap/1.0/\0"
MORE = b"http://ns.adobe.com/xmp/extension/\0"


def packet(properties: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:xmpNote="{NOTE}" xmlns:t="urn:tdiff">{properties}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def segment(body: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def parts(whole: bytes, size: int = 60_000) -> list[bytes]:
    name = md5(whole).hexdigest().upper().encode()
    return [
        segment(MORE + name + struct.pack(">II", len(whole), offset) + whole[offset : offset + size])
        for offset in range(0, len(whole), size)
    ]


def jpeg(whole: bytes, segments: list[bytes]) -> bytes:
    file = BytesIO()
    Image.new("RGB", (32, 32)).save(file, "JPEG")
    name = md5(whole).hexdigest().upper()
    first = segment(XAP + packet(f"<xmpNote:HasExtendedXMP>{name}</xmpNote:HasExtendedXMP><t:note>first</t:note>"))
    return file.getvalue()[:2] + first + b"".join(segments) + file.getvalue()[2:]


def test_a_recipe_over_several_segments_is_read_in_whatever_order_they_stand() -> None:
    whole = packet(f"<t:tdiff>{escape(to_json(LONG))}</t:tdiff><t:more>and more</t:more>")
    made = parts(whole)
    assert len(made) > 1
    for segments in (made, made[::-1]):
        found = metadata_of(jpeg(whole, segments))
        assert found.recipe == LONG and found.warnings == ()
        assert found.xmp["note"] == "first" and found.xmp["more"] == "and more"


def test_settings_of_another_tool_are_found_there_too() -> None:
    text = "a cat\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 3, Size: 512x512"
    whole = packet(f"<t:description>{text}</t:description>")
    assert metadata_of(jpeg(whole, parts(whole))).parameters == text


@pytest.mark.parametrize("change", ["lost", "changed", "another", "overlapping", "short"])
def test_what_is_not_whole_is_said_and_not_read(change: str) -> None:
    whole = packet(f"<t:tdiff>{escape(to_json(LONG))}</t:tdiff>")
    segments = parts(whole)
    if change == "lost":
        del segments[1]
    elif change == "changed":
        segments[1] = segments[1].replace(b"a cat", b"a dog")
    elif change == "another":
        segments = parts(whole.replace(b"a cat", b"a dog"))
    elif change == "overlapping":
        segments = [*parts(whole, 60_000), *parts(whole, 50_000)]
    else:
        segments[-1] = segment(segments[-1][4:60])
    found = metadata_of(jpeg(whole, segments))
    assert found.recipe is None and found.xmp["note"] == "first"
    assert any("not whole" in warning for warning in found.warnings) == (change != "another")
