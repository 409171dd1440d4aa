"""tdiff: learn how text-to-image diffusion works by running a real model in your terminal.

>>> import tdiff
>>> pipeline = tdiff.load()
>>> pictures = pipeline.generate("a red apple", seed=1)  # (1, 32, 32, 3) uint8
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tdiff.pipeline import Pipeline, load
    from tdiff.recipe import Recipe

__all__ = ["Pipeline", "Recipe", "__version__", "load"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import the pipeline, and with it numpy, only when it is asked for."""
    if name in ("Pipeline", "load"):
        from tdiff import pipeline

        return getattr(pipeline, name)
    if name == "Recipe":
        from tdiff.recipe import Recipe

        return Recipe
    raise AttributeError(f"module 'tdiff' has no attribute {name!r}")
