"""`tdiff eval`: measure the model that is installed."""

import time
from collections.abc import Sequence

from tdiff.arrays import F32, U8
from tdiff.commands.console import put_lines, say
from tdiff.commands.json_lines import put_json
from tdiff.commands.spread import Many, check_spread, spread
from tdiff.engines.choice import OURS, EngineChoice
from tdiff.errors import UsageError
from tdiff.evaluate.checker import load_checker
from tdiff.evaluate.following import Generate
from tdiff.evaluate.prompts import CATEGORIES
from tdiff.evaluate.report import FULL, QUICK, check_parts, needs_checker, run
from tdiff.pipeline import from_pixels, load_chosen
from tdiff.recipe import Recipe


def evaluate(
    quick: bool,
    only: str | None,
    as_json: bool,
    guidance: float | None = None,
    guidance_start: float | None = None,
    choice: EngineChoice = OURS,
    ray: str | None = None,
) -> None:
    """Run the suites and print the report.

    Args:
        quick: a minute's worth.
        only: comma-separated sections or categories.
        as_json: one JSON object instead of a table.
        guidance: w of every picture that is not made to compare guidances; the recipe's default where None.
        guidance_start: share of the run before guidance sets in; the recipe's default where None.
        choice: the model, and what runs it.
        ray: address of a cluster whose machines make the pictures; None for this one.

    Raises:
        UsageError: there is no such part, or the model has no world to be measured in.
        RecipeError: the guidance is out of range.
    """
    parts = named_parts(only or "")
    check_parts(parts)
    check_spread(choice, ray)
    if choice.runs_checkpoint:
        raise UsageError(
            "eval measures how pictures fit tdiff's own world, which a checkpoint does not know",
            remedy="leave out --model, or name a model of tdiff's own",
        )
    pipeline, checker = load_chosen(choice), load_checker() if needs_checker(parts) else None
    given = {"guidance": guidance, "guidance_start": guidance_start}
    base = Recipe().replace(**{name: value for name, value in given.items() if value is not None})

    def features(pictures: U8) -> F32:
        return pipeline.model.pair.images(from_pixels(pictures))

    began = time.perf_counter()
    settings = {
        "model": f"{pipeline.info.name} {pipeline.info.hash}, {pipeline.info.pictures:,} pictures seen",
        "settings": f"guidance {base.guidance:g} from {base.guidance_start:.0%} of the run on, "
        f"{base.steps} steps, {base.sampler}, η {base.eta:g}",
    }
    with spread(pipeline, ray) as many:
        report = run(
            _generate(many, base),
            checker,
            features,
            pipeline.model.pair.text,
            QUICK if quick else FULL,
            parts,
            lambda section: say(f"{time.perf_counter() - began:6.0f} s  {section} …"),
            settings,
        )
    if as_json:
        put_json("tdiff.eval/1", report.content())
    else:
        put_lines(report.to_text())


def _generate(many: Many, base: Recipe) -> Generate:
    """Makes the pictures of the suites, with everything else as `base` says."""

    def generate(
        prompts: Sequence[str], negatives: Sequence[str], seeds: Sequence[int], guidance: float | None = None
    ) -> U8:
        w = base.guidance if guidance is None else guidance
        recipes = [
            base.replace(prompt=prompt, negative=negative, seed=seed, guidance=w)
            for prompt, negative, seed in zip(prompts, negatives, seeds, strict=True)
        ]
        return many.generate_many(recipes)

    return generate


def named_parts(only: str) -> list[str]:
    """Split at commas; a category whose name in words has one is read either way: "colour, held out"."""
    parts: list[str] = []
    for part in (piece.strip() for piece in only.split(",")):
        if parts and f"{parts[-1]} {part}" in CATEGORIES:
            parts[-1] += f" {part}"
        elif part:
            parts.append(part)
    return parts
