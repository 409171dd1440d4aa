"""The frozen value that says how a picture came to be, and its forms: JSON, a command line, the axes of a grid.

What makes up the value stands here; each form is imported from its own module.
"""

from tdiff.recipe.model import (
    FIRST_PROMPT,
    FIRST_SEED,
    GUIDANCE_RANGE,
    MAKER_LIMIT,
    SCHEMA,
    SEED_RANGE,
    STEPS_RANGE,
    SWITCH_LIMIT,
    TEXT_LIMIT,
    Recipe,
    StartPicture,
    Switch,
    differences,
)

__all__ = [
    "FIRST_PROMPT",
    "FIRST_SEED",
    "GUIDANCE_RANGE",
    "MAKER_LIMIT",
    "SCHEMA",
    "SEED_RANGE",
    "STEPS_RANGE",
    "SWITCH_LIMIT",
    "TEXT_LIMIT",
    "Recipe",
    "StartPicture",
    "Switch",
    "differences",
]
