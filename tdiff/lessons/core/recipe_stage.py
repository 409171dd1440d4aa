"""What the stages have in common that begin with the recipe on the bench."""

from tdiff.lessons.core.given import Given
from tdiff.lessons.core.together import seeds_from, steered
from tdiff.recipe import Recipe
from tdiff.views.stage import Stage


class RecipeStage(Stage):
    """Makes whole pictures from pure noise, in as many steps as its card does, so that the same comes out of both.

    What is changed while it is open stays here: the bench keeps its own.

    Args:
        given: model and recipe.

    Raises:
        LessonError: the recipe gives it nothing to work with.
    """

    takes = frozenset({"prompt", "negative", "guidance", "seed"})
    recipe: Recipe

    def __init__(self, given: Given) -> None:
        self._pipeline = given.bench.pipeline
        self.change(self.begins_with(given))

    def begins_with(self, given: Given) -> Recipe:
        """What is on the bench, as the cards make it."""
        return steered(given.bench, negative=given.bench.recipe.negative)

    def reseed(self) -> None:
        """The next seed."""
        self.change(self.recipe.replace(seed=seeds_from(self.recipe.seed, 2)[1]))
