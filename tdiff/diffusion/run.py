"""Everything that decides a run, as one frozen value."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion.conditions import Conditions, Plan, Switches
from tdiff.diffusion.denoiser import Denoiser
from tdiff.diffusion.errors import SettingError
from tdiff.diffusion.noise import Blend, NoiseStream, Shape
from tdiff.diffusion.options import SamplerOptions
from tdiff.diffusion.schedule import COSINE, Schedule
from tdiff.samplers import Guess, Level

PICTURE: Shape = (32, 32, 3)
"""The shape of a picture where a start does not say otherwise."""


@dataclass(frozen=True, eq=False)
class Start:
    """Where a run begins when it is not with the noise of its seeds: there is an x_t already."""

    x_t: F32
    """(B, H, W, 3), at the noise level of grid point `index`: a noise of your own at 0, or the state of
    another run."""
    index: int = 0
    """The first step to take."""
    previous: Guess | None = None
    """The clean guess of the step before, for samplers that remember it; a fork that changes nothing passes
    it on."""


@dataclass(frozen=True, eq=False)
class Run:
    """What is to be made: same run, same steps.

    Raises:
        SettingError: If the parts do not fit one another.
    """

    denoiser: Denoiser
    plan: Plan
    """Conditions of every step."""
    seeds: tuple[int, ...]
    """One for each picture of the batch."""
    options: SamplerOptions = field(default_factory=SamplerOptions)
    start: Start | None = None
    """None starts from the noise of the seeds."""
    shape: Shape = PICTURE
    """Of one picture."""
    blend: Blend | None = None
    """Other seeds whose noise is mixed in."""
    schedule: Schedule = COSINE
    """The levels that the denoiser was trained on."""

    def __post_init__(self) -> None:
        batch, steps = len(self.seeds), self.options.steps
        NoiseStream(self.seeds, self.shape, self.blend)
        if self.blend is not None and len(self.blend.seeds) != batch:
            raise SettingError(
                f"there are {len(self.blend.seeds)} seeds to blend {batch} pictures with", remedy="give one each"
            )
        self.options.guidance_of(batch, 0)
        if self.plan.batch != batch:
            raise SettingError(
                f"there are {batch} seeds for the prompts of {self.plan.batch} pictures", remedy="give one each"
            )
        if self.plan.last_switch >= steps:
            raise SettingError(
                f"a switch at step {self.plan.last_switch} never happens, as the last of {steps} steps is {steps - 1}",
                remedy="choose an earlier step, or more steps",
            )
        if self.start is not None:
            self._check_start(self.start)

    @property
    def first(self) -> int:
        """The first step that this run takes."""
        return 0 if self.start is None else self.start.index

    @property
    def grid(self) -> tuple[Level, ...]:
        """The levels that this run passes, one more than it has steps."""
        return self.schedule.grid(self.options.steps, self.options.sampler)

    def _check_start(self, start: Start) -> None:
        if not 0 <= start.index < self.options.steps:
            raise SettingError(f"a run of {self.options.steps} steps cannot start at step {start.index}")
        wanted = (len(self.seeds), *self.shape)
        if start.x_t.shape != wanted:
            raise SettingError(f"the start has the shape {start.x_t.shape} where {wanted} is needed")
        if not np.isfinite(start.x_t).all():
            raise SettingError("the start holds numbers that are not finite, which no run could mend")


def run_of(
    denoiser: Denoiser,
    conditions: Conditions | Switches,
    seeds: int | Sequence[int],
    options: SamplerOptions | None = None,
    start: Start | None = None,
    shape: Shape = PICTURE,
    blend: Blend | None = None,
    schedule: Schedule = COSINE,
) -> Run:
    """A run from what a caller has at hand.

    Args:
        denoiser: The network.
        conditions: For the whole run, or pairs (first step, conditions) rising from step 0.
        seeds: One for each picture, or the first of consecutive seeds.
        options: Steps, sampler, guidance and so on; the defaults where None.
        start: Where to begin instead of the noise of the seeds.
        shape: Of one picture.
        blend: Other seeds whose noise is mixed in.
        schedule: The levels that the denoiser was trained on.

    Raises:
        SettingError: If a value is out of range or the parts do not fit one another.
    """
    plan = Plan.of(conditions)
    return Run(denoiser, plan, seeds_for(seeds, plan.batch), options or SamplerOptions(), start, shape, blend, schedule)


def seeds_for(seeds: int | Sequence[int], batch: int) -> tuple[int, ...]:
    """The seeds of a batch: those given, or seed, seed + 1, … from a single one."""
    if isinstance(seeds, int | np.integer):
        return tuple(int(seeds) + i for i in range(batch))
    return tuple(seeds)
