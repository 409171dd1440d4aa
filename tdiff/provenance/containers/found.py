"""What is gathered on the walk through a picture file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

TEXT_BYTES: Final = 256 * 1024
"""Most bytes kept of one text; our own recipes are never larger."""

MOST_TEXTS: Final = 64

CUT_SHORT: Final = "the file ends in the middle: it was cut short"
TOO_MANY_BLOCKS: Final = "the file has far more blocks than any picture needs, and the rest was not read"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a picture file holds besides pixels.

    Attributes:
        format: "PNG", "JPEG", "WebP" or "GIF".
        size: width and height in pixels as the header says, or None.
        texts: keyword and text, as found: not cleaned.
        xmp: the XMP packet, or None.
        more_xmp: further packets by their name, which the packet gives where it goes on in one of them.
        has_credentials: whether there is a C2PA manifest.
        damage: what was odd, one sentence each.
    """

    format: str
    size: tuple[int, int] | None
    texts: tuple[tuple[str, str], ...]
    xmp: bytes | None
    more_xmp: Mapping[str, bytes]
    has_credentials: bool
    damage: tuple[str, ...]


@dataclass(slots=True)
class Found:
    """A Contents in the making."""

    size: tuple[int, int] | None = None
    texts: list[tuple[str, str]] = field(default_factory=list)
    xmp: bytes | None = None
    more_xmp: dict[str, bytes] = field(default_factory=dict)
    has_credentials: bool = False
    damage: list[str] = field(default_factory=list)

    def add_text(self, key: str, text: str) -> None:
        """Keep a text, once, unless there are far too many."""
        if (key, text) in self.texts:
            return
        if len(self.texts) < MOST_TEXTS:
            self.texts.append((key, text))
        else:
            self.warn(f"the file has more than {MOST_TEXTS} texts, and the rest was not read")

    def add_xmp(self, packet: bytes) -> None:
        """Keep the first XMP packet; a second one contradicts it."""
        if self.xmp is None:
            self.xmp = packet
        else:
            self.warn("the file has more than one XMP packet, and only the first was read")

    def warn(self, sentence: str) -> None:
        """Note something odd, once."""
        if sentence not in self.damage:
            self.damage.append(sentence)

    def contents(self, name: str) -> Contents:
        """Freeze it."""
        return Contents(
            name, self.size, tuple(self.texts), self.xmp, self.more_xmp, self.has_credentials, tuple(self.damage)
        )
