"""Label it: one picture's file, saved, stripped, forged and mistreated, and what each kind of label still says.

Three things that are often confused stand side by side: metadata, signed credentials, and a mark in the noise.
"""

import hashlib
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tdiff.diffusion.watermark_noise import DEFAULT_KEY
from tdiff.lessons.errors import LessonError
from tdiff.lessons.measures import difference
from tdiff.lessons.outcome import Pane
from tdiff.pipeline import Pipeline, from_pixels, to_pixels
from tdiff.provenance.read import Metadata, metadata_of
from tdiff.provenance.watermark_attacks import ATTACKS, attacked
from tdiff.provenance.watermark_detect import Detection, detect
from tdiff.provenance.write import XMP_KEY, text_fields
from tdiff.provenance.xmp import CAPTURED, MADE, MADE_FROM_PICTURE, source_type
from tdiff.recipe import Recipe
from tdiff.render.png import png_bytes

U8 = NDArray[np.uint8]

TREATMENTS: Final = tuple(name for name in ATTACKS if name != "none")
"""What can happen to the pixels, in the order in which a key turns through them."""
_STEPS = 20  # at most
_SAYS: Final = {
    MADE: "a trained algorithm made it",
    MADE_FROM_PICTURE: "a trained algorithm made it of a picture",
    CAPTURED: "a camera took it",
}
_DIGEST = 12  # hex digits that are shown


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
        """What was done, and what a toy shows of it."""
        marked = (
            "marked" if self.settings.marked else "not marked: tdiff marks only when asked, as a mark changes pixels"
        )
        return (
            f"The picture is {marked}. Its file was {', then '.join(self.done)}. Metadata and signatures work alike on "
            "any picture; how well a mark survives in larger ones, 32×32 pixels cannot show."
        )

    def columns(self) -> tuple[Column, Column, Column]:
        """The three kinds of label, side by side."""
        return self._metadata_column(), self._credentials_column(), self._mark_column()

    def panes(self) -> tuple[Pane, ...]:
        """The picture as it was made and as it is now, and what a mark changed."""
        panes = [Pane("as it was made", self.made), Pane(self.done[-1][:24], self.picture, self._apart(self.made))]
        if self.settings.marked:
            apart = difference(from_pixels(self.made), from_pixels(self.unmarked))
            panes.append(Pane("without a mark", self.unmarked, f"{apart:.3f} from marked"))
        return tuple(panes)

    def table(self) -> tuple[tuple[str, ...], ...]:
        """The three kinds in figures."""
        found, recipe = self.detection, self.metadata.recipe
        prompt = "left out" if self.metadata.prompt_withheld else f"“{recipe.prompt}”" if recipe is not None else "none"
        return (
            ("label", "found"),
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
            would = f"A signature set now would cover the file {self.digest[:_DIGEST]}…"
        else:
            would = f"One set on {self.signed[:_DIGEST]}… would not fit {self.digest[:_DIGEST]}…: the change shows"
        return Column(
            "signed credentials (C2PA)",
            f"none: tdiff has no certificate and signs nothing. {would}",
            "Who signed, and that no byte changed since; not that it is true. Stripping takes them away.",
        )

    def _mark_column(self) -> Column:
        found = self.detection
        return Column(
            "mark in the noise",
            f"{found.verdict}: score {found.score:.1f}; without the key, a share of {found.p_value:.1g} score as high",
            "If found, most likely made with that key. If not found, nothing: least of all that it is no model's.",
        )

    def _apart(self, other: U8) -> str:
        apart = difference(from_pixels(self.picture), from_pixels(other))
        return f"{apart:.3f} off" if apart else "same pixels"


class LabelLab:
    """One picture and its file. Every method that returns a state leaves the file as that state shows it."""

    def __init__(self, pipeline: Pipeline, recipe: Recipe | None = None, key: str = DEFAULT_KEY) -> None:
        """Nothing is made yet.

        Args:
            pipeline: whose network paints, and leads back to the noise.
            recipe: what to make; start picture, switches, steps beyond 20 and samplers that wash marks out do not
                count. A red apple by default.
            key: id of the key to hide and to look for.
        """
        wanted = recipe or Recipe(prompt="a red apple", seed=7)
        self._pipeline, self._key = pipeline, key
        self._recipe = wanted.replace(
            start=None,
            switches=(),
            watermark=None,
            sampler="ddim",
            eta=0.0,
            steps=min(wanted.steps, _STEPS),
            model=None,
        )
        self.settings = LabelSettings()
        self._made: dict[bool, U8] = {}
        self._now: LabelState | None = None

    def toggle_mark(self) -> LabelState:
        """Make the picture with the mark, or without it again, and save it."""
        self.settings = replace(self.settings, marked=not self.settings.marked)
        return self.save()

    def toggle_prompt(self) -> LabelState:
        """Save with or without the prompt."""
        self.settings = replace(self.settings, keep_prompt=not self.settings.keep_prompt)
        return self.save()

    def save(self) -> LabelState:
        """Make the picture, where it is not made yet (a third of a second), and save it as `tdiff generate` does."""
        made = self._picture(self.settings.marked)
        recipe = self._recipe.replace(
            watermark=self._key if self.settings.marked else None, model=self._pipeline.info.hash
        )
        file = png_bytes(made, text_fields(recipe, self.settings.keep_prompt))
        return self._state(("saved",), file, hashlib.sha256(file).hexdigest())

    def strip(self) -> LabelState:
        """Open the file in an ordinary imaging library and save it again: the pixels stay, the rest is gone."""
        now = self._saved()
        return self._state((*now.done, "stripped"), resaved(now.file), now.signed)

    def forge(self) -> LabelState:
        """Write into the file, in place of what it said, that a camera took the picture."""
        now = self._saved()
        packet = text_fields(self._recipe, keep_prompt=False)[XMP_KEY]
        kept = "\n".join(line for line in packet.splitlines() if "AISystem" not in line)
        lie = kept.replace(source_type(self._recipe), CAPTURED).replace("tdiff", "camera")
        return self._state((*now.done, "forged"), png_bytes(now.picture, {XMP_KEY: lie}), now.signed)

    def treat(self, name: str) -> LabelState:
        """Do something to the pixels, as editing and sending does, and save without metadata.

        Args:
            name: one of `TREATMENTS`.

        Raises:
            LessonError: there is none such.
        """
        if name not in TREATMENTS:
            raise LessonError(f"pictures can be treated with {', '.join(TREATMENTS)}: choose one of these")
        now = self._saved()
        (pixels,) = attacked(now.picture[None], name)
        return self._state((*now.done, name), png_bytes(pixels), now.signed)

    def treat_next(self) -> LabelState:
        """Treat the picture as it was made, with the treatment after the last one."""
        last = self._saved().done[-1]
        place = TREATMENTS.index(last) + 1 if last in TREATMENTS else 0
        self.save()
        return self.treat(TREATMENTS[place % len(TREATMENTS)])

    def _saved(self) -> LabelState:
        return self.save() if self._now is None else self._now

    def _picture(self, marked: bool) -> U8:
        if marked not in self._made:
            recipe = self._recipe.replace(watermark=self._key if marked else None)
            self._made[marked] = to_pixels(self._pipeline.trace(recipe).complete().final[0])
        return self._made[marked]

    def _state(self, done: tuple[str, ...], file: bytes, signed: str) -> LabelState:
        pixels = pixels_of(file)
        (found,) = detect(self._pipeline, from_pixels(pixels)[None], self._key)
        self._now = LabelState(
            settings=self.settings,
            done=done,
            file=file,
            picture=pixels,
            made=self._picture(self.settings.marked),
            metadata=metadata_of(file),
            detection=found,
            signed=signed,
            unmarked=self._picture(False),
        )
        return self._now


def in_words(source: str | None) -> str:
    """Say what an IPTC source type means; an unknown one is quoted."""
    return "nothing" if source is None else _SAYS.get(source, f"“{source}”")


def pixels_of(file: bytes) -> U8:
    """Decode a PNG of our own: (32, 32, 3) uint8."""
    with Image.open(BytesIO(file), formats=["PNG"]) as image:
        return np.asarray(image.convert("RGB"))


def resaved(file: bytes) -> bytes:
    """Open a PNG of our own and save it again, with nothing but its pixels asked for."""
    out = BytesIO()
    with Image.open(BytesIO(file), formats=["PNG"]) as image:
        image.save(out, "PNG")
    return out.getvalue()
