"""The command that makes again what is on screen, or a word on why there is none. Knows no widget."""

from dataclasses import dataclass

from tdiff.engines.choice import EngineChoice
from tdiff.prompt.command import command_of
from tdiff.recipe import Recipe
from tdiff.recipe.command import to_command


@dataclass(frozen=True, slots=True)
class ShownCommand:
    """What the line of the command says.

    Attributes:
        command: a whole `tdiff generate …`; "" where no command makes what is shown.
        said: which of several pictures it makes, such as "B", or why there is none.
    """

    command: str = ""
    said: str = ""

    def __str__(self) -> str:
        """As one line; what must be read stands first, since a long command is cut at its end."""
        shown = f"$ {self.command}" if self.command else ""
        return ": ".join(part for part in (self.said, shown) if part)


def command_with(choice: EngineChoice, recipe: Recipe, start_image: str | None = None) -> str:
    """Return the `tdiff generate …` line that makes a recipe's picture with a model.

    Args:
        choice: the model, and what runs it.
        recipe: what to make.
        start_image: path of the picture it starts from.
    """
    made = to_command if choice.runs_checkpoint else command_of  # a checkpoint knows every word
    return made(recipe, start_image, options=choice.options())
