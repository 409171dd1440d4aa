"""tdiff: learn how text-to-image diffusion works by running a real model in your terminal.

>>> import tdiff
>>> pipeline = tdiff.load()
>>> pictures = pipeline.generate("a red apple", seed=1)  # (1, 32, 32, 3) uint8

`load` has numpy's linear algebra use one thread, unless OPENBLAS_NUM_THREADS or one of its like is set.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tdiff.pipeline import Pipeline, load
    from tdiff.recipe import Recipe
    from tdiff.traces.hooks import record
    from tdiff.traces.recorder import Recorder

__all__ = ["Pipeline", "Recipe", "Recorder", "__version__", "load", "record"]
__version__ = "0.1.0"

_HOMES = {
    "Pipeline": "tdiff.pipeline",
    "Recipe": "tdiff.recipe",
    "Recorder": "tdiff.traces.recorder",
    "load": "tdiff.pipeline",
    "record": "tdiff.traces.hooks",
}


def __getattr__(name: str) -> Any:
    """Import a name's module, and with it numpy, only when the name is asked for."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'tdiff' has no attribute {name!r}")
