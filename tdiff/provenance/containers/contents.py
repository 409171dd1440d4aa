"""What the walk through a picture file finds, and which walk fits which file."""

from tdiff.errors import ImageError
from tdiff.provenance.containers.found import Contents, Found
from tdiff.provenance.containers.gif import walk_gif
from tdiff.provenance.containers.jpeg import walk_jpeg
from tdiff.provenance.containers.png import walk_png
from tdiff.provenance.containers.webp import walk_webp


def format_of(data: bytes) -> str | None:
    """Which picture format some bytes begin like: "PNG", "JPEG", "WebP" or "GIF"; None for none."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    return "GIF" if data[:6] in (b"GIF87a", b"GIF89a") else None


def contents_of(data: bytes) -> Contents:
    """Walk through a picture file. Damage is told in the result, not raised.

    Raises:
        ImageError: it is no PNG, JPEG, WebP or GIF.
    """
    name = format_of(data)
    if name is None:
        raise ImageError("this is no PNG, JPEG, WebP or GIF, whatever its name says", remedy="give one of those")
    found = Found()
    _WALKS[name](data, found)
    return found.contents(name)


_WALKS = {"PNG": walk_png, "JPEG": walk_jpeg, "WebP": walk_webp, "GIF": walk_gif}
