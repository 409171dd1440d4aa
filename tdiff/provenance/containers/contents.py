"""What the walk through a picture file finds, and which walk fits which file."""

from tdiff.errors import ImageError
from tdiff.provenance.containers.found import Contents, Found
from tdiff.provenance.containers.gif import walk_gif
from tdiff.provenance.containers.jpeg import walk_jpeg
from tdiff.provenance.containers.png import walk_png
from tdiff.provenance.containers.webp import walk_webp


def contents_of(data: bytes) -> Contents:
    """Walk through a picture file. Damage is told in the result, not raised.

    Raises:
        ImageError: it is no PNG, JPEG, WebP or GIF.
    """
    found = Found()
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        walk_png(data, found)
        return found.contents("PNG")
    if data.startswith(b"\xff\xd8\xff"):
        walk_jpeg(data, found)
        return found.contents("JPEG")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        walk_webp(data, found)
        return found.contents("WebP")
    if data[:6] in (b"GIF87a", b"GIF89a"):
        walk_gif(data, found)
        return found.contents("GIF")
    raise ImageError("this is no PNG, JPEG, WebP or GIF, whatever its name says: give one of those")
