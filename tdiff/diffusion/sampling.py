"""The loop that every picture goes through: predict, guide, move to the next noise level."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion.errors import NotFiniteError
from tdiff.diffusion.noise import NoiseStream
from tdiff.diffusion.prediction import Prediction, Predictor
from tdiff.diffusion.run import Run
from tdiff.diffusion.step import Step
from tdiff.samplers import Guess, Level, SolverState


def sample(run: Run) -> Iterator[Step]:
    """Make the pictures of a run, handing out each step as soon as it is done.

    A run stops when the generator is closed; nothing goes on behind it. The last step's `x_next` are the
    finished pictures, in about [-1, 1] (clip before turning them into bytes).

    Args:
        run: What to make.

    Yields:
        The steps from `run.first` on.

    Raises:
        NotFiniteError: If the network answers with something that is not a number.
    """
    grid = run.grid
    stream = NoiseStream(run.seeds, run.shape, run.blend)
    x_t = _own(stream.start() if run.start is None else run.start.x_t)
    previous = None if run.start is None else run.start.previous
    predictor = None
    for index in range(run.first, run.options.steps):
        switched = run.plan.switches_at(index)
        if predictor is None or switched or index == run.options.guided_from:
            predictor = _predictor_from(run, index, grid)
        if switched and index != run.first:  # a guess made for another prompt is no history of this one
            previous = None
        prediction = predictor(x_t, grid[index])
        state = SolverState(
            now=grid[index],
            next=grid[index + 1],
            x_t=x_t,
            eps=prediction.guided.eps,
            x0=prediction.guided.x0,
            eta=run.options.eta,
            previous=previous,
            noise=partial(stream.of_step, index),
            eps_at_next=partial(_eps_at, predictor, grid[index + 1]),
        )
        step = _step(run, index, prediction, state)
        yield step
        previous = Guess(step.x0, grid[index])
        x_t = step.x_next


def _predictor_from(run: Run, index: int, grid: tuple[Level, ...]) -> Predictor:
    """The network bound for the steps from `index` until conditions or guidance change."""
    until = run.plan.until(index) or run.options.steps
    if index < run.options.guided_from:
        until = min(until, run.options.guided_from)
    # A second call within a step looks one grid point ahead; the last point, t = 0, is never asked for.
    end = min(until + (run.options.rule.calls_per_step > 1), run.options.steps)
    times = tuple(level.t for level in grid[index:end])
    return Predictor(run.denoiser, run.plan.at(index), run.options, times, index)


def _eps_at(predictor: Predictor, level: Level, x_t: F32) -> F32:
    return predictor(x_t, level).guided.eps


def _step(run: Run, index: int, prediction: Prediction, state: SolverState) -> Step:
    """Take the step and keep what it was made of."""
    options, eps_neg = run.options, prediction.eps_neg
    x_next = options.rule.advance(state)
    said = (prediction.eps_pos, x_next) if eps_neg is None else (prediction.eps_pos, eps_neg, x_next)
    if not all(np.isfinite(array).all() for array in said):  # clipping alone would make a plain picture of infinities
        raise NotFiniteError(
            f"the network's answer at step {index + 1} of {options.steps} is not a finite number, so there "
            "is no picture",
            remedy="check its weights with `tdiff doctor`",
        )
    return Step(
        index=index,
        steps=options.steps,
        t=state.now.t,
        alpha=state.now.alpha,
        sigma=state.now.sigma,
        next_sigma=state.next.sigma,
        x_t=state.x_t,
        eps_pos=_frozen(prediction.eps_pos),
        eps_neg=None if eps_neg is None else _frozen(eps_neg),
        eps=_frozen(state.eps),
        x0=_frozen(state.x0),
        x_next=_frozen(x_next),
        guidance=_frozen(options.guidance_of(len(run.seeds), index)),
        clip=options.clip,
        model_calls=1 if state.next.sigma == 0 else options.rule.calls_per_step,
    )


def _own(array: F32) -> F32:
    """A read-only float32 copy, so that no caller can change a step afterwards."""
    return _frozen(np.array(array, np.float32))


def _frozen(array: F32) -> F32:
    array.flags.writeable = False
    return array
