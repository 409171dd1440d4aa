"""`tdiff generate`: a sentence in, pictures out."""

import json
import secrets
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tdiff.commands.console import capabilities, progress, put, put_path, say, say_fates, show_pictures
from tdiff.commands.inputs import read_recipe, read_start
from tdiff.commands.outputs import picture_path, save_picture
from tdiff.errors import UsageError
from tdiff.files import write_atomic
from tdiff.prompt.command import command_of
from tdiff.prompt.explain import require_effect
from tdiff.prompt.understand import understand, understand_negative
from tdiff.recipe import SEED_RANGE, Recipe
from tdiff.recipe.command import parse_switches
from tdiff.recipe.json import to_json
from tdiff.samplers import SAMPLERS

if TYPE_CHECKING:
    from tdiff.arrays import F32, U8
    from tdiff.pipeline import Pipeline

COUNT_LIMIT = 1000
_MARKED_STEPS = 20  # with which marks were measured


@dataclass(frozen=True, slots=True)
class Request:
    """The options of `tdiff generate`, as given; None where an option was not."""

    prompt: str | None
    negative: str | None
    guidance: float | None
    steps: int | None
    sampler: str | None
    eta: float | None
    seed: int | None
    clip: bool | None
    switches: tuple[str, ...]
    negative_switches: tuple[str, ...]
    start_image: Path | None
    strength: float | None
    recipe: Path | None
    count: int
    out: Path | None
    film: Path | None
    scale: int
    overwrite: bool
    allow_unknown: bool
    keep_prompt: bool
    watermark: str | None
    color: str
    as_json: bool


@dataclass(frozen=True, slots=True)
class Made:
    """One finished picture."""

    recipe: Recipe
    pixels: "U8"  # (32, 32, 3)
    seconds: float


def run_generate(request: Request, prompts_file: Path | None) -> None:
    """Make pictures of one recipe, or one for each line of a file."""
    if prompts_file is None:
        _generate(request)
        return
    from tdiff.commands.many import generate_many

    if request.prompt is not None or request.start_image is not None or request.film is not None or request.count > 1:
        raise UsageError("--prompts-file brings the prompts: leave out PROMPT, --count, --start-image and --film")
    base = _recipe(request, needs_prompt=False)
    generate_many(
        prompts_file, base, request.out, request.scale, request.overwrite, request.allow_unknown, request.keep_prompt
    )


def _generate(request: Request) -> None:
    if not 1 <= request.count <= COUNT_LIMIT:
        raise UsageError(f"--count must be from 1 to {COUNT_LIMIT}, not {request.count}")
    recipe = _recipe(request)
    _say_words(recipe, request.allow_unknown)
    if recipe.watermark is not None and SAMPLERS[recipe.sampler].ancestral:
        say(
            f"{recipe.sampler} adds fresh noise at every step, which washes the mark out: choose another sampler to "
            "keep it"
        )
    if recipe.watermark is not None and recipe.eta:
        say(f"η {recipe.eta:g} adds fresh noise at every step, which can wash the mark out: leave out --eta to keep it")
    if recipe.watermark is not None and recipe.steps < _MARKED_STEPS:
        say(f"a mark is found again after {_MARKED_STEPS} steps, but after 8 only seldom: raise --steps to keep it")
    if request.film is not None and request.count > 1:
        raise UsageError("--film shows the making of one picture: leave --count at 1")
    if recipe.seed + request.count - 1 > SEED_RANGE[1]:
        raise UsageError(f"the last of {request.count} seeds would lie above {SEED_RANGE[1]}: start lower")
    capabilities(request.color)
    targets = _targets(request, recipe)

    from tdiff import load
    from tdiff.pipeline import start_picture

    pipeline = load()
    if recipe.model is not None and recipe.model != pipeline.info.hash:
        say(f"the recipe was made with model {recipe.model} and this is {pipeline.info.hash}: the picture will differ")
    start = read_start(request.start_image) if request.start_image else None
    if start is not None and recipe.start is None:
        strength = 0.6 if request.strength is None else request.strength
        recipe = recipe.replace(start=start_picture(start.picture, strength))
    for target in targets:
        _refuse_existing(target, request.overwrite)
    made: list[Made] = []
    try:
        for item in _make(pipeline, recipe, request, start.picture if start else None):
            _deliver(item, targets[len(made)] if targets else None, request)
            made.append(item)
    except KeyboardInterrupt:
        if targets:
            say(f"stopped: {len(made)} of {request.count} pictures are written")
        raise
    if not targets and not request.as_json:
        _show(made, request, pipeline)


def _recipe(request: Request, needs_prompt: bool = True) -> Recipe:
    """The recipe file, if any, with every given option on top."""
    if needs_prompt and request.prompt is None and request.recipe is None:
        raise UsageError('a prompt is needed, such as tdiff generate "a red apple", or --recipe FILE')
    base = read_recipe(request.recipe) if request.recipe else Recipe(seed=secrets.randbelow(2**31))
    given = {
        "prompt": request.prompt,
        "negative": request.negative,
        "guidance": request.guidance,
        "steps": request.steps,
        "sampler": request.sampler,
        "eta": request.eta,
        "seed": request.seed,
        "clip": request.clip,
        "watermark": request.watermark,
        "switches": parse_switches([*request.switches], [*request.negative_switches]) or None,
    }
    if request.strength is not None and request.start_image is None:
        raise UsageError("--strength says how far to leave a start picture: give one with --start-image")
    changes = {name: value for name, value in given.items() if value is not None}
    return base.replace(**changes)


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


def _targets(request: Request, recipe: Recipe) -> list[Path]:
    """Where each picture goes; empty to show them on the terminal."""
    if request.out is None and (sys.stdout.isatty() or request.as_json or request.film is not None):
        return []
    seeds, keep = range(recipe.seed, recipe.seed + request.count), request.keep_prompt
    return [picture_path(request.out, recipe.prompt, seed, request.count, keep) for seed in seeds]


def _refuse_existing(target: Path, overwrite: bool) -> None:
    """Say so before the work is done, not after."""
    from tdiff.files import refuse_existing

    if not overwrite:
        refuse_existing(target)


def _make(pipeline: "Pipeline", recipe: Recipe, request: Request, start: "F32 | None") -> Iterator[Made]:
    """Hand out pictures as they are finished, sixteen at a time."""
    from tdiff.pipeline import to_pixels

    named = recipe.replace(model=pipeline.info.hash)
    film: list[U8] = []
    batches = [min(16, request.count - first) for first in range(0, request.count, 16)]
    with progress(recipe.steps * len(batches), "denoising", quiet_below=60) as advance:
        for number, size in enumerate(batches):
            part = named.replace(seed=recipe.seed + 16 * number)
            began = time.perf_counter()
            for step in pipeline.sample(part, size, start):
                advance(1)
                if request.film is not None:
                    film.append(to_pixels(step.x_t[0]))
            pixels = to_pixels(step.x_next)
            seconds = (time.perf_counter() - began) / size
            yield from (Made(part.replace(seed=part.seed + i), pixels[i], seconds) for i in range(size))
    if request.film is not None:  # of one picture alone
        _save_film([*film, pixels[0]], named, request)


def _save_film(frames: "list[U8]", recipe: Recipe, request: Request) -> None:
    from tdiff.provenance import text_fields
    from tdiff.render.gif import gif_bytes

    assert request.film is not None
    if request.film.suffix.lower() != ".gif":
        raise UsageError("--film is written as GIF: give it a name that ends in .gif")
    data = gif_bytes(frames, request.scale, text_fields(recipe, request.keep_prompt))
    path = write_atomic(request.film, data, overwrite=request.overwrite)
    say(f"film of {len(frames)} frames: {path}")


def _deliver(item: Made, target: Path | None, request: Request) -> None:
    if target is not None:
        save_picture(item.recipe, item.pixels, target, request.scale, request.overwrite, request.keep_prompt)
    if request.as_json:
        words = understand(item.recipe.prompt).words
        put(
            json.dumps(
                {
                    "file": str(target) if target else None,
                    "recipe": json.loads(to_json(item.recipe)),
                    "words": [{"text": w.text, "fate": w.fate.value, "reads": w.reads} for w in words],
                    "seconds": round(item.seconds, 4),
                }
            )
        )
    elif target is not None:
        put_path(target)


def _show(made: list[Made], request: Request, pipeline: "Pipeline") -> None:
    import numpy as np

    if request.film is not None and not sys.stdout.isatty():
        return
    show_pictures(np.stack([item.pixels for item in made]), request.color)
    recipe, info = made[0].recipe, pipeline.info
    seeds = f"seed {recipe.seed}" if len(made) == 1 else f"seeds {recipe.seed} to {made[-1].recipe.seed}"
    say(f"{info.name} {info.hash} · {seeds} · {recipe.steps} steps · {made[0].seconds:.2f} s a picture · measured")
    start = str(request.start_image) if request.start_image else None
    count = f" --count {len(made)}" if len(made) > 1 else ""
    say(f"$ {command_of(recipe, start)}{count}")
