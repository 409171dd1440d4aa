"""Seed, sampler, η and steps: read-outs that are also buttons."""

from textual.content import Content
from textual.widgets import Static

from tdiff.recipe import Recipe


class SettingsLine(Static):
    """One row; each value is changed by a click or by its key."""

    DEFAULT_CSS = """
    SettingsLine {
        width: auto;
        min-width: 22;
        height: 1;
        padding: 0 1;
        text-wrap: nowrap;
        link-style: none;
        link-style-hover: reverse;
        link-background-hover: $boost;
    }
    """

    _plain = ""

    def show(self, recipe: Recipe, wide: bool) -> None:
        """Show a recipe's settings; short where there is little room."""
        eta = f" η {recipe.eta:g}" if recipe.sampler == "ddim" else ""
        start = f" from picture {recipe.start.strength:g}" if recipe.start is not None else ""
        gap = "   " if wide else " "
        parts = [
            (f"seed {recipe.seed}", "screen.new_seed"),
            (f"{recipe.sampler}", "screen.next_sampler"),
            (f"{eta.strip()}", "screen.next_eta"),
            (f"{recipe.steps} steps" if wide else "", "screen.more_steps"),  # the scrubber says them too
        ]
        links = [Content.from_markup(f"[@click={action}]$text[/]", text=text) for text, action in parts if text]
        line = Content(gap).join(links)
        line = line + Content.styled(start, "dim") if start else line
        if line.plain != self._plain:
            grown = len(line.plain) != len(self._plain)
            self._plain = line.plain
            self.update(line, layout=grown)
