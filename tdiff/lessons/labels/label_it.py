"""Label it: a file that is saved, stripped and forged, and what it says of itself each time."""

from collections.abc import Iterator

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing
from tdiff.lessons.labels.label_lab import LabelLab
from tdiff.lessons.labels.label_state import LabelState
from tdiff.pipeline import from_pixels
from tdiff.provenance.xmp import CAPTURED
from tdiff.views.figures import Pane

_STEPS = 20
_ALGORITHM, _CAMERA, _FORGED = range(3)
_SHORT = {"a trained algorithm made it": "algorithm", "a camera took it": "camera"}


def label_it(bench: Bench) -> Iterator[Outcome]:
    """Save the bench's picture with and without its prompt, strip it, write a lie into it, and inspect every time."""
    recipe = bench.plain(most=_STEPS, sampler="ddim", eta=0.0)
    yield from playing(bench.pipeline.trace(recipe), ["being made"])

    lab = LabelLab(bench.pipeline, recipe)
    saved, private = lab.save(), lab.toggle_prompt()
    stripped, forged = lab.strip(), lab.forge()
    files = {"saved": saved, "saved, no prompt": private, "stripped": stripped, "forged": forged}
    apart = max(difference(from_pixels(saved.picture), from_pixels(each.picture)) for each in files.values())
    yield Outcome(
        panes=tuple(Pane(name, each.picture, f"says: {_short(each)}") for name, each in files.items()),
        values={
            "saved": _short(saved),
            "stripped": _short(stripped),
            "forged": _short(forged),
            "apart": apart,
            "bytes": len(saved.file),
            "bytes_stripped": len(stripped.file),
        },
        answer=_answer(forged),
        table=(
            ("file", "says", "prompt", "bytes"),
            *(
                (name, _short(each), "yes" if _has_prompt(each) else "no", f"{len(each.file):,}")
                for name, each in files.items()
            ),
        ),
    )


def _short(state: LabelState) -> str:
    return _SHORT.get(state.says, "nothing" if state.metadata.source_type is None else "other")


def _has_prompt(state: LabelState) -> bool:
    return state.metadata.recipe is not None and not state.metadata.prompt_withheld


def _answer(forged: LabelState) -> int:
    if forged.metadata.warnings:
        return _FORGED
    return _CAMERA if forged.metadata.source_type == CAPTURED else _ALGORITHM
