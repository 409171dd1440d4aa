"""The samplers by name. A new one is a file with an `advance` and a `Sampler`, and a line here."""

from collections.abc import Mapping
from types import MappingProxyType

from tdiff.diffusion.errors import SettingError
from tdiff.diffusion.samplers.ddim import DDIM
from tdiff.diffusion.samplers.ddpm import DDPM
from tdiff.diffusion.samplers.dpmpp2m import DPMPP2M
from tdiff.diffusion.samplers.euler import EULER
from tdiff.diffusion.samplers.heun import HEUN
from tdiff.diffusion.samplers.move import Guess, Move, Sampler

SAMPLERS: Mapping[str, Sampler] = MappingProxyType(
    {sampler.name: sampler for sampler in (DDPM, DDIM, EULER, HEUN, DPMPP2M)}
)
"""Every sampler under its name."""


def sampler_named(name: str) -> Sampler:
    """The sampler of that name.

    Raises:
        SettingError: If there is none.
    """
    if not isinstance(name, str) or name not in SAMPLERS:
        raise SettingError(f"there is no sampler {name!r}: choose one of {', '.join(SAMPLERS)}")
    return SAMPLERS[name]


__all__ = ["SAMPLERS", "Guess", "Move", "Sampler", "sampler_named"]
