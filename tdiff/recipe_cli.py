"""A recipe as the command that makes its picture again, and the pieces of that command read back."""

import shlex

from tdiff.errors import UsageError
from tdiff.recipe import Recipe, Switch


def to_command(recipe: Recipe, start_image: str | None = None) -> str:
    """Return the `tdiff generate …` line that makes this picture; settings at their default are left out.

    Args:
        recipe: what to make.
        start_image: path of the picture it starts from, which a recipe only knows by its hash.
    """
    rest = Recipe()
    prompt = shlex.quote(recipe.prompt)
    words = ["tdiff", "generate"]
    if not recipe.prompt.startswith("-"):
        words.append(prompt)
    if recipe.negative:
        words += ["--negative", shlex.quote(recipe.negative)]
    for name in ("guidance", "steps", "sampler", "eta"):
        value = getattr(recipe, name)
        if value != getattr(rest, name):
            words += [f"--{name}", f"{value:g}" if isinstance(value, float) else str(value)]
    words += ["--seed", str(recipe.seed)]
    if not recipe.clip:
        words.append("--no-clip")
    if recipe.start is not None:
        words += ["--start-image", shlex.quote(start_image or "PICTURE"), "--strength", f"{recipe.start.strength:g}"]
    if recipe.watermark is not None:
        words += ["--watermark", recipe.watermark]
    for switch in recipe.switches:
        if switch.prompt is not None:
            words += ["--switch", shlex.quote(f"{switch.step}:{switch.prompt}")]
        if switch.negative is not None:
            words += ["--switch-negative", shlex.quote(f"{switch.step}:{switch.negative}")]
    if recipe.prompt.startswith("-"):  # else it would be taken for an option
        words += ["--", prompt]
    return " ".join(words)


def parse_switches(prompts: list[str], negatives: list[str]) -> tuple[Switch, ...]:
    """Read `--switch 8:"a blue apple"` and `--switch-negative 8:red` into switches by rising step.

    Raises:
        UsageError: one of them is not STEP:TEXT, or two are for the same step.
    """
    texts: dict[int, dict[str, str]] = {}
    for name, values in (("prompt", prompts), ("negative", negatives)):
        for value in values:
            step, text = _split(value)
            if name in texts.setdefault(step, {}):
                raise UsageError(f"two switches name step {step}: keep one")
            texts[step][name] = text
    return tuple(Switch(step, **texts[step]) for step in sorted(texts))


def _split(value: str) -> tuple[int, str]:
    step, colon, text = value.partition(":")
    if not colon or not step.strip().isdecimal() or len(step) > 6:
        raise UsageError('a switch is written STEP:TEXT, such as --switch 8:"a blue apple"')
    return int(step), text
