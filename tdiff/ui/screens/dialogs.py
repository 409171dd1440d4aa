"""Small questions over the bench: a text or two, enter takes them, esc leaves."""

from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tdiff.text import without_escapes
from tdiff.typed_path import path_to_read
from tdiff.ui.events import LongPaste
from tdiff.ui.widgets.one_line import OneLine

NO_FILE = "no file is named: type its path, or esc leaves"


@dataclass(frozen=True, slots=True)
class Ask:
    """One line of a dialog.

    Attributes:
        name: of the answer.
        label: what stands before the input.
        value: what it begins with.
        hint: shown where it is empty.
    """

    name: str
    label: str
    value: str = ""
    hint: str = ""


class _Answer(OneLine):
    """A line that keeps every character: names of files may have two spaces, or odd ones."""

    def cleaned(self, text: str) -> str:
        """One line, without the escape sequences of a terminal."""
        return " ".join(without_escapes(text).splitlines()).strip()


class Dialog(ModalScreen[dict[str, str] | None]):
    """Some lines to fill in; returns name → text, or None.

    Args:
        title: of the box.
        text: what it is about.
        asks: its lines.
        button: what a click takes it with.
    """

    BINDINGS = [
        Binding("escape", "dismiss(None)", "leave"),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
    }
    Dialog > Vertical {
        width: 64;
        max-width: 96%;
        height: auto;
        border: round $primary;
        border-subtitle-color: $text-muted;
        border-title-color: $text-accent;
        background: $surface;
        padding: 0 1;
    }
    Dialog .text, Dialog .label {
        height: auto;
        color: $text-muted;
    }
    Dialog .trouble {
        height: auto;
        color: $text-error;
    }
    Dialog .links {
        height: 1;
        margin-top: 1;
        link-style: none;
        link-style-hover: reverse;
    }
    """

    def __init__(self, title: str, text: str, asks: tuple[Ask, ...], button: str = "take it") -> None:
        super().__init__()
        self._title, self._text, self._asks, self._button = title, text, asks, button

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield Static(Content(self._text), classes="text", markup=False)
            for ask in self._asks:
                yield Static(Content(ask.label), classes="label", markup=False)
                yield _Answer(
                    ask.value, placeholder=ask.hint, id=f"ask-{ask.name}", compact=True, max_length=2000,
                    select_on_focus=False,
                )  # fmt: skip
            yield Static("", classes="trouble", markup=False)
            yield Static(
                Content.from_markup(
                    "[@click=screen.take]$take (enter)[/]    [@click=screen.dismiss(None)]leave (esc)[/]",
                    take=self._button,
                ),
                classes="links",
            )

    def on_long_paste(self, event: LongPaste) -> None:
        """Say that not all of a paste is there."""
        self.query_one(".trouble", Static).update(Content(str(event)))

    def on_input_changed(self) -> None:
        """What was wrong was so of another text."""
        self.query_one(".trouble", Static).update(Content(""))

    def on_input_submitted(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        """Take the answers, unless something is wrong with them."""
        answers = {ask.name: self.query_one(f"#ask-{ask.name}", Input).value for ask in self._asks}
        trouble = self.refusal(answers)
        if trouble:
            self.query_one(".trouble", Static).update(Content(trouble))
        else:
            self.dismiss(answers)

    def refusal(self, answers: dict[str, str]) -> str:
        """Say what is wrong with the answers; "" for nothing."""
        return ""


def path_of(answers: dict[str, str]) -> Path:
    """The file to read that a dialog's line "path" names.

    Raises:
        UsageError: the line is empty.
    """
    return path_to_read(answers["path"])
