"""DDIM and DDPM, each run again: what does the seed fix?"""

from collections.abc import Iterator

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Trace
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import SAME, playing
from tdiff.pipeline import to_pixels
from tdiff.recipe import Recipe
from tdiff.views.figures import Pane

_OTHER = 1_000_003  # added to the seed where later noise comes from another one
_NO_PAIR = 3


def seed_fixes(bench: Bench) -> Iterator[Outcome]:
    """Make pairs: each sampler twice with one seed, and once with the same start but other noise on the way."""
    made: dict[str, F32] = {}
    base = bench.plain(least=4, most=25)
    for sampler in ("ddim", "ddpm"):
        recipe = base.replace(sampler=sampler, eta=0.0)
        for title, trace in _runs(bench, recipe):
            yield from playing(trace, [title], before=len(made) * recipe.steps, total=6 * recipe.steps)
            made[title] = trace.final[0]

    twice = [difference(made[name], made[f"{name} again"]) for name in ("DDIM", "DDPM")]
    fresh = [difference(made[name], made[f"{name} fresh"]) for name in ("DDIM", "DDPM")]
    pairs = [*twice, fresh[1]]
    yield Outcome(
        panes=(
            Pane("DDIM", to_pixels(made["DDIM"]), f"again: {twice[0]:.3f} apart"),
            Pane("DDPM", to_pixels(made["DDPM"])),
            Pane("DDPM again", to_pixels(made["DDPM again"]), f"{twice[1]:.3f} apart"),
            Pane("DDPM, new noise", to_pixels(made["DDPM fresh"]), f"{fresh[1]:.3f} apart"),
        ),
        values={"ddim": twice[0], "ddpm": twice[1], "ddpm_fresh": fresh[1], "ddim_fresh": fresh[0]},
        answer=int(np.argmax(pairs)) if max(pairs) > SAME else _NO_PAIR,
        table=(
            ("pair", "DDIM", "DDPM"),
            ("same seed twice", f"{twice[0]:.3f}", f"{twice[1]:.3f}"),
            ("other noise on the way", f"{fresh[0]:.3f}", f"{fresh[1]:.3f}"),
        ),
    )


def _runs(bench: Bench, recipe: Recipe) -> Iterator[tuple[str, Trace]]:
    """A run, the same again, and one that shares its start; each must be played before the next is asked for."""
    name = recipe.sampler.upper()
    first = bench.pipeline.trace(recipe)
    yield name, first
    yield f"{name} again", bench.pipeline.trace(recipe)
    yield f"{name} fresh", first.fork(0, seeds=recipe.seed + _OTHER, renoise=False)
