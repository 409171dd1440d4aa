"""WebP: Exif, XMP and credentials each in a chunk of their own.

WebP container specification (RFC 9649, 2.7); C2PA technical specification, A.3.7.
"""

from tdiff.provenance.containers.exif import add_exif
from tdiff.provenance.containers.found import CUT_SHORT, TOO_MANY_BLOCKS, Found
from tdiff.render.picture_file import BLOCKS_LIMIT


def walk_webp(data: bytes, found: Found) -> None:
    """Walk through the chunks of a WebP file."""
    offset = 12
    for _ in range(BLOCKS_LIMIT):
        if offset >= len(data):
            return
        length = int.from_bytes(data[offset + 4 : offset + 8], "little")
        if offset + 8 + length > len(data):
            found.warn(CUT_SHORT)
            return
        _chunk(data[offset : offset + 4], data[offset + 8 : offset + 8 + length], found)
        offset += 8 + length + length % 2
    found.warn(TOO_MANY_BLOCKS)


def _chunk(kind: bytes, body: bytes, found: Found) -> None:
    if kind == b"VP8X" and len(body) >= 10:
        found.size = int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    elif kind == b"VP8 " and len(body) >= 10 and found.size is None:
        found.size = (
            int.from_bytes(body[6:8], "little") & 0x3FFF,
            int.from_bytes(body[8:10], "little") & 0x3FFF,
        )
    elif kind == b"VP8L" and len(body) >= 5 and found.size is None:
        bits = int.from_bytes(body[1:5], "little")
        found.size = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"EXIF":
        add_exif(body, found)
    elif kind == b"XMP ":
        found.add_xmp(body)
    elif kind == b"C2PA":
        found.has_credentials = True
