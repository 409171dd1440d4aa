"""What the keys of single settings do to a recipe: the next sampler, more steps, another η. Knows no widget."""

from typing import Final

from tdiff.recipe import STEPS_RANGE, Recipe
from tdiff.samplers import SAMPLERS, eta_takers

STEP_LADDER: Final = (1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 50, 75, 100, 150, 200, 500, 1000)
ETAS: Final = (0.0, 0.5, 1.0)


def cycled(recipe: Recipe, which: str) -> tuple[Recipe, str]:
    """Return the recipe after a setting's key, and what is said of it.

    Args:
        recipe: as it is.
        which: "sampler", "eta", "more" or "fewer".
    """
    if which == "sampler":
        names = list(SAMPLERS)
        name = names[(names.index(recipe.sampler) + 1) % len(names)]
        return recipe.with_sampler(name), str(SAMPLERS[name])
    if which == "eta":
        return _next_eta(recipe)
    ladder = STEP_LADDER if which == "more" else tuple(reversed(STEP_LADDER))
    ahead = (n for n in ladder if (n > recipe.steps if which == "more" else n < recipe.steps))
    return with_steps(recipe, next(ahead, STEPS_RANGE[which == "more"])), ""


def with_steps(recipe: Recipe, steps: int) -> Recipe:
    """The recipe in so many steps, without the switches that would come behind its end."""
    return recipe.replace(steps=steps, switches=tuple(each for each in recipe.switches if each.step < steps))


def _next_eta(recipe: Recipe) -> tuple[Recipe, str]:
    if not SAMPLERS[recipe.sampler].takes_eta:
        return recipe, f"η belongs to {eta_takers()}, and this is {recipe.sampler}: s changes the sampler"
    eta = next((eta for eta in ETAS if eta > recipe.eta), 0.0)
    said = "η = 0: no noise is added on the way" if eta == 0 else f"η = {eta:g}: noise is added at each step"
    return recipe.replace(eta=eta), said
