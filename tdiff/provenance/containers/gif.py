"""GIF: comments, texts to be drawn, and XMP in an application block.

GIF89a specification, 15 to 26; XMP specification part 3, 1.1.2; C2PA technical specification, A.3.4.
"""

from tdiff.encodings import guess_text
from tdiff.provenance.containers.found import CUT_SHORT, TEXT_BYTES, TOO_MANY_BLOCKS, Found
from tdiff.render.picture_file import BLOCKS_LIMIT

_XMP = b"XMP DataXMP"
_CREDENTIALS = b"C2PA_GIF"
_TRAILER_START = b"\x01\xff\xfe\xfd\xfc"  # the packet is not cut into blocks: 257 bytes lead out of it
_TRAILER_BYTES = 258


def walk_gif(data: bytes, found: Found) -> None:
    """Walk through the blocks of a GIF file."""
    if len(data) < 13:
        found.warn(CUT_SHORT)
        return
    found.size = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    offset = 13 + _table_bytes(data[10])
    for _ in range(BLOCKS_LIMIT):
        kind = data[offset : offset + 1]
        if kind == b";":
            return
        if kind == b"!":
            offset = _extension(data, offset, found)
        elif kind == b"," and offset + 10 <= len(data):
            offset = _skip_blocks(data, offset + 11 + _table_bytes(data[offset + 9]))
        else:
            cut = offset >= len(data) or kind == b","
            found.warn(CUT_SHORT if cut else "a block of no known kind was met, and the rest was not read")
            return
    found.warn(TOO_MANY_BLOCKS)


def _table_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _extension(data: bytes, offset: int, found: Found) -> int:
    """Read an extension block; return where the next block begins."""
    label, length = data[offset + 1 : offset + 2], data[offset + 2 : offset + 3]
    if label == b"\xfe":
        text, after = _join_blocks(data, offset + 2)
        found.add_text("comment", guess_text(text))
        return after
    if label == b"\x01":
        text, after = _join_blocks(data, _skip_block(data, offset + 2))
        found.add_text("text", guess_text(text))
        return after
    if label == b"\xff" and length == b"\x0b":
        name = data[offset + 3 : offset + 14]
        if name == _XMP:
            return _xmp(data, offset + 14, found)
        if name.startswith(_CREDENTIALS):
            found.has_credentials = True
    return _skip_blocks(data, offset + 2)


def _xmp(data: bytes, start: int, found: Found) -> int:
    end = data.find(_TRAILER_START, start)
    if end < 0:
        return _skip_blocks(data, start)
    found.add_xmp(data[start:end])
    return end + _TRAILER_BYTES


def _skip_blocks(data: bytes, offset: int) -> int:
    while offset < len(data) and data[offset]:
        offset += 1 + data[offset]
    return offset + 1


def _skip_block(data: bytes, offset: int) -> int:
    return offset + 1 + data[offset] if offset < len(data) else offset


def _join_blocks(data: bytes, offset: int) -> tuple[bytes, int]:
    parts: list[bytes] = []
    room = TEXT_BYTES
    while offset < len(data) and data[offset]:
        part = data[offset + 1 : offset + 1 + min(data[offset], room)]
        parts.append(part)
        room -= len(part)
        offset += 1 + data[offset]
    return b"".join(parts), offset + 1
