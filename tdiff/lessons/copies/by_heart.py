"""Overfit on purpose: a small network sees the same hundred scenes until it paints them from memory."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.scenes import training_scenes, unseen_scenes
from tdiff.lessons.core.showing import sheet
from tdiff.lessons.core.smaller import halved
from tdiff.tinytrain import Memorisation, TinySettings, TinyTrainer, memorisation, nearest
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane
from tdiff.world.dataset import TRAIN_SIZE

_PICTURES = 100
_SAMPLES = 32
_BATCH = 64
_STEPS = 2400
_EVERY, _LOOK = 50, 300  # steps between outcomes, and between new samples
_FEW = 10  # copies
_BLANK = 0.5  # of the least contrast of all training scenes: what has less shows nothing
_NONE, _SOME, _MANY = range(3)


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What it paints at one moment; arrays are (32, 16, 16, 3)."""

    step: int
    samples: F32
    nearest: F32
    measured: Memorisation
    copies: int


def by_heart(bench: Bench, steps: int = _STEPS) -> Iterator[Outcome]:
    """Train on 100 training scenes, and count what is nearer to one of them than any of 100 unseen scenes is.

    Args:
        bench: whose seed chooses the scenes and starts the network.
        steps: training steps, a multiple of 300.
    """
    train, unseen = (halved(scenes(bench, _PICTURES).pictures) for scenes in (training_scenes, unseen_scenes))
    line = float(nearest(unseen, train).distance.min())
    trainer = TinyTrainer(train, TinySettings(batch=_BATCH, seed=bench.recipe.seed))
    looks = [_look(trainer, train, unseen, line)]
    while trainer.steps < steps:
        yield Outcome(_panes(looks[-1]), progress=(trainer.steps, steps), curves=_curves(looks), tiny=True)
        for _ in range(_EVERY):
            trainer.step()
        if trainer.steps % _LOOK == 0:
            looks.append(_look(trainer, train, unseen, line))

    last = looks[-1]
    yield Outcome(
        panes=_panes(last),
        values={
            "copies": last.copies,
            "samples": _SAMPLES,
            "pictures": _PICTURES,
            "ratio": last.measured.ratio,
            "line": line,
            "each": f"{round(trainer.parameters / _PICTURES):,}",
            "shipped_each": f"{bench.pipeline.info.parameters / TRAIN_SIZE:.0f}",
            "step_count": f"{steps:,}",
        },
        tiny=True,
        answer=_NONE if last.copies == 0 else _SOME if last.copies <= _FEW else _MANY,
        table=(
            ("training step", "copies", "ratio"),
            *((f"{each.step:,}", str(each.copies), f"{each.measured.ratio:.2f}") for each in looks),
        ),
        curves=_curves(looks),
        x_label="training step",
        y_label=f"copies among {_SAMPLES}",
    )


def _look(trainer: TinyTrainer, train: F32, unseen: F32, line: float) -> _Look:
    samples = trainer.sample(_SAMPLES)
    measured = memorisation(samples, train, unseen)
    # An untrained network paints a flat gray, which lies near a scene of a small thing on gray: no copy of that thing.
    painted = _contrast(samples) > _BLANK * _contrast(train).min()
    copies = int((painted & (measured.train.distance < line)).sum())
    return _Look(trainer.steps, samples, train[measured.train.index], measured, copies)


def _contrast(pictures: F32) -> F32:
    """Spread of each picture's values: (n,)."""
    spread: F32 = pictures.std(axis=(1, 2, 3))
    return spread


def _panes(look: _Look) -> tuple[Pane, ...]:
    """Twice four samples, each four beside the training scenes nearest to them."""
    panes: list[Pane] = []
    for first in (0, 4):
        part = slice(first, first + 4)
        far = float(np.mean(look.measured.train.distance[part]))
        made = sheet(look.samples[part])
        panes.append(Pane(f"made, step {look.step:,}", made, f"{first + 1} to {first + 4}"))
        panes.append(Pane("nearest trained on", sheet(look.nearest[part]), f"{far:.3f} away"))
    return tuple(panes)


def _curves(looks: list[_Look]) -> tuple[Curve, ...]:
    if len(looks) < 2:
        return ()
    return (Curve("copies", tuple(float(each.step) for each in looks), tuple(float(each.copies) for each in looks)),)
