"""`tdiff generate`: a sentence in, pictures out."""

import sys
from dataclasses import replace
from pathlib import Path

from tdiff.commands.console import capabilities, put_path, say, say_fates, say_what_differs, show_pictures
from tdiff.commands.inputs import read_start
from tdiff.commands.making import BATCH, Here, Made, Maker
from tdiff.commands.outputs import Output, picture_target, put_made, put_told, save_picture
from tdiff.commands.target import Target
from tdiff.commands.via import There, found_at
from tdiff.engines.choice import OURS, EngineChoice
from tdiff.errors import UsageError
from tdiff.files import make_folder_of, refuse_existing, slug
from tdiff.prompt.command import command_of
from tdiff.prompt.explain import require_effect
from tdiff.prompt.understand import understand, understand_negative
from tdiff.recipe import SEED_RANGE, Recipe
from tdiff.recipe.command import to_command
from tdiff.samplers import SAMPLERS

COUNT_LIMIT = 1000
_MARKED_STEPS = 20  # with which marks were measured


def run_generate(
    recipe: Recipe,
    output: Output,
    *,
    count: int,
    start: tuple[Path, float] | None,
    allow_unknown: bool,
    chosen_seed: bool = True,
    choice: EngineChoice = OURS,
    via: str | None = None,
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
        via: address of a server whose model makes them; where nobody answers there, this process does.

    Raises:
        UsageError: options that do not go together, or a prompt without effect.
        ImageError: the start picture cannot be read.
        OutputError: a file exists or cannot be written.
    """
    if not 1 <= count <= COUNT_LIMIT:
        raise UsageError(f"--count must be from 1 to {COUNT_LIMIT}, not {count}")
    if via is not None and (output.film is not None or output.trace is not None or choice != OURS):
        raise UsageError(
            "a server makes pictures with its own model and sends no steps",
            remedy="leave out --via, or --film, --trace, --model, --engine, --device and --dtype",
        )
    server = None if via is None else found_at(via)
    if not (choice.runs_checkpoint if server is None else server.runs_checkpoint):  # whose tokenizer takes every word
        _say_words(recipe, allow_unknown)
    elif output.film is not None:
        raise UsageError("--film shows pixels, and a checkpoint denoises latents", remedy="record it with --trace")
    _say_of_the_mark(recipe)
    if output.film is not None and count > 1:
        raise UsageError("--film shows the making of one picture", remedy="leave --count at 1")
    if output.trace is not None and count > BATCH:
        raise UsageError(f"--trace records up to {BATCH} pictures", remedy="lower --count")
    if recipe.seed + count - 1 > SEED_RANGE[1]:
        raise UsageError(f"the last of {count} seeds would lie above {SEED_RANGE[1]}", remedy="start lower")
    capabilities(output.color)
    targets, film = _targets(recipe, count, output), _film_target(recipe, output)
    for target in [*targets, *([] if film is None else [film])]:
        target.refuse(output.overwrite)
    if output.trace is not None:
        if not output.overwrite:
            refuse_existing(output.trace)
        make_folder_of(output.trace)

    maker: Maker = Here(choice) if server is None else There(server, allow_unknown)
    say_what_differs(recipe, maker.info)
    picture = None if start is None else read_start(start[0]).picture
    if start is not None and picture is not None and recipe.start is None:
        from tdiff.pipeline import start_picture

        recipe = recipe.replace(start=start_picture(picture, start[1]))
    if targets and not output.as_json and not chosen_seed:
        say(f"seed {recipe.seed}" if count == 1 else f"seeds {recipe.seed} to {recipe.seed + count - 1}")
    made: list[Made] = []
    try:
        for item in maker.make(recipe, count, picture, replace(output, film=film)):
            _deliver(item, targets[len(made)] if targets else None, output)
            made.append(item)
    except KeyboardInterrupt:
        if targets:
            say(f"stopped: {len(made)} of {count} pictures are written")
        raise
    if not targets and not output.as_json:
        _show(made, maker, None if start is None else start[0], output)


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
    if output.out is None and (sys.stdout.isatty() or output.as_json or output.plain or output.film is not None):
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


def _deliver(item: Made, target: Target | None, output: Output) -> None:
    if target is not None:
        save_picture(item.recipe, item.pixels, target, output)
    if output.as_json:
        put_made(item.recipe, target, item.words, item.seconds)
    elif target is not None and target.stream is None:
        put_path(target.path)


def _show(made: list[Made], maker: Maker, start_image: Path | None, output: Output) -> None:
    import numpy as np

    if output.film is not None and not (sys.stdout.isatty() or output.plain):
        return
    pictures, labels = np.stack([item.pixels for item in made]), [f"seed {item.recipe.seed}" for item in made]
    if output.plain:
        put_told(pictures, labels)
    else:
        show_pictures(pictures, output.color, labels if len(made) > 1 else [])
    recipe = made[0].recipe
    seeds = f"seed {recipe.seed}" if len(made) == 1 else f"seeds {recipe.seed} to {made[-1].recipe.seed}"
    told = f"{seeds} · {recipe.steps} steps · {made[0].seconds:.2f} s a picture · measured"
    say(f"{maker.info.name} {maker.info.hash} · {told}")
    start = str(start_image) if start_image else None
    count = ("--count", str(len(made))) if len(made) > 1 else ()
    command = to_command if recipe.engine == "diffusers" else command_of  # a checkpoint knows every word
    say(f"$ {command(recipe.without_maker(), start, options=(*count, *maker.options))}")
