"""`tdiff generate`: a sentence in, pictures out."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tdiff.commands.console import capabilities, progress, put_path, say, say_fates, show_pictures
from tdiff.commands.inputs import read_start
from tdiff.commands.outputs import Output, picture_target, put_made, save_picture
from tdiff.commands.target import Target
from tdiff.engines.choice import OURS, EngineChoice
from tdiff.errors import TdiffError, UsageError
from tdiff.files import refuse_existing, slug
from tdiff.prompt.command import command_of
from tdiff.prompt.explain import require_effect
from tdiff.prompt.tokenizer import Fate
from tdiff.prompt.understand import understand, understand_negative
from tdiff.recipe import SEED_RANGE, Recipe
from tdiff.samplers import SAMPLERS

if TYPE_CHECKING:
    from tdiff.arrays import F32, U8
    from tdiff.diffusion import Step
    from tdiff.pipeline import Pipeline

COUNT_LIMIT = 1000
_BATCH = 16  # pictures made side by side
_MARKED_STEPS = 20  # with which marks were measured


@dataclass(frozen=True, slots=True)
class Made:
    """One finished picture."""

    recipe: Recipe
    pixels: "U8"  # (32, 32, 3)
    seconds: float


def run_generate(
    recipe: Recipe,
    output: Output,
    *,
    count: int,
    start: tuple[Path, float] | None,
    allow_unknown: bool,
    chosen_seed: bool = True,
    choice: EngineChoice = OURS,
) -> None:
    """Make pictures of one recipe and save or show them.

    Args:
        recipe: of the first picture.
        output: what becomes of them.
        count: how many, with consecutive seeds.
        start: a picture to start from and how far to leave it, above 0 to 1.
        allow_unknown: go on if no word of the prompt is known.
        chosen_seed: whether the seed was asked for; one that was drawn is said.
        choice: the model, and what runs it.

    Raises:
        UsageError: options that do not go together, or a prompt without effect.
        ImageError: the start picture cannot be read.
        OutputError: a file exists or cannot be written.
    """
    if not 1 <= count <= COUNT_LIMIT:
        raise UsageError(f"--count must be from 1 to {COUNT_LIMIT}, not {count}")
    if not choice.runs_checkpoint:  # whose tokenizer takes every word
        _say_words(recipe, allow_unknown)
    elif output.film is not None:
        raise UsageError("--film shows pixels, and a checkpoint denoises latents", remedy="record it with --trace")
    _say_of_the_mark(recipe)
    if output.film is not None and count > 1:
        raise UsageError("--film shows the making of one picture", remedy="leave --count at 1")
    if output.trace is not None and count > _BATCH:
        raise UsageError(f"--trace records up to {_BATCH} pictures", remedy="lower --count")
    if recipe.seed + count - 1 > SEED_RANGE[1]:
        raise UsageError(f"the last of {count} seeds would lie above {SEED_RANGE[1]}", remedy="start lower")
    capabilities(output.color)
    targets, film = _targets(recipe, count, output), _film_target(recipe, output)
    for target in [*targets, *([] if film is None else [film])]:
        target.refuse(output.overwrite)
    if output.trace is not None and not output.overwrite:
        refuse_existing(output.trace)

    from tdiff.pipeline import load_chosen, start_picture

    pipeline = load_chosen(choice)
    if choice.runs_checkpoint:
        _say_cut(pipeline, recipe)
    if recipe.model is not None and recipe.model != pipeline.info.hash:
        say(f"the recipe was made with model {recipe.model} and this is {pipeline.info.hash}: the picture will differ")
    picture = None if start is None else read_start(start[0]).picture
    if start is not None and picture is not None and recipe.start is None:
        recipe = recipe.replace(start=start_picture(picture, start[1]))
    if targets and not output.as_json and not chosen_seed:
        say(f"seed {recipe.seed}" if count == 1 else f"seeds {recipe.seed} to {recipe.seed + count - 1}")
    made: list[Made] = []
    try:
        for item in _make(pipeline, recipe, count, picture, replace(output, film=film)):
            _deliver(item, targets[len(made)] if targets else None, output, pipeline)
            made.append(item)
    except KeyboardInterrupt:
        if targets:
            say(f"stopped: {len(made)} of {count} pictures are written")
        raise
    if not targets and not output.as_json:
        _show(made, pipeline, None if start is None else start[0], output, choice)


def _say_words(recipe: Recipe, allow_unknown: bool) -> None:
    for prompt in (recipe.prompt, *(s.prompt for s in recipe.switches if s.prompt is not None)):
        tokens = understand(prompt)
        require_effect(tokens, allow_unknown)
        say_fates(tokens)
    for negative in (recipe.negative, *(s.negative for s in recipe.switches if s.negative is not None)):
        tokens = understand_negative(negative)
        say_fates(tokens, "negative: ")
        if negative.strip() and not tokens.has_effect:
            say("negative: none of its words is known, so it is ignored")


def _say_cut(pipeline: "Pipeline", recipe: Recipe) -> None:
    """What of a text does not reach a checkpoint's encoder."""
    for what, text in (("prompt", recipe.prompt), ("negative", recipe.negative)):
        tokens = pipeline.tokens(text)
        if tokens.truncated:
            first = next(word for word in tokens.words if word.fate is Fate.CUT)
            say(f"the {what} is cut at {len(tokens.ids)} tokens, before: {text[first.start :][:60]}")


def _say_of_the_mark(recipe: Recipe) -> None:
    """Which settings make the hidden mark hard to find again."""
    if recipe.watermark is None:
        return
    if SAMPLERS[recipe.sampler].ancestral:
        say(
            f"{recipe.sampler} adds fresh noise at every step, which washes the mark out: choose another sampler to "
            "keep it"
        )
    if recipe.eta:
        say(f"η {recipe.eta:g} adds fresh noise at every step, which can wash the mark out: leave out --eta to keep it")
    if recipe.steps < _MARKED_STEPS:
        say(f"a mark is found again after {_MARKED_STEPS} steps, but after 8 only seldom: raise --steps to keep it")


def _targets(recipe: Recipe, count: int, output: Output) -> list[Target]:
    """Where each picture goes; empty to show them on the terminal."""
    if output.out is None and (sys.stdout.isatty() or output.as_json or output.film is not None):
        return []
    seeds, keep = range(recipe.seed, recipe.seed + count), output.keep_prompt
    targets = [picture_target(output.out, recipe.prompt, seed, count, keep) for seed in seeds]
    if targets[0].stream == 1 and output.as_json:
        raise UsageError("--json and the picture cannot both go to standard output", remedy="name a file with --out")
    return targets


def _film_target(recipe: Recipe, output: Output) -> Target | None:
    """Where the film goes, if there is to be one."""
    if output.film is None:
        return None
    stem = slug(recipe.prompt if output.keep_prompt else "")
    target = output.film.file(".gif", "films", f"{stem}-{recipe.seed}.gif")
    taken = output.as_json or (output.out is not None and output.out.stream is not None)
    if target.stream is not None and taken:
        raise UsageError(
            "the film and something else cannot both go to standard output", remedy="name a file for one of them"
        )
    return target


def _make(pipeline: "Pipeline", recipe: Recipe, count: int, start: "F32 | None", output: Output) -> Iterator[Made]:
    """Hand out pictures as they are finished, a batch at a time."""
    from tdiff.pipeline import to_pixels

    named = recipe.replace(model=pipeline.info.hash)
    film: list[U8] = []
    batches = [min(_BATCH, count - first) for first in range(0, count, _BATCH)]
    with (
        progress(recipe.steps * len(batches), "denoising", quiet_below=60) as advance,
        _recording(pipeline, named, count, output) as record,
    ):
        for number, size in enumerate(batches):
            part = named.replace(seed=recipe.seed + _BATCH * number)
            began = time.perf_counter()
            for step in pipeline.sample(part, size, start):
                advance(1)
                record(step)
                if output.film is not None:
                    film.append(to_pixels(step.x_t[0]))
            pixels = pipeline.model.decode(step.x_next)
            seconds = (time.perf_counter() - began) / size
            yield from (Made(part.replace(seed=part.seed + i), pixels[i], seconds) for i in range(size))
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
        model=pipeline.info.name,
        steps=recipe.steps - first,
        content=json.loads(recipe_text(recipe, output.keep_prompt)),
        keep_prompt=output.keep_prompt,
        overwrite=output.overwrite,
        tell=say,
        **_of_checkpoint(pipeline),
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


def _of_checkpoint(pipeline: "Pipeline") -> "dict[str, Any]":
    """What a trace of latents says besides, and how it shows them."""
    from tdiff.engines.diffusers_model import DiffusersModel
    from tdiff.traces.decoder import fitted_to_decoder

    model = pipeline.model
    if not isinstance(model, DiffusersModel):
        return {}
    rgb = fitted_to_decoder(model.parts, model.shape[-1], model.parts.vae.post_quant_conv.weight.detach())
    return {"prediction": model.checkpoint.prediction, "rgb": rgb}


def _save_film(pictures: "list[U8]", recipe: Recipe, target: Target, output: Output) -> None:
    from tdiff.provenance import text_fields
    from tdiff.render.gif import count_frames, gif_bytes

    data = gif_bytes(pictures, output.scale, text_fields(recipe, output.keep_prompt))
    target.write(data, output.overwrite)
    frames = count_frames(data)
    of = "" if frames == len(pictures) else f", of {len(pictures)} pictures on the way"
    say(f"film of {frames} frames{of}: {target.path}")


def _deliver(item: Made, target: Target | None, output: Output, pipeline: "Pipeline") -> None:
    if target is not None:
        save_picture(item.recipe, item.pixels, target, output)
    if output.as_json:
        put_made(item.recipe, target, pipeline, item.seconds)
    elif target is not None and target.stream is None:
        put_path(target.path)


def _show(
    made: list[Made], pipeline: "Pipeline", start_image: Path | None, output: Output, choice: EngineChoice
) -> None:
    import numpy as np

    if output.film is not None and not sys.stdout.isatty():
        return
    labels = [f"seed {item.recipe.seed}" for item in made] if len(made) > 1 else []
    show_pictures(np.stack([item.pixels for item in made]), output.color, labels)
    recipe, info = made[0].recipe, pipeline.info
    seeds = f"seed {recipe.seed}" if len(made) == 1 else f"seeds {recipe.seed} to {made[-1].recipe.seed}"
    say(f"{info.name} {info.hash} · {seeds} · {recipe.steps} steps · {made[0].seconds:.2f} s a picture · measured")
    start = str(start_image) if start_image else None
    count = f" --count {len(made)}" if len(made) > 1 else ""
    say(f"$ {command_of(recipe, start)}{count}{choice.options()}")
