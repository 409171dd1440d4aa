"""What was made, as thumbnails; enter brings one back with its recipe."""

from asyncio import Lock
from datetime import datetime

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from tdiff.errors import TdiffError
from tdiff.render.palette import Depth
from tdiff.store.history import Entry, History
from tdiff.text import clean_text
from tdiff.ui.events import ThumbnailClick
from tdiff.ui.explorer import Explorer
from tdiff.ui.widgets.thumbnail import WIDTH, Thumbnail


class GalleryScreen(ModalScreen[Entry | None]):
    """Thumbnails, newest first.

    Args:
        history: where they are kept.
        depth: colour depth of the terminal.
        trouble: why nothing could be kept, if so.
    """

    SHOWN = 60
    app = getters.app(Explorer)
    BINDINGS = [
        Binding("escape,h,q", "dismiss(None)", "close"),
        Binding("enter", "recall", "bring back"),
        Binding("left", "walk(-1)", "←", show=False),
        Binding("right", "walk(1)", "→", show=False),
        Binding("up", "walk_row(-1)", "↑", show=False),
        Binding("down", "walk_row(1)", "↓", show=False),
        Binding("home", "walk(-10000)", show=False),
        Binding("end", "walk(10000)", show=False),
        Binding("d,delete", "remove", "remove"),
        Binding("u", "undo", "undo"),
    ]
    DEFAULT_CSS = """
    GalleryScreen {
        align: center middle;
    }
    GalleryScreen > Vertical {
        width: 96%;
        height: 96%;
        border: round $primary;
        border-subtitle-color: $text-muted;
        border-title-color: $text-accent;
        background: $surface;
    }
    GalleryScreen #grid {
        layout: grid;
        grid-size: 4;
        grid-columns: 17;
        grid-rows: 9;
        height: auto;
    }
    GalleryScreen #about {
        height: 2;
        padding: 0 1;
        color: $text-muted;
    }
    """

    def __init__(self, history: History, depth: Depth, trouble: str = "") -> None:
        super().__init__()
        self._history, self._depth, self._trouble = history, depth, trouble
        self._at = 0
        self._removed: list[Entry] = []
        self._filling = Lock()  # keys may come while thumbnails are being mounted

    @property
    def thumbnails(self) -> list[Thumbnail]:
        """All that are shown, newest first."""
        return list(self.query(Thumbnail))

    @property
    def chosen(self) -> Thumbnail | None:
        """The one that is marked."""
        shown = self.thumbnails
        return shown[self._at] if self._at < len(shown) else None

    def compose(self) -> ComposeResult:
        """Grid over a line about the chosen one."""
        with Vertical() as box:
            box.border_title = "what you made"
            with VerticalScroll(can_focus=False):
                yield Container(id="grid")
            yield Static("", id="about", markup=False)
            yield Footer(show_command_palette=False)

    async def on_mount(self) -> None:
        await self._fill()

    @on(ThumbnailClick)
    def _clicked(self, event: ThumbnailClick) -> None:
        """Choose it; a second click brings it back."""
        if self.chosen is event.thumbnail:
            self.action_recall()
        else:
            self.choose(self.thumbnails.index(event.thumbnail))

    def on_resize(self) -> None:
        """As many in a row as fit."""
        self.query_one("#grid").styles.grid_size_columns = self._columns()

    async def _fill(self) -> None:
        async with self._filling:
            await self._fill_anew()

    async def _fill_anew(self) -> None:
        grid = self.query_one("#grid")
        await grid.remove_children()
        try:
            entries = self._history.newest(self.SHOWN)
        except TdiffError as error:
            self._say(str(error))
            return
        finally:
            self.query_one(Vertical).border_subtitle = Content(self._trouble or self._history.trouble)
        await grid.mount_all([Thumbnail(entry, self._depth) for entry in entries])
        grid.styles.grid_size_columns = self._columns()
        if not entries:
            empty = (
                "Nothing is kept yet: every picture that you finish in the studio comes here."
                if self.app.config.privacy.history
                else "Nothing is kept: [privacy] history is off in the settings."
            )
            self._say(self._trouble or empty)
        self.choose(min(self._at, max(len(entries) - 1, 0)))

    def choose(self, place: int) -> None:
        """Mark a thumbnail and say what it is."""
        self._at = place
        for number, item in enumerate(self.thumbnails):
            item.set_class(number == place, "-chosen")
        chosen = self.chosen
        if chosen is not None:
            chosen.scroll_visible(animate=False)
            recipe = chosen.entry.recipe
            when = datetime.fromtimestamp(chosen.entry.at).strftime("%Y-%m-%d %H:%M")
            negative = f" · negative {clean_text(recipe.negative, 40)}" if recipe.negative else ""
            settings = f"seed {recipe.seed} · w {recipe.guidance:g} · {recipe.sampler} · {recipe.steps} steps"
            start = f" · from a picture, strength {recipe.start.strength:g}" if recipe.start is not None else ""
            maker = " ".join(part for part in (recipe.model_name, recipe.engine, recipe.dtype) if part)
            made = f" · {maker}" if recipe.engine not in (None, "numpy") else ""
            note = f" · {chosen.entry.note}" if chosen.entry.note else ""
            stored = "recorded" if chosen.entry.stored else "in memory only"
            self._say(f"{clean_text(recipe.prompt, 120)}{negative}{note}\n{when} · {settings}{start}{made} · {stored}")

    def _say(self, text: str) -> None:
        self.query_one("#about", Static).update(Content(text))

    def action_walk(self, by: int) -> None:
        count = len(self.thumbnails)
        if count:
            self.choose(min(max(self._at + by, 0), count - 1))

    def action_walk_row(self, by: int) -> None:
        """Mark the one above or below."""
        self.action_walk(by * self._columns())

    def action_recall(self) -> None:
        """Bring the chosen one back."""
        item = self.chosen
        self.dismiss(None if item is None else item.entry)

    async def action_remove(self) -> None:
        """Remove the chosen one; u brings it back."""
        item = self.chosen
        if item is None:
            return
        try:
            removed = self._history.remove(item.entry.id)
        except TdiffError as error:
            self._say(error.with_remedy("nothing was removed; try again"))
            return
        if removed is not None:
            self._removed.append(removed)
        await self._fill()

    async def action_undo(self) -> None:
        """Bring the last removed one back."""
        if not self._removed:
            return
        try:
            self._history.restore(self._removed[-1])
        except TdiffError as error:
            self._say(error.with_remedy("press u again"))
            return
        self._removed.pop()
        await self._fill()

    def _columns(self) -> int:
        return max(1, (int(self.size.width * 0.96) - 4) // WIDTH)
