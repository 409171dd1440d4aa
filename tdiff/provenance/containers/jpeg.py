"""JPEG: XMP and Exif in APP1, IPTC in APP13, comments in COM, credentials in APP11 (JUMBF).

ITU-T T.81 Annex B; XMP specification part 3, 1.1.3 and 1.1.3.1; C2PA technical specification, A.3.1.
"""

from dataclasses import dataclass, field
from hashlib import md5

from tdiff.encodings import guess_text
from tdiff.provenance.containers.exif import add_exif
from tdiff.provenance.containers.found import CUT_SHORT, TEXT_BYTES, TOO_MANY_BLOCKS, Found
from tdiff.provenance.containers.iptc import add_iptc
from tdiff.render.picture_file import BLOCKS_LIMIT

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_MORE_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_EXIF = b"Exif\0\0"
_MOST_PACKETS = 4
_END = b"\xff\xd9"
_ALONE = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})  # markers without a length
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def walk_jpeg(data: bytes, found: Found) -> None:
    """Walk through the segments of a JPEG file up to its first scan, where texts end."""
    further: dict[str, _Parts] = {}
    _walk(data, found, further)
    for name, parts in further.items():
        parts.join(name, found)


def _walk(data: bytes, found: Found, further: "dict[str, _Parts]") -> None:
    offset = 2
    for _ in range(BLOCKS_LIMIT):
        if offset + 4 > len(data):
            found.warn(CUT_SHORT)
            return
        if data[offset] != 0xFF:
            found.warn("a segment does not begin where it should, and the rest was not read")
            return
        marker = data[offset + 1]
        if marker == 0xFF:  # padding
            offset += 1
            continue
        if marker == 0xDA and data.rfind(_END) < offset:  # a scan that nothing ends
            found.warn(CUT_SHORT)
        if marker in (0xD9, 0xDA):  # end of image, start of scan
            return
        if marker in _ALONE:
            offset += 2
            continue
        length = int.from_bytes(data[offset + 2 : offset + 4])
        if length < 2 or offset + 2 + length > len(data):
            found.warn(CUT_SHORT)
            return
        body = data[offset + 4 : offset + 2 + length]
        if marker == 0xE1 and body.startswith(_MORE_XMP):
            _Parts.take(body[len(_MORE_XMP) :], further)
        else:
            _segment(marker, body, found)
        offset += 2 + length
    found.warn(TOO_MANY_BLOCKS)


@dataclass(slots=True)
class _Parts:
    """Parts of an XMP packet too long for one segment: its length, and the parts by where they belong."""

    length: int
    pieces: dict[int, bytes] = field(default_factory=dict)

    @staticmethod
    def take(body: bytes, further: "dict[str, _Parts]") -> None:
        """Take a segment: 32 characters of a digest that names the packet, its length, an offset, and a part."""
        name = body[:32].decode("ascii", "replace")
        if len(body) > 40 and (name in further or len(further) < _MOST_PACKETS):
            parts = further.setdefault(name, _Parts(int.from_bytes(body[32:36])))
            parts.pieces.setdefault(int.from_bytes(body[36:40]), body[40:])

    def join(self, name: str, found: Found) -> None:
        """Put the parts together, if all are there and their digest is that of the name."""
        whole = b"".join(self.pieces[offset] for offset in sorted(self.pieces))
        if len(whole) == self.length and md5(whole, usedforsecurity=False).hexdigest().upper() == name.upper():
            found.more_xmp[name.upper()] = whole
        else:
            found.warn("an XMP packet of several parts is not whole and was not read")


def _segment(marker: int, body: bytes, found: Found) -> None:
    if marker in _FRAMES and len(body) >= 5:
        found.size = int.from_bytes(body[3:5]), int.from_bytes(body[1:3])
    elif marker == 0xE1 and body.startswith(_XMP):
        found.add_xmp(body[len(_XMP) :])
    elif marker == 0xE1 and body.startswith(_EXIF):
        add_exif(body, found)
    elif marker == 0xEB and body.startswith(b"JP") and b"jumb" in body[:32] and b"c2pa" in body:
        found.has_credentials = True
    elif marker == 0xFE:
        found.add_text("comment", guess_text(body[:TEXT_BYTES]))
    elif marker == 0xED:
        add_iptc(body, found)
