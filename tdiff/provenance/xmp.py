"""XMP packets that say, in the IPTC's words, that a trained algorithm made a picture.

IPTC Photo Metadata Standard 2025.1, extension schema: DigitalSourceType, AISystemUsed,
AISystemVersionUsed and AIPromptInformation are simple texts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from tdiff.provenance.a1111 import one_line
from tdiff.recipe import Recipe
from tdiff.text import clean_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MADE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""Source type of a picture made by a model from noise."""

MADE_FROM_PICTURE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""Source type of a picture that a model made of somebody's picture."""

CAPTURED: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
"""Source type of what a camera took; tdiff writes it nowhere but in lesson 4, to show that anybody can."""

SIZE_LIMIT: Final = 256 * 1024
"""Largest packet in bytes that is read."""

_IPTC: Final = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XMP: Final = "http://ns.adobe.com/xap/1.0/"
_NOTE: Final = "http://ns.adobe.com/xmp/note/"
_SYSTEM: Final = "tdiff"
_FIELD_LIMIT: Final = 8192
_MOST_FIELDS: Final = 64


@dataclass(frozen=True, slots=True)
class Xmp:
    """What an XMP packet says.

    Attributes:
        source_type: the IPTC DigitalSourceType, a URL, or None.
        fields: other properties, name and value, cleaned.
        damage: why it could not be read, one sentence, or "".
        goes_on: name of a packet that has more of it, or "".
    """

    source_type: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    damage: str = ""
    goes_on: str = ""


def source_type(recipe: Recipe) -> str:
    """Return the IPTC DigitalSourceType of what a recipe makes."""
    return MADE if recipe.start is None else MADE_FROM_PICTURE


def write_packet(recipe: Recipe, version: str, keep_prompt: bool = True) -> str:
    """Return the XMP packet of a recipe.

    Args:
        recipe: how the picture was made.
        version: of tdiff.
        keep_prompt: off leaves prompt and negative out, never the source type.
    """
    fields = {
        "Iptc4xmpExt:DigitalSourceType": source_type(recipe),
        "Iptc4xmpExt:AISystemUsed": _SYSTEM,
        "Iptc4xmpExt:AISystemVersionUsed": _version(recipe, version),
        "xmp:CreatorTool": f"{_SYSTEM} {version}",
    }
    if keep_prompt and (recipe.prompt or recipe.negative or recipe.switches):
        fields["Iptc4xmpExt:AIPromptInformation"] = _prompt_information(recipe)
    return _packet(fields)


def write_recorded_packet(system: str, version: str, prompt: str = "", negative: str = "") -> str:
    """Return the XMP packet of a picture that another tool made and tdiff recorded.

    Args:
        system: what made it.
        version: of the model.
        prompt: "" where it is not known, or to be left out.
        negative: likewise.
    """
    fields = {
        "Iptc4xmpExt:DigitalSourceType": MADE,
        "Iptc4xmpExt:AISystemUsed": clean_text(system, 200),
        "Iptc4xmpExt:AISystemVersionUsed": clean_text(version, 200),
    }
    texts = (("Prompt", prompt), ("Negative prompt", negative))
    told = [f"{name}: {one_line(text)}" for name, text in texts if text]
    if told:
        fields["Iptc4xmpExt:AIPromptInformation"] = clean_text("\n".join(told), _FIELD_LIMIT, newlines=True)
    return _packet(fields)


def _packet(fields: Mapping[str, str]) -> str:
    body = "\n".join(f"   <{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        f' <rdf:RDF xmlns:rdf="{_RDF}">\n'
        f'  <rdf:Description rdf:about="" xmlns:Iptc4xmpExt="{_IPTC}" xmlns:xmp="{_XMP}">\n'
        f"{body}\n"
        "  </rdf:Description>\n"
        " </rdf:RDF>\n"
        "</x:xmpmeta>\n"
        '<?xpacket end="r"?>'
    )


def read_packets(packet: bytes, further: Mapping[str, bytes]) -> Xmp:
    """Read a packet, and the one that it goes on in; see `read_packet`.

    Args:
        packet: the first.
        further: others by name.
    """
    xmp = read_packet(packet)
    if xmp.goes_on not in further:
        return xmp
    more = read_packet(further[xmp.goes_on])
    return Xmp(
        xmp.source_type or more.source_type, (*xmp.fields, *more.fields)[:_MOST_FIELDS], xmp.damage or more.damage
    )


def read_packet(packet: bytes) -> Xmp:
    """Read a packet of any origin: nothing in it is fetched or expanded, and damage is told, not raised."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(packet) > SIZE_LIMIT:
        return Xmp(damage=f"its XMP packet has more than {SIZE_LIMIT // 1024} kB and was not read")
    try:
        root = fromstring(packet.strip(b"\0 \t\r\n"), forbid_dtd=True)
    except DefusedXmlException:
        return Xmp(damage="its XMP packet defines entities, which none needs, and was not read")
    except (ParseError, ValueError, LookupError):  # LookupError: an encoding that nobody knows
        return Xmp(damage="its XMP packet is not well-formed XML and was not read")
    source: str | None = None
    goes_on = ""
    fields: list[tuple[str, str]] = []
    for name, value in _properties(root):
        if name == f"{{{_IPTC}}}DigitalSourceType" and source is None:
            source = clean_text(value, 200)
        elif name == f"{{{_NOTE}}}HasExtendedXMP":
            goes_on = value.strip().upper()
        elif len(fields) < _MOST_FIELDS:
            fields.append((clean_text(name.rpartition("}")[2], 60), clean_text(value, SIZE_LIMIT, newlines=True)))
    return Xmp(source, tuple(fields), goes_on=goes_on)


def _version(recipe: Recipe, version: str) -> str:
    if recipe.model is None:
        return version
    ran = " ".join(part for part in (recipe.engine, recipe.dtype) if part)
    made = " ".join(part for part in (recipe.model_name, recipe.model) if part)
    return f"{version}, model {made}{f', {ran}' if ran else ''}"


def _prompt_information(recipe: Recipe) -> str:
    """All that was asked for, in words: the standard has one field for it."""
    parts = [f"Prompt: {one_line(recipe.prompt)}"]
    if recipe.negative:
        parts.append(f"Negative prompt: {one_line(recipe.negative)}")
    for switch in recipe.switches:
        if switch.prompt is not None:
            parts.append(f"Prompt from step {switch.step + 1}: {one_line(switch.prompt)}")
        if switch.negative is not None:
            parts.append(f"Negative prompt from step {switch.step + 1}: {one_line(switch.negative)}")
    return clean_text("\n".join(parts), _FIELD_LIMIT, newlines=True)


def _properties(root: "Element") -> Iterator[tuple[str, str]]:
    """Properties of all descriptions, written as attributes or elements; of lists the first entry."""
    for description in root.iter(f"{{{_RDF}}}Description"):
        for name, value in description.items():
            if not name.startswith((f"{{{_RDF}}}", "{http://www.w3.org/XML/")):
                yield name, value
        for child in description:
            value = child.get(f"{{{_RDF}}}resource") or child.text or ""
            entries = [entry.text or "" for entry in child.iter(f"{{{_RDF}}}li")]
            yield child.tag, "; ".join(entries) if entries else value.strip()
