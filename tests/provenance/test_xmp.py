"""XMP packets: what we say in the IPTC's words, and what others may say to us."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdiff.provenance.xmp import MADE, MADE_FROM_PICTURE, read_packet, write_packet
from tdiff.recipe import Recipe, StartPicture, Switch
from tests.provenance.recipes import recipes

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
IPTC = 'xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'


@settings(max_examples=2000, deadline=None)
@given(recipes(), st.booleans())
def test_any_recipe_makes_a_readable_packet(recipe: Recipe, keep_prompt: bool) -> None:
    found = read_packet(write_packet(recipe, "1.0", keep_prompt).encode())
    assert found.damage == ""
    assert found.source_type == (MADE if recipe.start is None else MADE_FROM_PICTURE)
    fields = dict(found.fields)
    assert fields["AISystemUsed"] == "tdiff"
    assert fields["AISystemVersionUsed"].startswith("1.0")
    if not keep_prompt:
        assert "AIPromptInformation" not in fields


def test_the_prompt_information_has_all_that_was_asked_for() -> None:
    recipe = Recipe(prompt='a <red> & "big"\napple', negative="blue", switches=(Switch(3, "a cat", "a dog"),))
    fields = dict(read_packet(write_packet(recipe, "1").encode()).fields)
    assert fields["AIPromptInformation"].split("\n") == [
        'Prompt: a <red> & "big" apple',
        "Negative prompt: blue",
        "Prompt from step 4: a cat",
        "Negative prompt from step 4: a dog",
    ]


def test_a_picture_made_of_a_picture_says_so() -> None:
    recipe = Recipe(prompt="x", start=StartPicture("0" * 64, 0.5))
    assert "compositeWithTrainedAlgorithmicMedia" in write_packet(recipe, "1", keep_prompt=False)


@pytest.mark.parametrize(
    "description",
    [
        f'<rdf:Description {IPTC} i:DigitalSourceType="{MADE}"/>',
        f"<rdf:Description {IPTC}><i:DigitalSourceType>{MADE}</i:DigitalSourceType></rdf:Description>",
        f'<rdf:Description {IPTC}><i:DigitalSourceType rdf:resource="{MADE}"/></rdf:Description>',
    ],
)
def test_all_three_spellings_of_a_property_are_read(description: str) -> None:
    assert read_packet(f"<rdf:RDF {RDF}>{description}</rdf:RDF>".encode()).source_type == MADE


def test_lists_are_joined() -> None:
    packet = (
        f'<rdf:RDF {RDF} xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description><dc:creator><rdf:Seq>'
        "<rdf:li>Ann</rdf:li><rdf:li>Bob</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF>"
    )
    assert read_packet(packet.encode()).fields == (("creator", "Ann; Bob"),)


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "entities"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "entities"),
        (b"<x>", "well-formed"),
        (b"", "well-formed"),
        (b'<?xml version="1.0" encoding="nonsense"?><x/>', "well-formed"),
        (b"<x>" + b" " * 300_000, "256 kB"),
        (b"<a>" * 60_000, "well-formed"),
    ],
    ids=["entity", "external", "open", "empty", "encoding", "large", "deep"],
)
def test_bad_packets_are_told(packet: bytes, words: str) -> None:
    assert words in read_packet(packet).damage


def test_deep_nesting_is_read_in_time() -> None:
    opening, closing = f"<rdf:Description {RDF}>", "</rdf:Description>"
    depth = 250_000 // (len(opening) + len(closing))
    assert read_packet((opening * depth + closing * depth).encode()).damage == ""


@settings(max_examples=2000, deadline=None)
@given(
    st.binary(max_size=300)
    | st.tuples(st.integers(0, 900), st.binary(min_size=1, max_size=6)).map(
        lambda change: (
            (packet := write_packet(Recipe(prompt="a cat"), "1").encode())[: change[0]]
            + change[1]
            + packet[change[0] + len(change[1]) :]
        )
    )
)
def test_any_bytes_are_read_and_come_out_clean(packet: bytes) -> None:
    found = read_packet(packet)
    shown = [found.source_type or "", *(part for pair in found.fields for part in pair)]
    assert not any(ord(c) < 32 and c != "\n" for part in shown for c in part)
