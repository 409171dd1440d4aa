"""What the labs have in common that begin with the recipe on the bench."""

from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import LabView
from tdiff.lessons.core.together import seeds_from, steered
from tdiff.recipe import Recipe


class RecipeView(LabView):
    """Makes whole pictures from pure noise, in as many steps as its card does, so that the same comes out of both.

    What is changed while it is open stays here: the bench keeps its own.

    Args:
        context: model and recipe.

    Raises:
        LessonError: the recipe gives it nothing to work with.
    """

    takes = frozenset({"prompt", "negative", "guidance", "seed"})
    recipe: Recipe

    def __init__(self, context: LabContext) -> None:
        self._pipeline = context.bench.pipeline
        self.change(self.begins_with(context))

    def begins_with(self, context: LabContext) -> Recipe:
        """What is on the bench, as the cards make it."""
        return steered(context.bench, negative=context.bench.recipe.negative)

    def reseed(self) -> None:
        self.change(self.recipe.replace(seed=seeds_from(self.recipe.seed, 2)[1]))
