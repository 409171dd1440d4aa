"""How a trace lies in its file: frames that are only ever appended, each a whole safetensors file.

    16 bytes   magic: 89 "tdiff-trace" 0D 0A 1A 0A
    then frames, each of
     4 bytes   kind: HEAD (first), STEP (any number), DONE (last, of a recording that came to its end)
     4 bytes   CRC-32 of kind, length and content, little-endian
     8 bytes   length of the content, little-endian
               content: a safetensors file; its metadata has one key, "tdiff", with a JSON document

safetensors has one header in front, which would have to be written anew at every step; frames need not, so that a
recording that was killed opens up to its last whole step. See docs/traces.md.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from tdiff.errors import TraceError

MAGIC: Final = b"\x89tdiff-trace\r\n\x1a\n"
"""As PNG's: the first byte is no text, and a transfer that changes line ends shows."""

HEAD, STEP, DONE = b"HEAD", b"STEP", b"DONE"
FRAME_LIMIT: Final = 256 * 2**20
FILE_LIMIT: Final = 8 * 2**30

_PREFIX: Final = struct.Struct("<4sIQ")


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a whole frame lies.

    Attributes:
        kind: HEAD, STEP or DONE.
        offset: of its content in the file.
        length: of its content, in bytes.
        checksum: CRC-32 that its content must have.
    """

    kind: bytes
    offset: int
    length: int
    checksum: int


class Cut(Exception):
    """The file ends within a frame, or the frame's checksum is wrong; the message says which."""


def frame_bytes(kind: bytes, content: bytes) -> bytes:
    """Return a frame, ready to be appended."""
    return _PREFIX.pack(kind, _checksum(kind, content), len(content)) + content


def whole_frames(file: BinaryIO, size: int) -> Iterator[tuple[Frame, bytes]]:
    """Read a file's frames, one at a time, with what they hold.

    Args:
        file: at its beginning.
        size: of the file, in bytes.

    Raises:
        TraceError: it is no trace, or claims a frame that no trace has.
        Cut: it ends within a frame or a checksum is wrong; all frames before are good.
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise TraceError("this is no trace of tdiff", remedy="give a file that was recorded with it")
    place = len(MAGIC)
    while place < size:
        prefix = file.read(_PREFIX.size)
        if len(prefix) < _PREFIX.size:
            raise Cut("the file ends early")
        kind, checksum, length = _PREFIX.unpack(prefix)
        if kind not in (HEAD, STEP, DONE):
            raise Cut("the file is damaged there")
        if length > FRAME_LIMIT:
            raise TraceError(
                f"this trace claims a part of {length / 2**20:,.0f} MB, and {FRAME_LIMIT // 2**20} MB is the most that "
                "is read: it is damaged, or was not recorded by tdiff"
            )
        place += _PREFIX.size
        if length > size - place:
            raise Cut("the file ends early")
        frame = Frame(kind, place, length, checksum)
        yield frame, checked(frame, file.read(length))
        place += length


def checked(frame: Frame, content: bytes) -> bytes:
    """Return a frame's content if it is what was written.

    Raises:
        Cut: it is not.
    """
    if len(content) != frame.length:
        raise Cut("the file ends early")
    if _checksum(frame.kind, content) != frame.checksum:
        raise Cut("the file is damaged there")
    return content


def _checksum(kind: bytes, content: bytes) -> int:
    return zlib.crc32(content, zlib.crc32(kind + struct.pack("<Q", len(content))))
