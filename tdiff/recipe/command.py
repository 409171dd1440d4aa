"""A recipe as the command that makes its picture again, and the pieces of that command read back."""

import shlex
from collections.abc import Sequence

from tdiff.errors import UsageError
from tdiff.recipe.model import Recipe, Switch
from tdiff.text import clean_text


def to_command(
    recipe: Recipe, start_image: str | None = None, allow_unknown: bool = False, options: Sequence[str] = ()
) -> str:
    """Return the `tdiff generate …` line that makes this picture; settings at their default are left out.

    A recipe that says what made it names engine and dtype, and a checkpoint by the name of its folder.

    Args:
        recipe: what to make.
        start_image: path of the picture it starts from, which a recipe only knows by its hash.
        allow_unknown: a prompt of it has no effect, and is meant so.
        options: further words, quoted where they need it.
    """
    words = [*_settings(recipe), *_maker(recipe)]
    if allow_unknown:
        words.append("--allow-unknown")
    if recipe.start is not None:
        words += ["--start-image", quoted(start_image or "PICTURE"), "--strength", f"{recipe.start.strength:g}"]
    if recipe.watermark is not None:
        words += ["--watermark", recipe.watermark]
    for switch in recipe.switches:
        if switch.prompt is not None:
            words += ["--switch", quoted(f"{switch.step + 1}:{switch.prompt}")]
        if switch.negative is not None:
            words += ["--switch-negative", quoted(f"{switch.step + 1}:{switch.negative}")]
    return _line("generate", recipe.prompt, [*words, *options])


def to_grid_command(base: Recipe, x: str, y: str = "", options: Sequence[str] = ()) -> str:
    """Return the `tdiff grid …` line that varies one field of a recipe or two.

    Args:
        base: what no axis changes; without start picture, mark and switches.
        x: columns as FIELD=VALUES.
        y: rows likewise; "" for a single one.
        options: further words, quoted where they need it.
    """
    words = [*_settings(base), *_maker(base), "--x", quoted(x)]
    return _line("grid", base.prompt, [*words, *(("--y", quoted(y)) if y else ()), *options])


def _line(command: str, prompt: str, options: list[str]) -> str:
    """Put the prompt where it is not taken for an option."""
    words = [*options, "--", quoted(prompt)] if prompt.startswith("-") else [quoted(prompt), *options]
    return " ".join(["tdiff", command, *words])


def _settings(recipe: Recipe) -> list[str]:
    """Options for what differs from the defaults, and the seed."""
    rest, words = Recipe(), []
    if recipe.negative:
        words += ["--negative", quoted(recipe.negative)]
    for name in ("guidance", "guidance_start", "steps", "sampler", "eta"):
        value = getattr(recipe, name)
        if value != getattr(rest, name):
            words += [f"--{name.replace('_', '-')}", f"{value:g}" if isinstance(value, float) else str(value)]
    words += ["--seed", str(recipe.seed)]
    if not recipe.clip:
        words.append("--no-clip")
    return words


def _maker(recipe: Recipe) -> list[str]:
    """Options for what made it, as far as that is not what runs without any."""
    words = []
    if recipe.engine == "diffusers":
        words += ["--model", quoted(recipe.model_name or "FOLDER")]
    elif recipe.engine not in (None, "numpy"):
        words += ["--engine", quoted(recipe.engine)]
    if recipe.dtype not in (None, "float32"):
        words += ["--dtype", quoted(recipe.dtype)]
    return words


def quoted(text: str) -> str:
    """Return a text as one word of a shell that shows as it is and acts on no terminal.

    Control characters, bidirectional overrides and their like are written as escapes in $'…', which bash, zsh and
    POSIX 2024 know.
    """
    if clean_text(text, len(text)) == text:
        return shlex.quote(text)
    return f"$'{''.join(map(_escaped, text))}'"


def _escaped(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if clean_text(character) == character:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def parse_switches(prompts: list[str], negatives: list[str]) -> tuple[Switch, ...]:
    """Read `--switch 8:"a blue apple"` and `--switch-negative 8:red` into switches by rising step.

    Steps count from 1, as on screen; those of a `Switch` are indices.

    Raises:
        UsageError: one of them is not STEP:TEXT, or two are for the same step.
    """
    texts: dict[int, dict[str, str]] = {}
    for name, values in (("prompt", prompts), ("negative", negatives)):
        for value in values:
            step, text = _split(value)
            if name in texts.setdefault(step, {}):
                raise UsageError(f"two switches name step {step + 1}", remedy="keep one")
            texts[step][name] = text
    return tuple(Switch(step, **texts[step]) for step in sorted(texts))


def _split(value: str) -> tuple[int, str]:
    step, colon, text = value.partition(":")
    if not colon or not step.strip().isdecimal() or len(step) > 6:
        raise UsageError('a switch is written STEP:TEXT, as in --switch 8:"a blue apple"')
    if int(step) == 0:
        raise UsageError("the steps of a switch count from 1", remedy="write --switch 1:TEXT for the first step")
    return int(step) - 1, text
