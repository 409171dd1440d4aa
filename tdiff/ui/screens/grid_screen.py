"""Two settings varied at once: pictures in rows and columns, made while you watch."""

from pathlib import Path

import numpy as np
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Click, Resize
from textual.screen import ModalScreen
from textual.widgets import Footer, Static
from textual.worker import get_current_worker

from tdiff.arrays import U8
from tdiff.engines.choice import OURS, EngineChoice
from tdiff.errors import TdiffError
from tdiff.files import free_name, slug, write_atomic
from tdiff.pipeline import Pipeline
from tdiff.provenance.write import grid_fields
from tdiff.recipe import Recipe
from tdiff.recipe.axis import Axis, cells
from tdiff.recipe.command import to_grid_command
from tdiff.recipe.grid import Grid
from tdiff.render.palette import Depth
from tdiff.render.pixels import fitted
from tdiff.render.sheet import sheet_bytes
from tdiff.text import clean_text
from tdiff.ui.events import CellPictures
from tdiff.ui.explorer import Explorer
from tdiff.ui.widgets.film_strip import small
from tdiff.ui.widgets.pixel_view import PixelView
from tdiff.views.shown_command import command_with

_BATCH = 4
_EMPTY = np.full((32, 32, 3), 24, np.uint8)
_SIZES = (1, 2, 4)  # how many times smaller cells may be than their pictures
_LARGE = 34  # columns of the chosen picture in its frame
_NAMES = 14  # columns of the rows' names at most


class Cell(Vertical):
    """One small picture, with a mark under the chosen one."""

    DEFAULT_CSS = """
    Cell {
        width: auto;
        height: auto;
        pointer: pointer;
    }
    Cell > Static {
        height: 1;
        width: 1fr;
        color: $accent;
    }
    """

    def __init__(self, place: int, depth: Depth) -> None:
        super().__init__()
        self.place = place
        self.view = PixelView(_EMPTY, depth)
        self._mark = Static("", markup=False)

    def compose(self) -> ComposeResult:
        """Picture over mark."""
        yield self.view
        yield self._mark

    def mark(self, chosen: bool) -> None:
        """Say whether it is the chosen one."""
        self._mark.update("▀" * self.view.picture.shape[1] if chosen else "", layout=False)

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
        choice: the model, and what runs it, as commands name them.
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
    GridScreen #overview {
        height: 1fr;
    }
    GridScreen VerticalScroll {
        width: 1fr;
        overflow-x: auto;
    }
    GridScreen #cells {
        layout: grid;
        height: auto;
        width: auto;
    }
    GridScreen .label {
        color: $text-muted;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        height: 1;
        padding: 0 1 0 0;
    }
    GridScreen #chosen {
        width: 34;
        height: 18;
        border: round $accent;
        border-title-color: $foreground;
    }
    GridScreen #about {
        height: 1;
        padding: 0 1;
        color: $text-muted;
    }
    """

    def __init__(
        self, pipeline: Pipeline, base: Recipe, x: Axis, y: Axis | None, depth: Depth, choice: EngineChoice = OURS
    ) -> None:
        super().__init__()
        self._pipeline, self._base, self._x, self._y, self._depth, self._choice = pipeline, base, x, y, depth, choice
        self._recipes = [pipeline.named(cell) for cell in cells(base, x, y)]
        self._pictures: list[U8 | None] = [None] * len(self._recipes)
        self.at = 0
        self._telling = False
        self._smaller = _SIZES[-1]

    def compose(self) -> ComposeResult:
        """All cells under the values of one axis and beside those of the other; the chosen one at full size."""
        rows, across = self._rows, len(self._x.labels)
        names = [axis.field for axis in (self._x, self._y) if axis is not None]
        yield _label(" × ".join(names))
        with Horizontal(id="overview"):
            with VerticalScroll(can_focus=False), Container(id="cells"):
                yield _label("")
                yield from (_label(label) for label in _values(self._x))
                for row, label in enumerate(rows):
                    yield _label(label)
                    yield from (Cell(row * across + column, self._depth) for column in range(across))
            with Container(id="chosen"):
                yield PixelView(_EMPTY, self._depth, id="large")
        yield Static("", id="about", markup=False)
        yield Footer(show_command_palette=False)

    @property
    def _rows(self) -> list[str]:
        return _values(self._y) if self._y is not None else [""]

    def on_resize(self, event: Resize) -> None:
        """Make the cells as large as lets all of them be seen at once."""
        self._lay_out(event.size.width - _LARGE, event.size.height - 3)

    def _lay_out(self, width: int, height: int) -> None:
        across, down = len(self._x.labels), len(self._rows)
        names = min(max(map(len, self._rows)) + 1, _NAMES)
        self._smaller = next(
            (n for n in _SIZES if across * (32 // n + 1) + names <= width and down * (16 // n + 1) + 1 <= height),
            _SIZES[-1],
        )
        side = 32 // self._smaller
        cells = self.query_one("#cells")
        cells.styles.grid_size_columns = across + 1
        cells.styles.grid_columns = f"{names}" + f" {side + 1}" * across
        cells.styles.grid_rows = "1" + f" {side // 2 + 1}" * down
        self._draw()

    def _draw(self) -> None:
        """Show all pictures that there are."""
        for cell in self.query(Cell):
            cell.view.show(small(self._pictures[cell.place], self._smaller))
            cell.mark(cell.place == self.at)
        made = self._pictures[self.at]
        self.query_one("#large", PixelView).show(_EMPTY if made is None else fitted(made, 32, 24))

    def on_mount(self) -> None:
        """Begin."""
        self.choose(0)
        self._make()

    def choose(self, place: int) -> None:
        """Mark a cell and say how it is made."""
        self.at = place
        across = len(self._x.labels)
        row, column = divmod(place, across)
        named = ", ".join([self._x.labels[column], *([self._y.labels[row]] if self._y is not None else [])])
        self.query_one("#chosen").border_title = Content(clean_text(named, 28))
        self._draw()
        for cell in self.query(Cell):
            if cell.place == place:
                cell.scroll_visible(animate=False)
        made = sum(picture is not None for picture in self._pictures)
        state = f"{made} of {len(self._pictures)} made · " if made < len(self._pictures) else ""
        self._say(f"{state}$ {command_with(self._choice, self._recipes[place].without_maker())}")
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
        self.dismiss(self._recipes[self.at].without_maker())

    def action_copy(self) -> None:
        """Send the command of the whole grid to the terminal's clipboard."""
        rows = "" if self._y is None else str(self._y)
        command = to_grid_command(self._base, str(self._x), rows, self._choice.options())
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
        grid = Grid(self._pipeline.named(self._base), self._x, self._y)
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
        for offset, picture in enumerate(event.pictures):
            self._pictures[event.first + offset] = picture
        self._draw()
        if not self._telling:
            self.choose(self.at)

    def _say(self, text: str) -> None:
        self._telling = True  # until another cell is chosen
        self.query_one("#about", Static).update(Content(text))


def _values(axis: Axis) -> list[str]:
    """What tells its rows or columns apart."""
    return [label.removeprefix(f"{axis.field} ") for label in axis.labels]


def _label(text: str) -> Static:
    """The name of a row or of a column."""
    return Static(Content(clean_text(text, 40)), markup=False, classes="label")
