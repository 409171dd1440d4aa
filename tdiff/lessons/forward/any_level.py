"""Any level is one jump: a hundred small doses of noise against one."""

from collections.abc import Iterator

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import add_noise, alpha_sigma
from tdiff.lessons.core.asking import level_at
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.scenes import training_scenes
from tdiff.lessons.core.showing import noise_pixels
from tdiff.pipeline import to_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_LEVEL = 0.7
_DOSES = 100
_SCENES = 16  # measured together, so that chance does not show
_EVERY = 10
_ALIKE = 0.02
_CHAIN, _JUMP, _NEITHER = range(3)


def any_level(bench: Bench) -> Iterator[Outcome]:
    """Noise scenes to one level twice: by x_t = α·x_0 + σ·ε, and by a chain of doses (Ho et al. 2020, eq. 4 and 2)."""
    x0 = training_scenes(bench, _SCENES).pictures
    clean = Pane("clean picture x₀", to_pixels(x0[0]))
    yield _so_far([clean], 0)

    rng = np.random.Generator(np.random.PCG64([bench.recipe.seed, 4]))
    level = level_at(_LEVEL)
    eps = rng.standard_normal(x0.shape, dtype=np.float32)
    jump = add_noise(x0, eps, level.alpha, level.sigma)
    jumped = Pane("one jump", to_pixels(jump[0]), f"noise {_LEVEL:.0%}")
    chain, before = x0, 1.0
    measured, planned = [0.0], [0.0]
    for dose in range(1, _DOSES + 1):
        alpha, sigma = alpha_sigma(level.t * dose / _DOSES)
        kept = alpha / before
        fresh = rng.standard_normal(x0.shape, dtype=np.float32)
        chain, before = add_noise(chain, fresh, kept, float(np.sqrt(1 - kept**2))), alpha
        measured.append(_noise_in(chain, x0, alpha))
        planned.append(sigma)
        if dose % _EVERY == 0:
            yield _so_far([clean, jumped, Pane("small doses", to_pixels(chain[0]), f"dose {dose}")], dose)

    by_chain, by_jump = measured[-1], _noise_in(jump, x0, level.alpha)
    doses = tuple(map(float, range(_DOSES + 1)))
    yield Outcome(
        panes=(
            clean,
            jumped,
            Pane(f"{_DOSES} small doses", to_pixels(chain[0]), f"noise {by_chain:.1%}"),
            Pane("noise ε of the jump", noise_pixels(eps[0])),
        ),
        values={
            "level": _LEVEL,
            "alpha": level.alpha,
            "sigma": level.sigma,
            "chain": by_chain,
            "jump": by_jump,
            "doses": _DOSES,
        },
        answer=_NEITHER if abs(by_chain - by_jump) <= _ALIKE else _CHAIN if by_chain > by_jump else _JUMP,
        curves=(Curve("measured", doses, tuple(measured)), Curve("σ of the formula", doses, tuple(planned))),
        x_label="doses",
        y_label="noise level",
    )


def _noise_in(mixture: F32, x0: F32, alpha: float) -> float:
    """Standard deviation of what is not picture."""
    return float((mixture - alpha * x0).std())


def _so_far(panes: list[Pane], dose: int) -> Outcome:
    return Outcome(tuple(panes), progress=(dose, _DOSES))
