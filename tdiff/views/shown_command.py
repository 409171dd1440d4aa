"""The command that makes again what is on screen, or a word on why there is none. Knows no widget."""

from dataclasses import dataclass


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
