"""What text some bytes are: byte order marks, UTF-8, UTF-16, and for the rest a guess."""

import codecs
from typing import Final

_MARKS: Final = (  # the longer before those that begin like them
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


BYTE_ORDER_MARK: Final = "\ufeff"
"""Decoded; it also stands within files that were put together."""


def decode_text(data: bytes) -> str:
    """Decode a text file: UTF-8, or what its byte order mark says. The mark is no part of the text.

    Raises:
        UnicodeDecodeError: it is neither.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding)
    return data.decode("utf-8")


def guess_text(data: bytes) -> str:
    """Decode a text of unknown origin as well as can be: UTF-8, UTF-16 without a mark, or Windows-1252.

    Zeros at its end are no part of it.
    """
    text = data.rstrip(b"\0")
    marked = any(data.startswith(mark) for mark, _ in _MARKS)
    if not marked and max(text[0::2].count(0), text[1::2].count(0)) * 4 > len(text):  # half of one half
        return decode_utf16(data[: len(text) + len(text) % 2])
    try:
        return decode_text(data).rstrip("\0") if marked else text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace")


def decode_utf16(data: bytes, default: str = "big") -> str:
    """Decode UTF-16 whose byte order nothing says, unless a mark does; broken characters become U+FFFD.

    Args:
        data: the text.
        default: "big" or "little", where neither half of the bytes has more zeros, as ASCII has in its high bytes.
    """
    for mark, encoding in _MARKS[3:]:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    high, low = data[0::2].count(0), data[1::2].count(0)
    order = default if high == low else "big" if high > low else "little"
    return data.decode("utf-16-be" if order == "big" else "utf-16-le", "replace")
