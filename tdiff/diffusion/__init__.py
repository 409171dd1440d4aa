"""How a picture is made from noise, given any `Denoiser`.

`run_of` says what is to be made, `sample` hands out its steps one by one, and a `Trace` keeps them.
Nothing in here knows what the network is, and only numpy is needed.

>>> run = run_of(denoiser, Conditions.repeat(prompt, empty), seeds=7, options=SamplerOptions(steps=20))
>>> picture = Trace(run).complete().final[0]
"""

from tdiff.diffusion.conditions import Conditions, Plan, Switches
from tdiff.diffusion.denoiser import Bound, Condition, Denoiser
from tdiff.diffusion.errors import NotFiniteError, SettingError
from tdiff.diffusion.guidance import Estimate, guide
from tdiff.diffusion.inversion import InversionStep, invert, invert_steps
from tdiff.diffusion.measure import correlation, mean_abs_difference
from tdiff.diffusion.noise import Blend, NoiseStream, Shape, noise, slerp
from tdiff.diffusion.options import SamplerOptions
from tdiff.diffusion.parametrization import add_noise
from tdiff.diffusion.run import PICTURE, Run, Start, run_of
from tdiff.diffusion.sampling import sample
from tdiff.diffusion.schedule import COSINE, Schedule, alpha_sigma, log_snr, noise_level, time_grid, time_of_noise_level
from tdiff.diffusion.start import start_from_picture, step_of_strength
from tdiff.diffusion.step import Step
from tdiff.diffusion.trace import Trace
from tdiff.samplers import Level

__all__ = [
    "COSINE",
    "PICTURE",
    "Blend",
    "Bound",
    "Condition",
    "Conditions",
    "Denoiser",
    "Estimate",
    "InversionStep",
    "Level",
    "NoiseStream",
    "NotFiniteError",
    "Plan",
    "Run",
    "SamplerOptions",
    "Schedule",
    "SettingError",
    "Shape",
    "Start",
    "Step",
    "Switches",
    "Trace",
    "add_noise",
    "alpha_sigma",
    "correlation",
    "guide",
    "invert",
    "invert_steps",
    "log_snr",
    "mean_abs_difference",
    "noise",
    "noise_level",
    "run_of",
    "sample",
    "slerp",
    "start_from_picture",
    "step_of_strength",
    "time_grid",
    "time_of_noise_level",
]
