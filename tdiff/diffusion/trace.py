"""The steps that a run has taken, kept, so that stepping back is a read and any step can become a fork."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal, overload

import numpy as np

from tdiff.arrays import F32, F64
from tdiff.diffusion.conditions import Conditions, Switches
from tdiff.diffusion.errors import SettingError
from tdiff.diffusion.measure import mean_abs_difference
from tdiff.diffusion.noise import NoiseStream
from tdiff.diffusion.options import SamplerOptions
from tdiff.diffusion.parametrization import add_noise
from tdiff.diffusion.run import Run, Start, seeds_for
from tdiff.diffusion.sampling import sample
from tdiff.diffusion.step import Step
from tdiff.samplers import Guess


class Trace(Sequence[Step]):
    """A run and its steps so far. Steps are only ever added, at the end.

    `trace[i]` is the i-th step kept, which is step i of the grid unless the run started from a picture. A
    finished trace of n steps has n + 1 states: the x_t of each step, and `final`.
    """

    def __init__(self, run: Run, steps: Sequence[Step] = ()) -> None:
        """Keep the steps of a run.

        Args:
            run: What is being made.
            steps: What has been done of it, from its beginning; a fork brings those that it shares.

        Raises:
            SettingError: If the steps are not the beginning of one run of this length.
        """
        self.run = run
        self._steps: list[Step] = []
        for step in steps:
            self.append(step)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        """A step that has been done, or several; never a model call."""
        return tuple(self._steps[index]) if isinstance(index, slice) else self._steps[index]

    def __len__(self) -> int:
        """How many steps have been done."""
        return len(self._steps)

    def append(self, step: Step) -> None:
        """Keep the next step, for callers that drive `sample` themselves.

        Raises:
            SettingError: If it is not the next one.
        """
        expected = self._steps[-1].index + 1 if self._steps else None
        if step.steps != self.run.options.steps or (expected is not None and step.index != expected):
            raise SettingError(
                f"step {step.index} of {step.steps} does not follow in a trace that has {len(self)} of "
                f"{self.run.options.steps} steps",
                remedy="append the steps of its own run, in order",
            )
        self._steps.append(step)

    def play(self) -> Iterator[Step]:
        """Take the steps that are missing, keeping each before it is handed out.

        Closing the generator stops the run; playing again goes on from there, to the same picture.
        """
        if self.finished:
            return
        missing = self._steps[-1].index + 1 if self._steps else self.run.first
        # A fork brings steps of another run; its own begin where its start says.
        run = self.run if missing == self.run.first else self._resumed()
        for step in sample(run):
            self.append(step)
            yield step

    def complete(self) -> "Trace":
        """Take all missing steps at once; returns this trace."""
        for _ in self.play():
            pass
        return self

    @property
    def first(self) -> int:
        """The grid index of the first step: 0, or later when the run started from a picture."""
        return self._steps[0].index if self._steps else self.run.first

    @property
    def finished(self) -> bool:
        """Whether no step is missing."""
        return bool(self._steps) and self._steps[-1].is_last

    @property
    def final(self) -> F32:
        """The finished pictures, (B, H, W, 3).

        Raises:
            SettingError: If steps are missing.
        """
        if not self.finished:
            raise SettingError(
                f"after {len(self)} steps this run has no finished picture yet", remedy="play it to its end"
            )
        return self._steps[-1].x_next

    @property
    def states(self) -> tuple[F32, ...]:
        """Every x_t so far, and the pictures after the last step: one more than there are steps."""
        return (*(step.x_t for step in self._steps), *(step.x_next for step in self._steps[-1:]))

    @property
    def noise_levels(self) -> tuple[float, ...]:
        """The noise level of each state; 0 for the finished picture."""
        return (*(step.sigma for step in self._steps), *(step.next_sigma for step in self._steps[-1:]))

    @property
    def model_calls(self) -> int:
        """Network calls that the kept steps took, those shared with another trace included."""
        return sum(step.model_calls for step in self._steps)

    def changes(self, of: Literal["x0", "eps", "x_t"] = "x0") -> F64:
        """How much each step changed what is shown: the mean absolute difference between neighbours.

        Args:
            of: The clean guess, the noise the network sees, or the noisy picture.

        Returns:
            (n − 1, B) for n steps: row i is the difference between steps i and i + 1.
        """
        frames = [getattr(step, of) for step in self._steps]
        rows = [mean_abs_difference(before, after) for before, after in pairwise(frames)]
        return np.array(rows).reshape(len(rows), len(self.run.seeds))

    def fork(
        self,
        index: int,
        conditions: Conditions | Switches | None = None,
        options: SamplerOptions | None = None,
        seeds: int | Sequence[int] | None = None,
        renoise: bool | None = None,
    ) -> "Trace":
        """Another way on from a step that has been done; the steps before it are shared, not made again.

        Give only what shall differ. A fork that changes nothing comes to the same picture. Sampling starts
        with `play`.

        Args:
            index: Grid index of the first step that is to be different.
            conditions: Prompts and negatives from there on.
            options: The changed options (`dataclasses.replace(trace.run.options, guidance=8)`), of as many
                steps.
            seeds: One for each picture, or the first of consecutive seeds.
            renoise: Whether new seeds also put new noise on the clean guess of that step, x_t = α·x̂_0 +
                σ·ε with their draw 0 (at step 0 they start anew). Without it they only decide the noise
                that later steps add. None does so exactly where later steps add none, since the seed would
                change nothing.

        Raises:
            SettingError: If that step has not been done, or the parts do not fit one another.
        """
        at = index - self.first
        if not 0 <= at < len(self):
            raise SettingError(
                f"step {index} has not been done, so there is nothing to fork from",
                remedy=f"choose {self.first} to {self.first + len(self) - 1}",
            )
        old = self.run
        new = options or old.options
        if new.steps != old.options.steps:
            raise SettingError(
                f"a fork keeps its trace's {old.options.steps} steps", remedy=f"start a new run for {new.steps}"
            )
        plan = old.plan if conditions is None else old.plan.replaced_from(index, conditions)
        given = old.seeds if seeds is None else seeds_for(seeds, len(old.seeds))
        fresh = seeds is not None and (renoise if renoise is not None else not new.draws_noise)
        x_t = self._renoised(at, given) if fresh else self._steps[at].x_t
        same = new == old.options and plan.at(index).is_same(old.plan.at(index)) and not fresh
        start = Start(x_t, index, self._guess_before(at) if same and not plan.switches_at(index) else None)
        return Trace(replace(old, plan=plan, options=new, seeds=given, start=start), self._steps[:at])

    def _renoised(self, at: int, seeds: tuple[int, ...]) -> F32:
        step, eps = self._steps[at], NoiseStream(seeds, self.run.shape).start()
        return eps if step.index == 0 else add_noise(step.x0, eps, step.alpha, step.sigma)

    def _guess_before(self, at: int) -> Guess | None:
        """What the sampler remembers when it comes to the step at `at`."""
        if at == 0:
            return self.run.start.previous if self.run.start else None
        before = self._steps[at - 1]
        return Guess(before.x0, self.run.grid[before.index])

    def _resumed(self) -> Run:
        """This run, from the first step that is missing."""
        last = self._steps[-1]
        index = last.index + 1
        previous = None if self.run.plan.switches_at(index) else self._guess_before(len(self))
        return replace(self.run, start=Start(last.x_next, index, previous))
