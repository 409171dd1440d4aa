"""The few Exif fields that say where a picture came from.

Exif 3.0 (CIPA DC-008), 4.6; TIFF 6.0, section 2.
"""

from typing import Final, Literal

from tdiff.provenance.containers.found import TEXT_BYTES, Found

_TEXTS: Final = {
    0x010E: "ImageDescription",
    0x0131: "Software",
    0x013B: "Artist",
    0x8298: "Copyright",
    0x9286: "UserComment",  # where image generators put `parameters` in JPEG and WebP
}
_EXIF_FOLDER: Final = 0x8769
_MOST_ENTRIES: Final = 256
_ITEM_BYTES: Final = {1: 1, 2: 1, 7: 1, 129: 1}  # byte, ASCII, undefined, UTF-8

_Order = Literal["little", "big"]


def add_exif(data: bytes, found: Found) -> None:
    """Read the texts of an Exif block (a TIFF header and its folders); what is odd is passed over."""
    orders: dict[bytes, _Order] = {b"II": "little", b"MM": "big"}
    order = orders.get(data[:2])
    if order is None or int.from_bytes(data[2:4], order) != 42:
        found.warn("its Exif block is damaged and was not read")
        return
    inner = _folder(data, int.from_bytes(data[4:8], order), order, found)
    if inner is not None:
        _folder(data, inner, order, found)


def _folder(data: bytes, offset: int, order: _Order, found: Found) -> int | None:
    """Read one folder; return where the Exif folder lies, if it names one."""
    inner = None
    count = int.from_bytes(data[offset : offset + 2], order)
    for number in range(min(count, _MOST_ENTRIES)):
        entry = data[offset + 2 + 12 * number : offset + 14 + 12 * number]
        if len(entry) < 12:
            found.warn("its Exif block ends in the middle")
            return None
        tag, kind = int.from_bytes(entry[:2], order), int.from_bytes(entry[2:4], order)
        length = int.from_bytes(entry[4:8], order) * _ITEM_BYTES.get(kind, 0)
        place = int.from_bytes(entry[8:12], order)
        if tag == _EXIF_FOLDER:
            inner = place
        elif tag in _TEXTS and length:
            raw = entry[8 : 8 + length] if length <= 4 else data[place : place + min(length, TEXT_BYTES)]
            found.add_text(_TEXTS[tag], _decoded(raw, tag == 0x9286))
    return inner


def _decoded(raw: bytes, has_charset: bool) -> str:
    if has_charset:
        charset, raw = raw[:8], raw[8:]
        if charset == b"UNICODE\0":
            # The byte order is not said anywhere: English has its zeros in the high bytes.
            big = raw[0::2].count(0) >= raw[1::2].count(0)
            return raw.decode("utf-16-be" if big else "utf-16-le", "replace").rstrip("\0")
    return raw.rstrip(b"\0").decode("utf-8", "replace")
