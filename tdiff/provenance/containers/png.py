"""PNG: texts in tEXt, zTXt and iTXt chunks, XMP in an iTXt, Exif in eXIf, credentials in caBX.

Before PNG had a chunk for Exif, ImageMagick began to write it, XMP and IPTC as texts of hex digits ("raw profiles").

PNG specification, third edition (W3C 2025), 5.3 and 11.3.3; C2PA technical specification, A.3.2.
"""

import zlib

from tdiff.provenance.containers.exif import add_exif
from tdiff.provenance.containers.found import CUT_SHORT, TEXT_BYTES, TOO_MANY_BLOCKS, Found
from tdiff.provenance.containers.iptc import add_iptc
from tdiff.render.picture_file import BLOCKS_LIMIT

_PROFILE = "Raw profile type "
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_KEY = "XML:com.adobe.xmp"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_MOST_DEFLATED = 1032  # bytes that a byte of deflated data can become, at the very most


def walk_png(data: bytes, found: Found) -> None:
    """Walk through the chunks of a PNG file."""
    offset, pixel_bytes = 8, 0
    for _ in range(BLOCKS_LIMIT):
        if offset + 12 > len(data):
            found.warn(CUT_SHORT)
            return
        length = int.from_bytes(data[offset : offset + 4])
        kind = data[offset + 4 : offset + 8]
        if offset + 12 + length > len(data):
            found.warn(CUT_SHORT)
            return
        if kind == b"IEND":
            _check_size(data, pixel_bytes, found)
            return
        if kind == b"IDAT":
            pixel_bytes += length
        else:
            body = data[offset + 8 : offset + 8 + length]
            checksum = int.from_bytes(data[offset + 8 + length : offset + 12 + length])
            _chunk(kind, body, zlib.crc32(kind + body) == checksum, found)
        offset += 12 + length
    found.warn(TOO_MANY_BLOCKS)


def _check_size(data: bytes, pixel_bytes: int, found: Found) -> None:
    """Notice a header that claims more pixels than its data can hold; the header's chunk comes first."""
    if found.size is None or data[12:16] != b"IHDR" or len(data) < 26:
        return
    width, height = found.size
    row = 1 + (width * data[24] * _CHANNELS.get(data[25], 1) + 7) // 8
    if row * height > pixel_bytes * _MOST_DEFLATED:
        found.warn(f"its header claims {width}×{height} pixels, which cannot be in {pixel_bytes:,} bytes of data")


def _chunk(kind: bytes, body: bytes, intact: bool, found: Found) -> None:
    if kind in (b"tEXt", b"zTXt", b"iTXt") and not intact:
        found.warn("the checksum of a text is wrong: it was damaged or changed by hand")
    if kind == b"IHDR" and len(body) >= 8:
        found.size = int.from_bytes(body[:4]), int.from_bytes(body[4:8])
    elif kind == b"caBX":
        found.has_credentials = True
    elif kind == b"eXIf":
        add_exif(body, found)
    elif kind == b"tEXt":
        key, _, text = body.partition(b"\0")
        _add_latin(key, text[:TEXT_BYTES], found)
    elif kind == b"zTXt":
        key, _, packed = body.partition(b"\0")
        _add_latin(key, _inflate(packed[1:], found), found)
    elif kind == b"iTXt":
        _international(body, found)


def _add_latin(key: bytes, text: bytes, found: Found) -> None:
    name = key.decode("latin-1")
    if not name.startswith(_PROFILE):
        found.add_text(name, text.decode("latin-1"))
        return
    try:
        profile = bytes.fromhex("".join(text.decode("latin-1").split("\n")[3:]))  # behind its name and length
    except ValueError:
        found.warn("a raw profile is damaged and was not read")
        return
    if profile.startswith((b"Exif\0\0", b"II", b"MM")):
        add_exif(profile, found)
    elif name == f"{_PROFILE}xmp" or profile.startswith(_XMP_HEADER):
        found.add_xmp(profile.removeprefix(_XMP_HEADER))
    else:
        add_iptc(profile, found)


def _international(body: bytes, found: Found) -> None:
    """An iTXt: keyword, compression flag and method, language, translated keyword, UTF-8 text."""
    name, _, rest = body.partition(b"\0")
    compressed = rest[:1] == b"\1"
    _, _, rest = rest[2:].partition(b"\0")
    _, _, text = rest.partition(b"\0")
    plain = _inflate(text, found) if compressed else text[: TEXT_BYTES + 1]
    key = name.decode("latin-1")
    if key == _XMP_KEY:
        found.add_xmp(plain)
    else:
        found.add_text(key, plain[:TEXT_BYTES].decode("utf-8", "replace"))


def _inflate(packed: bytes, found: Found) -> bytes:
    """At most TEXT_BYTES of a deflated text, however much it would become."""
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(packed, TEXT_BYTES)
    except zlib.error:
        found.warn("a compressed text is damaged and was not read")
        return b""
    if inflater.unconsumed_tail:
        found.warn(f"a compressed text has more than {TEXT_BYTES // 1024} kB, and the rest was not read")
    return plain
