"""`tdiff clip`: how well texts and pictures fit, by the text–image pair."""

from pathlib import Path

from tdiff.commands.console import put_named, say_fates
from tdiff.commands.inputs import read
from tdiff.commands.json_lines import put_json
from tdiff.prompt.explain import require_effect
from tdiff.prompt.understand import understand_words


def match(prompt: str, pictures: list[Path], as_json: bool) -> None:
    """Print the cosine similarity of a prompt with each picture."""
    tokens = understand_words(prompt)
    require_effect(tokens, allow_unknown=False)
    say_fates(tokens)
    import numpy as np

    loaded = [(given := read(path)).picture(given.name).picture for path in pictures]

    from tdiff import load

    scores = load().similarity([prompt], np.stack(loaded))[0]
    for path, score in zip(pictures, scores, strict=True):
        if as_json:
            put_json("tdiff.clip/1", {"prompt": prompt, "file": str(path), "similarity": round(float(score), 4)})
        else:
            put_named(f"{score:+.3f}  ", path)
