"""The command that makes a recipe's picture, however few of its words are known."""

from collections.abc import Sequence

from tdiff.prompt.understand import understand
from tdiff.recipe import Recipe
from tdiff.recipe.command import to_command, to_grid_command
from tdiff.recipe.grid import Grid


def grid_command_of(grid: Grid) -> str:
    """Return the `tdiff grid …` line of a whole grid."""
    return to_grid_command(grid.base, str(grid.x), "" if grid.y is None else str(grid.y))


def command_of(recipe: Recipe, start_image: str | None = None, options: Sequence[str] = ()) -> str:
    """Return the `tdiff generate …` line, which must say so where a prompt that was written has no effect.

    Args:
        recipe: what to make.
        start_image: path of the picture it starts from.
        options: further words, quoted where they need it.
    """
    if recipe.engine == "diffusers":  # a checkpoint knows every word
        return to_command(recipe, start_image, options=options)
    prompts = (recipe.prompt, *(switch.prompt for switch in recipe.switches if switch.prompt is not None))
    unknown = any(prompt.strip() and not understand(prompt).has_effect for prompt in prompts)
    return to_command(recipe, start_image, unknown, options)
