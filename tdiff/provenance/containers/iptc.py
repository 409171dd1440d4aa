"""Captions and keywords in the older form of the IPTC, which JPEG keeps in a block of Photoshop's.

IPTC-NAA Information Interchange Model 4.2, record 2; Adobe Photoshop file formats, image resource blocks.
"""

from typing import Final

from tdiff.encodings import guess_text
from tdiff.provenance.containers.found import TEXT_BYTES, Found

_START: Final = b"8BIM\x04\x04"
_NAMES: Final = {
    5: "IPTC title",
    25: "IPTC keywords",
    40: "IPTC instructions",
    80: "IPTC by-line",
    105: "IPTC headline",
    110: "IPTC credit",
    115: "IPTC source",
    116: "IPTC copyright",
    120: "IPTC caption",
}
_MOST: Final = 256


def add_iptc(data: bytes, found: Found) -> None:
    """Read the texts of a Photoshop block, if it has any."""
    start = data.find(_START)
    if start < 0:
        return
    name = data[start + 6] + 1 if start + 6 < len(data) else 1
    offset = start + 6 + name + name % 2 + 4
    for _ in range(_MOST):
        if data[offset : offset + 1] != b"\x1c" or offset + 5 > len(data):
            return
        record, item = data[offset + 1], data[offset + 2]
        length = int.from_bytes(data[offset + 3 : offset + 5])
        if length & 0x8000:  # a length of more bytes, which no text needs
            return
        if record == 2 and item in _NAMES:
            found.add_text(_NAMES[item], guess_text(data[offset + 5 : offset + 5 + min(length, TEXT_BYTES)]))
        offset += 5 + length
