"""Two settings varied at once: pictures in rows and columns, made while you watch."""

from pathlib import Path

import numpy as np
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.screen import ModalScreen
from textual.widgets import Footer, Static
from textual.worker import get_current_worker

from tdiff.arrays import U8
from tdiff.errors import TdiffError
from tdiff.files import free_name, slug, write_atomic
from tdiff.pipeline import Pipeline
from tdiff.prompt.command import command_of
from tdiff.provenance.write import grid_fields
from tdiff.recipe import Recipe
from tdiff.recipe.axis import Axis, cells
from tdiff.recipe.command import to_grid_command
from tdiff.recipe.grid import Grid
from tdiff.render.palette import Depth
from tdiff.render.sheet import sheet_bytes
from tdiff.text import clean_text
from tdiff.ui.events import CellPictures
from tdiff.ui.explorer import Explorer
from tdiff.ui.widgets.pixel_view import PixelView

_BATCH = 4


class Cell(Vertical):
    """One picture under the settings that made it."""

    DEFAULT_CSS = """
    Cell {
        width: 33;
        height: 17;
    }
    Cell > Static {
        width: 32;
        height: 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        color: $text-muted;
    }
    Cell.-chosen > Static {
        text-style: bold reverse;
    }
    """

    def __init__(self, label: str, place: int, depth: Depth) -> None:
        super().__init__()
        self._label, self.place, self._depth = label, place, depth

    def compose(self) -> ComposeResult:
        """Settings over picture."""
        yield Static(Content(clean_text(self._label, 60)), markup=False)
        yield PixelView(np.full((32, 32, 3), 24, np.uint8), self._depth)

    def on_click(self, event: Click) -> None:
        """Choose it; a second click takes it to the bench."""
        screen = self.screen
        if isinstance(screen, GridScreen):
            if screen.at == self.place:
                screen.action_take()
            else:
                screen.choose(self.place)


class GridScreen(ModalScreen[Recipe | None]):
    """Shows every combination; enter takes one to the bench.

    Args:
        pipeline: makes them.
        base: settings that no axis changes.
        x: columns.
        y: rows, or None for a single one.
        depth: colour depth of the terminal.
    """

    app = getters.app(Explorer)
    BINDINGS = [
        Binding("escape,q", "dismiss(None)", "close"),
        Binding("enter", "take", "to the bench"),
        Binding("left", "walk(-1)", show=False),
        Binding("right", "walk(1)", show=False),
        Binding("up", "walk_row(-1)", show=False),
        Binding("down", "walk_row(1)", show=False),
        Binding("e", "export", "save as PNG"),
        Binding("y", "copy", "copy command"),
        Binding("question_mark,f1", "app.help", "keys", key_display="?"),
    ]
    OWN_KEYS = (
        "the grid",
        (
            ("← → ↑ ↓", "choose"),
            ("enter", "takes one to the bench"),
            ("e", "saves the sheet"),
            ("y", "copies its command"),
        ),
    )
    DEFAULT_CSS = """
    GridScreen {
        background: $background;
    }
    GridScreen #cells {
        layout: grid;
        grid-columns: 33;
        grid-rows: 17;
        height: auto;
        width: auto;
    }
    GridScreen VerticalScroll {
        overflow-x: auto;
    }
    GridScreen #about {
        height: 1;
        padding: 0 1;
        color: $text-muted;
    }
    """

    def __init__(self, pipeline: Pipeline, base: Recipe, x: Axis, y: Axis | None, depth: Depth) -> None:
        super().__init__()
        self._pipeline, self._base, self._x, self._y, self._depth = pipeline, base, x, y, depth
        self._recipes = [cell.replace(model=pipeline.info.hash) for cell in cells(base, x, y)]
        self._pictures: list[U8 | None] = [None] * len(self._recipes)
        self.at = 0
        self._telling = False

    def compose(self) -> ComposeResult:
        """Cells over a line about the chosen one."""
        rows = self._y.labels if self._y is not None else [""]
        labels = [f"{column}  {row}".strip() for row in rows for column in self._x.labels]
        with VerticalScroll(can_focus=False), Container(id="cells"):
            for place, label in enumerate(labels):
                yield Cell(label, place, self._depth)
        yield Static("", id="about", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin."""
        self.query_one("#cells").styles.grid_size_columns = len(self._x.values)
        self.choose(0)
        self._make()

    def choose(self, place: int) -> None:
        """Mark a cell and say how it is made."""
        self.at = place
        for cell in self.query(Cell):
            cell.set_class(cell.place == place, "-chosen")
            if cell.place == place:
                cell.scroll_visible(animate=False)
        made = sum(picture is not None for picture in self._pictures)
        state = f"{made} of {len(self._pictures)} made · " if made < len(self._pictures) else ""
        self._say(f"{state}$ {command_of(self._recipes[place].replace(model=None))}")
        self._telling = False

    def action_walk(self, by: int) -> None:
        """Mark another."""
        self.choose(min(max(self.at + by, 0), len(self._recipes) - 1))

    def action_walk_row(self, by: int) -> None:
        """Mark the one above or below."""
        place = self.at + by * len(self._x.values)
        if 0 <= place < len(self._recipes):
            self.choose(place)

    def action_take(self) -> None:
        """Take the marked one to the bench."""
        self.dismiss(self._recipes[self.at].replace(model=None))

    def action_copy(self) -> None:
        """Send the command of the whole grid to the terminal's clipboard."""
        command = to_grid_command(self._base, str(self._x), "" if self._y is None else str(self._y))
        self.app.copy_to_clipboard(command)
        self._say(f"sent to the terminal's clipboard: {command}")

    def action_export(self) -> None:
        """Save the sheet under a new name in the current folder."""
        made = [picture for picture in self._pictures if picture is not None]
        if len(made) < len(self._pictures):
            self._say("the sheet is saved when every picture is there")
            return
        keep = self.app.config.privacy.keep_prompts
        path = free_name(Path(), f"{slug(self._base.prompt if keep else '')}-grid", ".png")
        grid = Grid(self._base.replace(model=self._pipeline.info.hash), self._x, self._y)
        labels = self._y.labels if self._y is not None else []
        try:
            fields = grid_fields(grid, keep)
            write_atomic(path, sheet_bytes(np.stack(made), self._x.labels, labels, 2, fields))
        except TdiffError as error:
            self._say(str(error))
            return
        labelled = ", its labels show the texts of the axis:" if grid.names_texts and not keep else ""
        self._say(f"saved{labelled} {clean_text(str(path.resolve()))}")

    @work(thread=True, exclusive=True, group="grid")
    def _make(self) -> None:
        worker = get_current_worker()
        for first in range(0, len(self._recipes), _BATCH):
            if worker.is_cancelled:
                return
            self.post_message(CellPictures(first, self._pipeline.generate_many(self._recipes[first : first + _BATCH])))

    @on(CellPictures)
    def _made(self, event: CellPictures) -> None:
        views = list(self.query(PixelView))
        for offset, picture in enumerate(event.pictures):
            self._pictures[event.first + offset] = picture
            views[event.first + offset].show(picture)
        if not self._telling:
            self.choose(self.at)

    def _say(self, text: str) -> None:
        self._telling = True  # until another cell is chosen
        self.query_one("#about", Static).update(Content(text))
