"""What makes the pictures of `tdiff generate`: a model that is loaded here."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tdiff.commands.console import progress, say
from tdiff.commands.outputs import Output
from tdiff.commands.target import Target
from tdiff.engines.choice import EngineChoice
from tdiff.errors import TdiffError
from tdiff.prompt.explain import explain_cut
from tdiff.prompt.tokenizer import Word
from tdiff.recipe import Recipe

if TYPE_CHECKING:
    from tdiff.arrays import F32, U8
    from tdiff.diffusion import Step
    from tdiff.engines.model import ModelInfo
    from tdiff.pipeline import Pipeline

BATCH = 16
"""Pictures made side by side."""


@dataclass(frozen=True, slots=True)
class Made:
    """One finished picture.

    Attributes:
        recipe: that makes it again, with what made it.
        pixels: (H, W, 3).
        words: what became of each word of its prompt.
        seconds: it took.
    """

    recipe: Recipe
    pixels: "U8"
    words: tuple[Word, ...]
    seconds: float


class Maker(Protocol):
    """Makes pictures of recipes."""

    @property
    def info(self) -> "ModelInfo":
        """Of the model."""
        ...

    @property
    def options(self) -> tuple[str, ...]:
        """The words of a command that name this maker."""
        ...

    def make(self, recipe: Recipe, count: int, start: "F32 | None", output: Output) -> Iterator[Made]:
        """Hand out `count` pictures with consecutive seeds as they are finished.

        Args:
            recipe: of the first.
            count: how many.
            start: (32, 32, 3) float32 in [-1, 1], where the recipe starts from a picture.
            output: says whether there is a film or a trace to write.
        """
        ...


class Here:
    """A model that this process loads.

    Args:
        choice: the model, and what runs it.
    """

    def __init__(self, choice: EngineChoice) -> None:
        from tdiff.pipeline import load_chosen

        self._choice, self._pipeline = choice, load_chosen(choice)

    @property
    def info(self) -> "ModelInfo":
        """Of the model."""
        return self._pipeline.info

    @property
    def options(self) -> tuple[str, ...]:
        """The engine's options, where any were given."""
        return self._choice.options()

    def make(self, recipe: Recipe, count: int, start: "F32 | None", output: Output) -> Iterator[Made]:
        """Hand out pictures as they are finished, a batch at a time; see `Maker`."""
        from tdiff.pixels import to_pixels

        pipeline = self._pipeline
        if self._choice.runs_checkpoint:
            for what, text in (("prompt", recipe.prompt), ("negative", recipe.negative)):
                cut = explain_cut(pipeline.tokens(text), what)
                if cut is not None:
                    say(cut)
        words = pipeline.tokens(recipe.prompt).words
        named = pipeline.named(recipe)
        film: list[U8] = []
        batches = [min(BATCH, count - first) for first in range(0, count, BATCH)]
        with (
            progress(recipe.steps * len(batches), "denoising", quiet_below=60, plain=output.plain) as advance,
            _recording(pipeline, named, count, output) as record,
        ):
            for number, size in enumerate(batches):
                part = named.replace(seed=recipe.seed + BATCH * number)
                began = time.perf_counter()
                for step in pipeline.sample(part, size, start, keep_negative=output.trace is not None):
                    advance(1)
                    record(step)
                    if output.film is not None:
                        film.append(to_pixels(step.x_t[0]))
                pixels = pipeline.model.decode(step.x_next)
                seconds = (time.perf_counter() - began) / size
                yield from (Made(part.replace(seed=part.seed + i), pixels[i], words, seconds) for i in range(size))
        if output.film is not None:  # of one picture alone
            _save_film([*film, pixels[0]], named, output.film, output)


@contextmanager
def _recording(pipeline: "Pipeline", recipe: Recipe, count: int, output: Output) -> "Iterator[Callable[[Step], None]]":
    """Hand out what records a step, and finish the trace after the last; a disk that fills ends only the trace."""
    if output.trace is None:
        yield lambda step: None
        return
    from tdiff.diffusion import step_of_strength
    from tdiff.provenance.write import recipe_text
    from tdiff.traces.own import record_step, recorder_of

    first = 0 if recipe.start is None else step_of_strength(recipe.start.strength, recipe.steps)
    recorder = recorder_of(
        output.trace,
        recipe,
        count,
        pipeline,
        steps=recipe.steps - first,
        content=json.loads(recipe_text(recipe, output.keep_prompt)),
        keep_prompt=output.keep_prompt,
        overwrite=output.overwrite,
        tell=say,
    )

    def record(step: "Step") -> None:
        record_step(recorder, step)
        if step.is_last:
            recorder.finish(step.x_next, pipeline.model.decode(step.x_next))

    with recorder:
        yield record
    if recorder.failure is not None:
        raise TdiffError("the pictures are made, but not the whole trace")
    say(f"trace of {recipe.steps - first} steps: {output.trace}")


def _save_film(pictures: "list[U8]", recipe: Recipe, target: Target, output: Output) -> None:
    from tdiff.provenance import text_fields
    from tdiff.render.gif import count_frames, gif_bytes

    data = gif_bytes(pictures, output.scale, text_fields(recipe, output.keep_prompt))
    target.write(data, output.overwrite)
    frames = count_frames(data)
    of = "" if frames == len(pictures) else f", of {len(pictures)} pictures on the way"
    say(f"film of {frames} frames{of}: {target.path}")
