"""Seed, sampler, η and steps: read-outs that are also buttons; the wheel turns the steps up and down."""

from typing import Final

from textual import events
from textual.content import Content
from textual.widgets import Static

from tdiff.defaults import GUIDANCE_START
from tdiff.pipeline import options_of
from tdiff.recipe import Recipe
from tdiff.samplers import SAMPLERS

_ROOM_FOR_THE_USUAL: Final = 120  # columns; with fewer, the slider beside it needs them more


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
        eta = f"η {recipe.eta:g}" if SAMPLERS[recipe.sampler].takes_eta else ""
        start = ""
        if recipe.start is not None:
            start = f" from picture {recipe.start.strength:g}" if wide else f"from {recipe.start.strength:g} "
        parts = [
            (f"seed {recipe.seed}", 9, "seed"),
            (recipe.sampler, 7, "sampler"),
            (eta, 5, "eta"),
            *([(f"{recipe.steps} steps", 10, "more")] if wide else []),  # the scrubber says them too
        ]
        unguided = options_of(recipe).guided_from
        usual = recipe.guidance_start == GUIDANCE_START and self.app.size.width < _ROOM_FOR_THE_USUAL
        if wide and unguided and recipe.guidance > 1 and not usual:
            parts.append((f"guided from step {unguided + 1}", 20, "guidance"))
        if recipe.switches:
            switch = (f"switch at {recipe.switches[0].step + 1}", 12, "drop_switches")
            parts = [*parts, switch] if wide else [switch, *parts]  # what is last may be cut there
        gap = "  " if wide else " "
        links = Content(gap).join([_link(text, width * wide, key) for text, width, key in parts if wide or text])
        begun = Content.styled(start, "$text-muted")
        self._draw(links + begun if wide else begun + links)

    def tell(self, parts: tuple[str, ...], wide: bool) -> None:
        """Show what no key changes."""
        self._draw(Content(("  " if wide else " ").join(parts)))

    def _draw(self, line: Content) -> None:
        if line.plain != self._plain:
            grown = len(line.plain) != len(self._plain)
            self._plain = line.plain
            self.update(line, layout=grown)

    async def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """More steps."""
        event.stop()
        await self.run_action("screen.press('more')")

    async def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Fewer steps."""
        event.stop()
        await self.run_action("screen.press('fewer')")


def _link(text: str, width: int, key: str) -> Content:
    """A text to click, in a place of its own: others must not move when it changes."""
    room = Content(" " * (width - len(text)))
    return (
        Content.from_markup(f"[@click=screen.press('{key}')][on $panel]$text[/][/]", text=text) + room if text else room
    )
