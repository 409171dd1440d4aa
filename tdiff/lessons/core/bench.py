"""What experiments run on: the model, and the recipe that the learner has on the bench."""

from dataclasses import dataclass
from typing import Any

from tdiff.pipeline import Pipeline
from tdiff.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Bench:
    """The model and a recipe.

    Attributes:
        pipeline: the loaded model.
        recipe: what is on the bench now.
    """

    pipeline: Pipeline
    recipe: Recipe

    def plain(self, least: int = 1, most: int = 50, **changes: Any) -> Recipe:
        """Return the bench's recipe as a run from pure noise with one prompt, short enough to wait for.

        Start picture, switches, watermark and the model's name go, since experiments compare whole runs.

        Args:
            least: fewest steps; a recipe with fewer gets these.
            most: most steps, likewise.
            changes: fields that the experiment fixes itself.
        """
        steps = min(max(self.recipe.steps, least), most)
        return self.recipe.replace(**{**_FROM_NOISE, "steps": steps, **changes})


_FROM_NOISE: dict[str, Any] = {"start": None, "switches": (), "watermark": None, "model": None}
