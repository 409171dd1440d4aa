"""Label it: one picture's file, saved, stripped, forged and mistreated."""

import hashlib
from dataclasses import replace
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image

from tdiff.arrays import U8
from tdiff.diffusion.watermark_noise import DEFAULT_KEY
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.labels.label_state import LabelSettings, LabelState
from tdiff.pipeline import Pipeline, from_pixels, to_pixels
from tdiff.provenance.read import metadata_of
from tdiff.provenance.watermark_attacks import ATTACKS, attacked
from tdiff.provenance.watermark_detect import detect
from tdiff.provenance.write import XMP_KEY, text_fields
from tdiff.provenance.xmp import CAPTURED, source_type
from tdiff.recipe import Recipe
from tdiff.render.png import png_bytes

TREATMENTS: Final = tuple(name for name in ATTACKS if name != "none")
"""What can happen to the pixels, in the order in which a key turns through them."""
_STEPS = 20  # at most


class LabelLab:
    """One picture and its file. Every method that returns a state leaves the file as that state shows it."""

    def __init__(self, pipeline: Pipeline, recipe: Recipe, key: str = DEFAULT_KEY) -> None:
        """Nothing is made yet.

        Args:
            pipeline: whose network paints, and leads back to the noise.
            recipe: what to make, in 20 steps, since after few a mark is seldom found again; start picture, switches and
                samplers that wash marks out do not count.
            key: id of the key to hide and to look for.
        """
        self._pipeline, self._key = pipeline, key
        self._recipe = recipe.replace(
            start=None,
            switches=(),
            watermark=None,
            sampler="ddim",
            eta=0.0,
            steps=_STEPS,
        ).without_maker()
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
        recipe = self._pipeline.named(self._recipe.replace(watermark=self._key if self.settings.marked else None))
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
            raise LessonError(f"pictures can be treated with {', '.join(TREATMENTS)}", remedy="choose one of these")
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
