"""Does a low loss mean good pictures? Doing nothing at light noise, against the trained model at heavy noise."""

from collections.abc import Iterator, Sequence

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Condition, Conditions, Trace, add_noise, alpha_sigma, run_of
from tdiff.diffusion.noise import noise
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.asking import ask, level_at
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.scenes import training_scenes
from tdiff.pipeline import options_of, to_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_SCENES = 12
_LEVELS = (0.1, 0.2, 0.3, 0.5, 0.7, 0.85, 0.95)
_LIGHT, _HEAVY = _LEVELS[0], _LEVELS[-1]
_STEPS = 12
_IDLE, _TRAINED, _EQUAL = range(3)
_ALIKE = 0.1  # of the larger error


class Idle:
    """A denoiser that takes whatever it is handed for the clean picture."""

    def bind(self, conditions: Sequence[Condition], times: Sequence[float] = ()) -> "Idle":
        """Conditions make no difference."""
        return self

    def __call__(self, x_t: F32, t: float) -> F32:
        """V of x̂_0 = x_t."""
        alpha, sigma = alpha_sigma(t)
        return ((alpha - 1) / sigma) * x_t


def low_loss(bench: Bench) -> Iterator[Outcome]:
    """Measure both errors by noise level on training scenes, then let both make a picture from static."""
    scenes = training_scenes(bench, _SCENES)
    total = len(_LEVELS) + _STEPS
    yield Outcome((Pane("clean", to_pixels(scenes.pictures[0])),), progress=(0, total))

    eps = np.stack([noise((bench.recipe.seed + place) % 2**64, PICTURE) for place in range(_SCENES)])
    idle: dict[float, float] = {}
    model: dict[float, float] = {}
    shown: dict[float, tuple[F32, F32]] = {}
    for done, sigma in enumerate(_LEVELS, 1):
        level = level_at(sigma)
        x_t = add_noise(scenes.pictures, eps, level.alpha, level.sigma)
        guess = ask(bench.pipeline, x_t, level, scenes.captions).x0.clip(-1, 1)
        idle[sigma], model[sigma] = (float(np.square(each - scenes.pictures).mean()) for each in (x_t, guess))
        shown[sigma] = x_t[0], guess[0]
        yield Outcome(_two(shown, idle, model, sigma), progress=(done, total))

    static = noise(bench.recipe.seed, PICTURE)
    trace = _trace(bench, scenes.captions[0])
    for step in trace.play():
        panes = (Pane("from static: idle", to_pixels(static)), Pane("from static: model", to_pixels(step.x_next[0])))
        yield Outcome(panes, progress=(len(_LEVELS) + step.index + 1, total))
    made = (
        Trace(run_of(Idle(), Conditions.repeat(None, None), bench.recipe.seed, trace.run.options)).complete().final[0]
    )

    a, b = idle[_LIGHT], model[_HEAVY]
    levels = tuple(100 * sigma for sigma in _LEVELS)
    yield Outcome(
        panes=(
            Pane(f"idle at {_LIGHT:.0%}", to_pixels(shown[_LIGHT][0]), f"error {a:.4f}"),
            Pane(f"model at {_HEAVY:.0%}", to_pixels(shown[_HEAVY][1]), f"error {b:.4f}"),
            Pane("from static: idle", to_pixels(made)),
            Pane("from static: model", to_pixels(trace.final[0])),
        ),
        values={
            "idle": a,
            "model": b,
            "light": _LIGHT,
            "heavy": _HEAVY,
            "model_light": model[_LIGHT],
            "idle_heavy": idle[_HEAVY],
        },
        answer=_EQUAL if abs(a - b) <= _ALIKE * max(a, b) else _IDLE if a < b else _TRAINED,
        table=(
            ("noise level", "idle", "model"),
            *((f"{sigma:.0%}", f"{idle[sigma]:.4f}", f"{model[sigma]:.4f}") for sigma in _LEVELS),
        ),
        curves=(Curve("idle", levels, tuple(idle.values())), Curve("model", levels, tuple(model.values()))),
        x_label="noise level, %",
        y_label="squared error of the clean guess",
    )


def _two(
    shown: dict[float, tuple[F32, F32]], idle: dict[float, float], model: dict[float, float], sigma: float
) -> tuple[Pane, ...]:
    x_t, guess = shown[sigma]
    return (
        Pane(f"idle at {sigma:.0%}", to_pixels(x_t), f"error {idle[sigma]:.4f}"),
        Pane(f"model at {sigma:.0%}", to_pixels(guess), f"error {model[sigma]:.4f}"),
    )


def _trace(bench: Bench, caption: str) -> Trace:
    recipe = bench.recipe
    options = options_of(recipe.replace(steps=_STEPS, sampler="ddim", eta=0.0))
    return Trace(run_of(bench.pipeline.denoiser, bench.pipeline.conditions([caption], [""]), recipe.seed, options))
