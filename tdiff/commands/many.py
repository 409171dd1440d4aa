"""`tdiff generate --prompts-file`: one picture for each line, numbered."""

import time
from pathlib import Path

from tdiff.commands.console import progress, put_path, say, say_fates, say_what_differs
from tdiff.commands.inputs import read_prompts
from tdiff.commands.outputs import Output, put_made, save_picture
from tdiff.commands.spread import check_spread, spread
from tdiff.commands.target import Target
from tdiff.engines.choice import OURS, EngineChoice
from tdiff.errors import UsageError
from tdiff.prompt.explain import require_effect
from tdiff.prompt.understand import understand
from tdiff.recipe import Recipe

_FILES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".json", ".txt")


def generate_many(
    prompts_file: Path,
    base: Recipe,
    output: Output,
    *,
    allow_unknown: bool,
    choice: EngineChoice = OURS,
    ray: str | None = None,
) -> None:
    """Write 0000.png, 0001.png … into a folder, in the order of the prompts, all with the same settings.

    Args:
        prompts_file: one prompt a line, or "-" for standard input.
        base: everything but the prompt.
        output: its `out` is the folder.
        allow_unknown: make pictures for prompts without a known word too.
        choice: the model, and what runs it.
        ray: address of a cluster whose machines make them; None for this one.
    """
    out = _folder(output.out)
    lines = read_prompts(prompts_file)
    prompts = list(lines.values())
    check_spread(choice, ray)
    for number, (line, prompt) in enumerate(lines.items()):
        if choice.runs_checkpoint:  # whose tokenizer takes every word
            break
        try:
            require_effect(understand(prompt), allow_unknown)
        except UsageError as error:
            raise UsageError(f"line {line}: {error.message}", remedy=error.remedy) from error
        say_fates(understand(prompt), f"{number:04d}: ")
    targets = [Target(out / f"{number:04d}.png") for number in range(len(prompts))]
    for target in targets:
        target.refuse(output.overwrite)

    from tdiff.pipeline import load_chosen

    pipeline = load_chosen(choice)
    say_what_differs(base, pipeline.info)
    named = pipeline.named(base)
    recipes = [named.replace(prompt=prompt) for prompt in prompts]
    with spread(pipeline, ray) as many, progress(len(recipes), "pictures") as advance:
        waiting = iter(zip(recipes, targets, strict=True))
        began = time.perf_counter()
        for pictures in many.generate_parts(recipes, advance):
            each = (time.perf_counter() - began) / len(pictures)
            for pixels, (recipe, target) in zip(pictures, waiting, strict=False):
                save_picture(recipe, pixels, target, output)
                if output.as_json:
                    put_made(recipe, target, pipeline.tokens(recipe.prompt).words, each)
                else:
                    put_path(target.path)
            began = time.perf_counter()
    say(f"{len(recipes)} picture{'s' if len(recipes) > 1 else ''} in {out}, seed {base.seed}")


def _folder(out: Target | None) -> Path:
    """The folder that is named: one that is there, or a name that no file would have."""
    if out is not None and (out.is_folder or not (out.stream or out.path.exists() or out.path.suffix in _FILES)):
        return out.path
    raise UsageError(
        "--prompts-file makes many pictures", remedy="name a folder for them with --out, such as pictures/"
    )
