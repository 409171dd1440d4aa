"""A mark in the starting noise, two kinds of it, and seven ways to treat the marked picture badly."""

from collections.abc import Iterator

import numpy as np

from tdiff.arrays import U8
from tdiff.diffusion import Run, Start, Trace, noise, run_of
from tdiff.diffusion.run import PICTURE
from tdiff.diffusion.watermark_noise import DEFAULT_KEY, METHODS, mark
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing
from tdiff.pipeline import options_of, to_pixels
from tdiff.provenance.watermark_attacks import ATTACKS, attacked
from tdiff.provenance.watermark_detect import Detection, find
from tdiff.provenance.watermark_measure import both_noises
from tdiff.views.figures import Pane

_STEPS = 20  # whatever the bench has: after 8 steps one mark in ten was found again
_TITLES = ("unmarked", "marked: ring", "marked: bits")
_RING, _BITS = METHODS
_FEW, _MOST = 1, 6  # of seven
_HARDLY, _SOME, _NEARLY_ALL = range(3)


def hidden_mark(bench: Bench) -> Iterator[Outcome]:
    """Make one picture unmarked and marked twice, treat it, and look for the marks by running the sampler backwards."""
    run = _run(bench)
    total = run.options.steps + len(ATTACKS)
    trace = Trace(run)
    yield from playing(trace, _TITLES, total=total)

    pictures = to_pixels(trace.final)
    found: dict[str, dict[str, Detection]] = {}
    panes = [Pane(title, picture) for title, picture in zip(_TITLES, pictures, strict=True)]
    treated: dict[str, U8] = {}
    for attack in ATTACKS:
        treated[attack] = attacked(pictures[1:], attack)
        straight, mirrored = both_noises(bench.pipeline, treated[attack])
        found[attack] = {
            method: find(straight[place : place + 1], mirrored[place : place + 1], DEFAULT_KEY, method)[0]
            for place, method in enumerate(METHODS)
        }
        last = Pane(attack, treated[attack][0], _verdict(found[attack][_RING]))
        yield Outcome((*panes, last), progress=(run.options.steps + len(found), total))

    bad = [attack for attack in ATTACKS if attack != "none"]
    survived, bits = (sum(found[attack][method].found for attack in bad) for method in METHODS)
    worst = min(bad, key=lambda attack: found[attack][_RING].score)
    unharmed = found["none"]
    apart = [difference(trace.final[0], trace.final[place]) for place in (1, 2)]
    yield Outcome(
        panes=(
            panes[0],
            Pane(_TITLES[1], pictures[1], f"{apart[0]:.3f} off"),
            Pane(_TITLES[2], pictures[2], f"{apart[1]:.3f} off"),
            Pane(worst, treated[worst][0], _verdict(found[worst][_RING])),
        ),
        values={
            "survived": survived,
            "bits": bits,
            "attacks": len(bad),
            "score": unharmed[_RING].score,
            "p": unharmed[_RING].p_value,
            "difference": apart[0],
            "worst": worst,
        },
        answer=_HARDLY if survived <= _FEW else _NEARLY_ALL if survived >= _MOST else _SOME,
        table=(
            ("treated with", *METHODS),
            *((attack, *(_cell(found[attack][method]) for method in METHODS)) for attack in ATTACKS),
        ),
    )


def _run(bench: Bench) -> Run:
    """Three pictures of one recipe and seed: unmarked, with a ring, with bits. DDIM, which adds no fresh noise."""
    recipe = bench.plain(least=_STEPS, most=_STEPS)
    options = options_of(recipe.replace(sampler="ddim", eta=0.0))
    plain = noise(recipe.seed, PICTURE)
    start = Start(np.stack([plain, *(mark(plain, DEFAULT_KEY, method, (recipe.seed,)) for method in METHODS)]))
    conditions = bench.pipeline.conditions([recipe.prompt] * len(_TITLES), [recipe.negative] * len(_TITLES))
    return run_of(bench.pipeline.denoiser, conditions, (recipe.seed,) * len(_TITLES), options, start)


def _verdict(found: Detection) -> str:
    return f"{found.verdict}, {found.score:.1f}"


def _cell(found: Detection) -> str:
    return f"{'yes' if found.found else 'no'} {found.score:.1f}"
