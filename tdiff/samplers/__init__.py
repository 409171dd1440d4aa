"""The catalogue of samplers. A new one is a file here with a `SAMPLER` in it, and its name in the list below.

Everything that names samplers reads `SAMPLERS`: recipes, settings, the command line and its completion, the
explorer, the metadata of files, the tests. Only the standard library is needed until a step is taken, so that
`tdiff --help` stays instant.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from tdiff.samplers.sampler import Sampler
from tdiff.samplers.state import Guess, Level, SolverState

_SHIPPED = (
    "ddpm",
    "ddim",
    "euler",
    "heun",
    "dpmpp2m",
)

_catalogue: dict[str, Sampler] = {}

SAMPLERS: Mapping[str, Sampler] = MappingProxyType(_catalogue)
"""Every sampler under its name, in the order in which they are offered; what is registered later shows too."""


def register(sampler: Sampler) -> None:
    """Offer a sampler everywhere.

    Raises:
        ValueError: its name, here or in the metadata of files, is taken.
    """
    for other in _catalogue.values():
        if sampler.name == other.name or sampler.a1111_name.lower() == other.a1111_name.lower():
            raise ValueError(f"{sampler.name} is named like {other.name}, here or in files: choose other names")
    _catalogue[sampler.name] = sampler


def unregister(name: str) -> None:
    """Offer a sampler no more.

    Raises:
        KeyError: there is none of that name.
    """
    del _catalogue[name]


def eta_takers() -> str:
    """The samplers whose noise η decides, as a sentence names them: "ddim"."""
    return " or ".join(sampler.name for sampler in SAMPLERS.values() if sampler.takes_eta)


for _name in _SHIPPED:
    register(import_module(f"{__name__}.{_name}").SAMPLER)

__all__ = ["SAMPLERS", "Guess", "Level", "Sampler", "SolverState", "eta_takers", "register", "unregister"]
