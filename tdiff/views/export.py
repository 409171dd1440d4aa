"""What e exports of what is shown, and as which files. Knows no widget."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from tdiff.arrays import U8
from tdiff.files import refuse_existing, slug, write_atomic
from tdiff.provenance.export import KINDS, export_bytes
from tdiff.provenance.write import XMP_KEY, recipe_text, text_fields
from tdiff.recipe import Recipe
from tdiff.render.gif import gif_bytes
from tdiff.render.palette import Depth
from tdiff.render.png import png_bytes
from tdiff.render.sheet import sheet_bytes
from tdiff.views.view import Export

if TYPE_CHECKING:
    from tdiff.pipeline import Pipeline

_ONE: Final = (
    "The ending decides: .png the finished picture, .gif film of all steps, .ans coloured text for cat, .json recipe, "
    ".tdiff every step with its predictions. PNG and GIF say inside that a model made them, and how."
)
_SERIES: Final = (
    "The ending decides: .png all pictures side by side with their names, .gif one after the other. "
    "Both say inside that a model made them."
)
_RECORDED: Final = (
    "The ending decides: .png the finished picture, .strip.png the clean guesses side by side (evenly spaced where "
    "there are many), .gif film of them. "
    "Each says inside that a model made it."
)

_STRIP_WIDTH: Final = 8000  # pixels of a strip at most; of a longer run evenly spaced steps are shown
_STRIP_GAP: Final = 8  # pixels between two of its pictures, at most


class Saving(Protocol):
    """Something that can be saved: what a dialog says of it, and the writing itself."""

    @property
    def endings(self) -> tuple[str, ...]:
        """Of the names that it can be saved under, such as ".png"."""
        ...

    @property
    def about(self) -> str:
        """What each ending means."""
        ...

    @property
    def scale(self) -> int:
        """How much pictures are enlarged unless somebody wants it otherwise."""
        ...

    def stem(self, keep_prompt: bool) -> str:
        """What the name begins with that is offered."""
        ...

    def save(self, path: Path, ending: str, scale: int, keep_prompt: bool, depth: Depth) -> None:
        """Write a file.

        Args:
            path: which.
            ending: one of `endings`, which its name has.
            scale: each pixel becomes scale × scale pixels.
            keep_prompt: whether prompts go into the file.
            depth: colours of a text.

        Raises:
            TdiffError: it exists, or cannot be written.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class RunSaving:
    """A run of the model on the bench.

    Attributes:
        shown: its recipe, its pictures and its steps.
        pipeline: what made it.
    """

    shown: Export
    pipeline: "Pipeline"

    about = _ONE
    scale = 1

    @property
    def endings(self) -> tuple[str, ...]:
        """A picture, a film, a text, a recipe, and a trace where there are steps."""
        kinds = tuple(f".{kind}" for kind in KINDS)
        return kinds if self.shown.trace is None else (*kinds, ".tdiff")

    @property
    def recipe(self) -> Recipe:
        """With what made it."""
        return self.pipeline.named(self.shown.recipe)

    def stem(self, keep_prompt: bool) -> str:
        """From prompt and seed."""
        return _stem(self.shown.recipe, keep_prompt)

    def save(self, path: Path, ending: str, scale: int, keep_prompt: bool, depth: Depth) -> None:
        """Write a file."""
        if ending == ".tdiff":
            self._record(path, keep_prompt)
            return
        data = export_bytes(ending[1:], self.recipe, self.shown.frames, scale, keep_prompt, depth)
        write_atomic(path, data)

    def _record(self, path: Path, keep_prompt: bool) -> None:
        """Write every step with its arrays."""
        from tdiff.traces.own import record_step, recorder_of

        trace, recipe = self.shown.trace, self.recipe
        assert trace is not None
        refuse_existing(path)
        failed: list[str] = []
        recorder = recorder_of(
            path,
            recipe,
            1,
            self.pipeline,
            steps=len(trace),
            content=json.loads(recipe_text(recipe, keep_prompt)),
            keep_prompt=keep_prompt,
            tell=failed.append,
        )
        with recorder:
            for step in trace:
                record_step(recorder, step)
            recorder.finish(trace.final, self.pipeline.model.decode(trace.final))
        if recorder.failure is not None:
            raise recorder.failure


@dataclass(frozen=True, slots=True, eq=False)
class SeriesSaving:
    """Pictures that no one recipe makes, each with its name.

    Attributes:
        shown: the pictures and their names.
        pipeline: what made them.
    """

    shown: Export
    pipeline: "Pipeline"

    endings = (".png", ".gif")
    about = _SERIES
    scale = 4

    def stem(self, keep_prompt: bool) -> str:
        """From prompt and seed."""
        return _stem(self.shown.recipe, keep_prompt)

    def save(self, path: Path, ending: str, scale: int, keep_prompt: bool, depth: Depth) -> None:
        """Write a sheet or a film."""
        shown = self.shown
        fields = text_fields(self.pipeline.named(shown.recipe), keep_prompt)
        source = {XMP_KEY: fields[XMP_KEY]}  # no one recipe made it
        labels = shown.labels if keep_prompt else [str(place) for place in range(1, len(shown.labels) + 1)]
        if ending == ".gif":
            write_atomic(path, gif_bytes(shown.frames, scale, source))
        else:
            write_atomic(path, sheet_bytes(np.stack(shown.frames), labels, (), scale, source))


@dataclass(frozen=True, slots=True, eq=False)
class RecordedSaving:
    """A recorded run.

    Attributes:
        name: of its file, without the ending.
        frames: clean guesses, (H, W, 3) each, all of one size.
        picture: the finished one; None where it was not recorded.
        fields, fields_without_prompt: what files carry about its making.
    """

    name: str
    frames: tuple[U8, ...]
    picture: U8 | None
    fields: dict[str, str]
    fields_without_prompt: dict[str, str]

    about = _RECORDED
    scale = 1

    @property
    def endings(self) -> tuple[str, ...]:
        """The longest first, since it ends in another."""
        return (".strip.png", ".gif") if self.picture is None else (".strip.png", ".png", ".gif")

    def stem(self, keep_prompt: bool) -> str:
        """That of the recording, which its owner chose."""
        return self.name

    def save(self, path: Path, ending: str, scale: int, keep_prompt: bool, depth: Depth) -> None:
        """Write a picture, a strip or a film."""
        fields = self.fields if keep_prompt else self.fields_without_prompt
        if ending == ".png" and self.picture is not None:
            write_atomic(path, png_bytes(self.picture, fields, scale))
            return
        if ending == ".gif":
            write_atomic(path, gif_bytes(self.frames, scale, fields))
            return
        width = self.frames[0].shape[1] * scale + _STRIP_GAP
        count = max(2, min(len(self.frames), _STRIP_WIDTH // width))
        places = sorted({round((len(self.frames) - 1) * part / (count - 1)) for part in range(count)})
        labels = [str(place + 1) for place in places]
        write_atomic(path, sheet_bytes(np.stack([self.frames[place] for place in places]), labels, (), scale, fields))


def saving_of(shown: Export, pipeline: "Pipeline") -> Saving:
    """What a dialog saves of what a view has to save."""
    return SeriesSaving(shown, pipeline) if shown.labels else RunSaving(shown, pipeline)


def _stem(recipe: Recipe, keep_prompt: bool) -> str:
    return f"{slug(recipe.prompt if keep_prompt else '')}-{recipe.seed}"
