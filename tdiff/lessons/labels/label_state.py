"""What a labelled file looks like at one moment: metadata, signed credentials and a mark in the noise, side by side."""

import hashlib
from dataclasses import dataclass
from typing import Final

from tdiff.arrays import U8
from tdiff.lessons.core.measures import difference
from tdiff.pipeline import from_pixels
from tdiff.provenance.read import Metadata
from tdiff.provenance.watermark_detect import Detection
from tdiff.provenance.xmp import CAPTURED, MADE, MADE_FROM_PICTURE
from tdiff.views.figures import Pane, difference_pixels

_SAYS: Final = {
    MADE: "a trained algorithm made it",
    MADE_FROM_PICTURE: "a trained algorithm made it of a picture",
    CAPTURED: "a camera took it",
}
_DID: Final = {
    "saved": "Saved as tdiff saves: with words about how it was made.",
    "stripped": "Opened and saved again by an ordinary program: the pixels stayed, the words are gone.",
    "forged": "Rewritten: its words now say that a camera took it.",
}
_DIGEST = 8  # hex digits that are shown
_RARE = 0.01  # below it, one in how many is easier to grasp than a percentage


@dataclass(frozen=True, slots=True)
class Column:
    """One kind of label.

    Attributes:
        title: which.
        says: what it says of the file at hand.
        proves: what that is worth.
    """

    title: str
    says: str
    proves: str


@dataclass(frozen=True, slots=True)
class LabelSettings:
    """How the picture is made and saved.

    Attributes:
        marked: whether its starting noise carries the key.
        keep_prompt: whether the prompt goes into the file.
    """

    marked: bool = False
    keep_prompt: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class LabelState:
    """A file and what can be found out about it.

    Attributes:
        settings: how it was made.
        done: what happened to it since, oldest first, such as ("saved", "stripped").
        file: its bytes, a PNG.
        picture: its pixels, (32, 32, 3) uint8.
        made: the pixels when they were made.
        metadata: what the file says about itself.
        detection: whether the key's ring is in the noise that its pixels lead back to.
        signed: SHA-256 of the file as it was saved: what a signature would have been set on.
        unmarked: the picture of the same recipe without a mark, (32, 32, 3) uint8.
    """

    settings: LabelSettings
    done: tuple[str, ...]
    file: bytes
    picture: U8
    made: U8
    metadata: Metadata
    detection: Detection
    signed: str
    unmarked: U8

    @property
    def says(self) -> str:
        """What the file's source type says, in words."""
        return in_words(self.metadata.source_type)

    @property
    def digest(self) -> str:
        """SHA-256 of the file as it is."""
        return hashlib.sha256(self.file).hexdigest()

    @property
    def text(self) -> str:
        """What was done last, and whether the picture has a mark."""
        last = self.done[-1]
        did = _DID.get(last, f"The pixels were changed ({last}), and it was saved without words.")
        mark = "a mark is hidden in it" if self.settings.marked else "no mark in it: tdiff marks only when asked"
        return f"{did} The picture: {mark}."

    @property
    def limits(self) -> str:
        """What a toy shows of it."""
        return (
            "Metadata and signatures work alike on any picture; how well a mark survives in larger ones, 32×32 pixels "
            "cannot show."
        )

    def columns(self) -> tuple[Column, Column, Column]:
        """The three kinds of label, side by side."""
        return self._metadata_column(), self._credentials_column(), self._mark_column()

    def panes(self) -> tuple[Pane, ...]:
        """The picture as it was made, as it is now, how these differ, and the same without its mark."""
        apart = difference(from_pixels(self.picture), from_pixels(self.made))
        panes = [
            Pane("as it was made", self.made),
            Pane(self.done[-1][:24], self.picture),
            Pane("changed since", difference_pixels(self.made, self.picture), f"{apart:.3f}" if apart else "no pixel"),
        ]
        if self.settings.marked:
            moved = difference(from_pixels(self.made), from_pixels(self.unmarked))
            panes.append(Pane("without a mark", self.unmarked, f"{moved:.3f} off"))
        return tuple(panes)

    def table(self) -> tuple[tuple[str, ...], ...]:
        """The three kinds in figures."""
        found, recipe = self.detection, self.metadata.recipe
        prompt = "left out" if self.metadata.prompt_withheld else f"“{recipe.prompt}”" if recipe is not None else "none"
        return (
            ("label", "found"),
            ("done", ", ".join(self.done)),
            ("source type", self.says),
            ("prompt in the file", prompt),
            ("signed credentials", "yes" if self.metadata.carries_credentials else "none"),
            ("mark in the noise", f"{found.verdict}, score {found.score:.1f}, p = {found.p_value:.1g}"),
            ("bytes of the file", f"{len(self.file):,}"),
        )

    def _metadata_column(self) -> Column:
        return Column(
            "metadata",
            f"says that {self.says}" if self.metadata.source_type is not None else "says nothing about its making",
            "A claim that anybody can write, change or strip: good among the honest.",
        )

    def _credentials_column(self) -> Column:
        if self.digest == self.signed:
            would = f"A signature would be set on these bytes, {self.digest[:_DIGEST]}…"
        else:
            would = f"One set on {self.signed[:_DIGEST]}… would not fit {self.digest[:_DIGEST]}…: the change shows"
        return Column(
            "signed credentials",
            f"none: tdiff has no certificate and signs nothing. {would}",
            "Prove who signed, and that no byte changed since; not that it is true. Stripping takes them away.",
        )

    def _mark_column(self) -> Column:
        found = self.detection
        return Column(
            "mark in the noise",
            f"{found.verdict}: score {found.score:.1f}; by chance alone {_share(found.p_value)} score as high",
            "If found, most likely made with that key. If not found, nothing: least of all that it is no model's.",
        )


def _share(chance: float) -> str:
    """A probability as a share of pictures, such as "73%" or "1 in 8,000"; never more than 1 in a billion."""
    return f"{chance:.0%}" if chance >= _RARE else f"1 in {float(f'{1 / max(chance, 1e-9):.1g}'):,.0f}"


def in_words(source: str | None) -> str:
    """Say what an IPTC source type means; an unknown one is quoted."""
    return "nothing" if source is None else _SAYS.get(source, f"“{source}”")
