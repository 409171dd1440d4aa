"""JPEG: XMP and Exif in APP1, IPTC in APP13, comments in COM, credentials in APP11 (JUMBF).

ITU-T T.81 Annex B; XMP specification part 3, 1.1.3; C2PA technical specification, A.3.1.
"""

from tdiff.encodings import guess_text
from tdiff.provenance.containers.exif import add_exif
from tdiff.provenance.containers.found import CUT_SHORT, MOST_BLOCKS, TEXT_BYTES, TOO_MANY_BLOCKS, Found
from tdiff.provenance.containers.iptc import add_iptc

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXIF = b"Exif\0\0"
_END = b"\xff\xd9"
_ALONE = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})  # markers without a length
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def walk_jpeg(data: bytes, found: Found) -> None:
    """Walk through the segments of a JPEG file up to its first scan, where texts end."""
    offset = 2
    for _ in range(MOST_BLOCKS):
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
        _segment(marker, data[offset + 4 : offset + 2 + length], found)
        offset += 2 + length
    found.warn(TOO_MANY_BLOCKS)


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
