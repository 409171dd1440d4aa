"""`tdiff watermark detect`: is a key's mark in the noise that a picture was made from?"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tdiff.commands.console import put, say
from tdiff.commands.inputs import Given, read
from tdiff.commands.json_lines import put_json
from tdiff.diffusion.watermark_noise import DEFAULT_KEY, METHOD, check_key

if TYPE_CHECKING:
    from tdiff.provenance.watermark_detect import Detection

FOUND_PROVES: Final = (
    "so its noise was most likely marked with that key: who made it this does not prove, as anyone who knows the key "
    "can set the mark"
)
MISSING_PROVES: Final = (
    "no mark found does not prove that a picture is not generated: it may be unmarked, marked with another key, or "
    "changed too much since"
)


def detect(path: Path, key: str | None, as_json: bool, method: str = METHOD) -> None:
    """Look for a mark and say in one line what was found and what that means.

    Args:
        path: a PNG, JPEG or WebP file.
        key: id of the key; by default the one that the file's recipe names, or else `DEFAULT_KEY`.
        as_json: print one JSON object instead.
        method: "ring", which `generate` sets, or "bits".

    Raises:
        ImageError: the file is no picture that can be read.
        UsageError: the key or the method is not one.
    """
    if key is not None:
        check_key(key)
    given = read(path)
    loaded = given.picture("picture")
    key = key or _named(given)

    from tdiff.pipeline import load
    from tdiff.provenance.watermark_detect import detect as look

    (found,) = look(load(), loaded.picture[None], key, method)
    if as_json:
        meaning = FOUND_PROVES if found.found else MISSING_PROVES
        content = {"file": str(path), **asdict(found), "found": found.found, "verdict": found.verdict}
        put_json("tdiff.watermark/1", content | {"meaning": meaning})
    else:
        put(f"{given.name}: {sentence(found)}")


def sentence(found: "Detection") -> str:
    """Say what was found, and what it does and does not prove."""
    number = f"score {found.score:.1f}, p = {found.p_value:.2g}"
    if found.verdict == "unsure":
        return (
            f"a trace of key {found.key}, too weak to say ({number}: of pictures without it, "
            f"{_rarity(found.p_value)} as high); {MISSING_PROVES}"
        )
    if not found.found:
        return f"no mark of key {found.key} found ({number}); {MISSING_PROVES}"
    where = "in its mirror image, " if found.mirrored else ""
    read = "" if found.bits_read is None else f", {found.bits_read} of 64 bits read"
    rare = f"of pictures without it, {_rarity(found.p_value)} as high"
    return f"mark of key {found.key} found {where}({number}{read}: {rare}), {FOUND_PROVES}"


def _rarity(p_value: float) -> str:
    """A p-value in words."""
    if p_value < 1e-9:
        return "fewer than one in a billion score"
    return f"about one in {round(1 / p_value):,} scores"


def _named(given: Given) -> str:
    """The key that the file's own recipe names, or the default; either is said."""
    from tdiff.provenance.read import metadata_of

    found = metadata_of(given.data)
    for warning in found.warnings:
        say(warning)
    if found.recipe is not None and found.recipe.watermark is not None:
        say(f"looking for key {found.recipe.watermark}, which the file's recipe names")
        return found.recipe.watermark
    say(f"looking for the default key {DEFAULT_KEY}: give another with --key")
    return DEFAULT_KEY
