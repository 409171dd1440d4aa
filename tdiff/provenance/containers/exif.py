"""Every text in an Exif block, since generators put what they say about a picture into any of its fields.

Exif 3.0 (CIPA DC-008), 4.6; TIFF 6.0, section 2. The XP fields are those of the Windows Explorer, in UTF-16.
"""

from typing import Final, Literal

from tdiff.encodings import decode_utf16, guess_text
from tdiff.provenance.containers.found import TEXT_BYTES, Found

_EXIF_FOLDER: Final = 0x8769
_XMP: Final = 0x02BC
_USER_COMMENT: Final = 0x9286
_WINDOWS: Final = range(0x9C9B, 0x9CA0)  # XPTitle, XPComment, XPAuthor, XPKeywords, XPSubject
_TEXTS: Final = frozenset({0x010D, 0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x013C, 0x8298, _USER_COMMENT, *_WINDOWS})
"""Fields that are texts even where a tool wrote them as plain bytes."""
_TEXT_KINDS: Final = (2, 129)  # ASCII, UTF-8
_BYTE_KINDS: Final = (1, 7)  # byte, undefined
_CHARSETS: Final = (b"ASCII\0\0\0", b"JIS\0\0\0\0\0", b"UNICODE\0", b"\0" * 8)
_MOST_ENTRIES: Final = 256
_MOST_FOLDERS: Final = 4

_Order = Literal["little", "big"]


def add_exif(data: bytes, found: Found) -> None:
    """Read the texts of an Exif block: a TIFF header and its folders.

    Args:
        data: the block, with or without its own header ("Exif") before it.
        found: takes the texts, and what was odd.
    """
    data = data.removeprefix(b"Exif\0\0")
    orders: dict[bytes, _Order] = {b"II": "little", b"MM": "big"}
    order = orders.get(data[:2])
    if order is None or int.from_bytes(data[2:4], order) != 42:
        found.warn("its Exif block is damaged and was not read")
        return
    folders = [int.from_bytes(data[4:8], order)]
    for offset in folders:  # grows on the way
        more = [place for place in _folder(data, offset, order, found) if place not in folders]
        folders += more[: _MOST_FOLDERS - len(folders)]


def _folder(data: bytes, offset: int, order: _Order, found: Found) -> list[int]:
    """Read one folder; return where the Exif folder lies and the next one, if it names them."""
    more: list[int] = []
    count = min(int.from_bytes(data[offset : offset + 2], order), _MOST_ENTRIES)
    for number in range(count):
        entry = data[offset + 2 + 12 * number : offset + 14 + 12 * number]
        if len(entry) < 12:
            found.warn("its Exif block ends in the middle")
            return more
        tag, kind = int.from_bytes(entry[:2], order), int.from_bytes(entry[2:4], order)
        length, place = int.from_bytes(entry[4:8], order), int.from_bytes(entry[8:12], order)
        if tag == _EXIF_FOLDER:
            more.append(place)
        elif kind in _TEXT_KINDS or (kind in _BYTE_KINDS and tag in (*_TEXTS, _XMP)):
            raw = entry[8 : 8 + length] if length <= 4 else data[place : place + min(length, TEXT_BYTES)]
            if len(raw) < min(length, TEXT_BYTES):
                found.warn("its Exif block ends in the middle")
            _add(tag, raw, order, found)
    following = int.from_bytes(data[offset + 2 + 12 * count : offset + 6 + 12 * count], order)
    return [*more, following] if following else more


def _add(tag: int, raw: bytes, order: _Order, found: Found) -> None:
    from PIL.ExifTags import TAGS

    if tag == _XMP:
        found.add_xmp(raw)
        return
    if tag in _WINDOWS:
        text = decode_utf16(raw[: len(raw) & ~1], "little").rstrip("\0")
    elif tag == _USER_COMMENT:
        text = _comment(raw, order)
    else:
        text = guess_text(raw)
    if text.strip("\0 "):
        found.add_text(TAGS.get(tag, f"Exif {tag:#06x}"), text)


def _comment(raw: bytes, order: _Order) -> str:
    """A UserComment begins with eight bytes that name its character set, which some tools leave out."""
    mark = raw[:8].upper()
    if mark not in _CHARSETS:
        return guess_text(raw)
    body = raw[8:]
    if mark == b"UNICODE\0":
        return decode_utf16(body[: len(body) & ~1], order).rstrip("\0")
    if mark.startswith(b"JIS"):
        try:
            return body.rstrip(b"\0").decode("iso2022_jp")
        except UnicodeDecodeError:
            pass
    return guess_text(body)
