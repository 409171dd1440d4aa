"""A mark in the starting noise of six pictures, and seven ways to treat each of them badly."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from tdiff.arrays import U8
from tdiff.diffusion import Run, Start, Trace, noise, run_of
from tdiff.diffusion.run import PICTURE
from tdiff.diffusion.watermark_noise import DEFAULT_KEY, METHODS, mark
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing
from tdiff.lessons.core.rewording import heard, shortened
from tdiff.lessons.core.together import seeds_from
from tdiff.lessons.labels.survival import about
from tdiff.pipeline import options_of, to_pixels
from tdiff.provenance.watermark_attacks import ATTACKS, attacked
from tdiff.provenance.watermark_detect import find
from tdiff.provenance.watermark_measure import both_noises
from tdiff.provenance.watermark_table import recorded_table
from tdiff.views.figures import Pane

_STEPS = 20  # whatever the bench has: after 8 steps one mark in ten was found again
_OTHERS: Final = ("a cat", "a red heart", "a green tree", "a robot", "two yellow stars on a blue background")
"""Beside the bench's prompt: plain drawings keep a mark less often than those with much in them."""
_UNHARMED = "none"
_RING = METHODS[0]
_FEW, _MANY = 0.25, 0.75  # of the treated pictures
_HARDLY, _SOME, _MOST = range(3)


def hidden_mark(bench: Bench) -> Iterator[Outcome]:
    """Mark six pictures, treat each in seven ways, and look for the mark by running the sampler backwards.

    Args:
        bench: whose prompt and seed the first picture has; the others have prompts of their own and the next seeds.
    """
    prompts = (heard(bench.recipe.prompt), *_OTHERS)
    run = _run(bench, prompts)
    total = run.options.steps + len(ATTACKS)
    trace = Trace(run)
    titles = ["unmarked", *(f"marked: {shortened(prompt, 15)}" for prompt in prompts[:3])]
    yield from playing(trace, titles, total=total)

    unmarked, *marked = to_pixels(trace.final)
    pictures = np.stack(marked)  # (6, H, W, 3)
    recorded = recorded_table()
    line = recorded.measured.thresholds[_RING]  # that of the recorded shares, so that both can be compared
    found: dict[str, list[bool]] = {}  # for each treatment, whether the mark of each picture is found
    for attack in ATTACKS:
        treated = attacked(pictures, attack)
        looked = find(*both_noises(bench.pipeline, treated), DEFAULT_KEY, _RING)
        found[attack] = [each.score >= line for each in looked]
        panes = [Pane(shortened(prompt, 24), treated[n], attack) for n, prompt in enumerate(prompts[:4])]
        yield Outcome(tuple(panes), progress=(run.options.steps + len(found), total))

    harmed = np.array([found[attack] for attack in ATTACKS if attack != _UNHARMED])  # (treatments, pictures)
    kept = harmed.sum(axis=0)
    best, worst = int(kept.argmax()), int(kept.argmin())
    apart = difference(trace.final[0], trace.final[1])
    survived = int(harmed.sum())
    yield Outcome(
        panes=(
            Pane("unmarked", unmarked),
            Pane("the same, marked", pictures[0], f"{apart:.3f} off, found {_times(kept[0], len(harmed))}"),
            *(_pane(prompts[n], pictures[n], what, int(kept[n]), len(harmed)) for n, what in _ends(best, worst)),
        ),
        values={
            "survived": survived,
            "treated": harmed.size,
            "attacks": len(harmed),
            "pictures": len(prompts),
            "unharmed": sum(found[_UNHARMED]),
            "best": shortened(prompts[best], 40),
            "best_kept": int(kept[best]),
            "worst": shortened(prompts[worst], 40),
            "worst_kept": int(kept[worst]),
            "n": f"{recorded.count:,}",
        },
        answer=_answer(survived / harmed.size),
        table=(
            ("treated with", f"of {len(prompts)}", "recorded"),
            *(
                (attack, str(sum(hits)), f"{recorded.row(_RING, attack).detected.value:.0%}")
                for attack, hits in found.items()
            ),
            *((line, "", "") for line in about(recorded, bench.pipeline.info)),
        ),
    )


def _run(bench: Bench, prompts: Sequence[str]) -> Run:
    """The first prompt unmarked, then all of them with a ring. DDIM, which adds no fresh noise."""
    recipe = bench.plain(least=_STEPS, most=_STEPS)
    options = options_of(recipe.replace(sampler="ddim", eta=0.0))
    seeds = seeds_from(recipe.seed, len(prompts))
    plain = [noise(seed, PICTURE) for seed in seeds]
    rings = [mark(each, DEFAULT_KEY, _RING, (seed,)) for each, seed in zip(plain, seeds, strict=True)]
    conditions = bench.pipeline.conditions([prompts[0], *prompts], [recipe.negative] * (1 + len(prompts)))
    start = Start(np.stack([plain[0], *rings]))
    return run_of(bench.pipeline.denoiser, conditions, (seeds[0], *seeds), options, start)


def _answer(share: float) -> int:
    return _HARDLY if share <= _FEW else _MOST if share >= _MANY else _SOME


def _ends(best: int, worst: int) -> tuple[tuple[int, str], ...]:
    """Which pictures keep the mark best and worst, and how to say so; neither where all keep it alike."""
    return () if best == worst else ((best, "best"), (worst, "worst"))


def _pane(prompt: str, picture: U8, what: str, kept: int, of: int) -> Pane:
    return Pane(f"keeps it {what}", picture, f"{shortened(prompt, 24)}: {_times(kept, of)}")


def _times(kept: int, of: int) -> str:
    return f"{kept} of {of} times"
