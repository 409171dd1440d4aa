"""What the stages have in common that begin with the recipe on the bench."""

from tdiff.lessons.together import seeds_from
from tdiff.recipe import Recipe
from tdiff.ui.stages.stage import Given, Stage


class RecipeStage(Stage):
    """Makes whole pictures from pure noise. What is changed while it is open stays here: the bench keeps its own.

    Args:
        given: model and recipe.

    Raises:
        LessonError: the recipe gives it nothing to work with.
    """

    takes = frozenset({"prompt", "negative", "guidance", "seed"})
    recipe: Recipe
    most_steps = 50
    """A recipe with more is made in these."""

    def __init__(self, given: Given) -> None:
        self._pipeline = given.bench.pipeline
        self.change(given.bench.plain(most=self.most_steps))

    def reseed(self) -> None:
        """The next seed."""
        self.change(self.recipe.replace(seed=seeds_from(self.recipe.seed, 2)[1]))
