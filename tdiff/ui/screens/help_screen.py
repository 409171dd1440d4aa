"""Every key and every word, over whatever is open."""

import textwrap
from collections.abc import Sequence

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.screen import ModalScreen
from textual.widgets import Static

from tdiff.lessons.core.glossary import glossary, meanings
from tdiff.ui.explorer import Explorer
from tdiff.ui.keymap import APP_KEYS, BENCH_KEYS, LESSON_KEYS, STUDIO_KEYS, Key
from tdiff.views.view import Hint


class HelpScreen(ModalScreen[None]):
    """The words of the card that is open, keys by group, then the glossary.

    Args:
        title: of what is open.
        own: the keys that mean something else there.
        terms: words of the glossary that come first.
    """

    app = getters.app(Explorer)
    BINDINGS = [
        Binding("escape,question_mark,f1,q", "dismiss", "close"),
        Binding("down,space,j", "scroll(3)", show=False),
        Binding("up,k", "scroll(-3)", show=False),
        Binding("pagedown", "scroll(12)", show=False),
        Binding("pageup", "scroll(-12)", show=False),
        Binding("home", "edge(0)", show=False),
        Binding("end", "edge(1)", show=False),
        Binding("w", "words", show=False),
    ]

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
    }
    HelpScreen > VerticalScroll {
        width: 76;
        max-width: 96%;
        height: 90%;
        border: round $primary;
        border-subtitle-color: $text-muted;
        border-title-color: $text-accent;
        background: $surface;
        padding: 0 1;
        scrollbar-gutter: stable;
    }
    """

    def __init__(self, title: str = "", own: Sequence[Hint] = (), terms: Sequence[str] = ()) -> None:
        super().__init__()
        self._title, self._own, self._terms = title, own, terms

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False) as box:
            box.border_title = "keys and words"
            box.border_subtitle = "↑ ↓ scroll   w words   esc closes"
            yield Static(id="keys", markup=False)
            yield Static(id="words", markup=False)

    def on_resize(self) -> None:
        """Break lines anew, once it is known how long they may be."""
        self.call_after_refresh(self._break)

    def _break(self) -> None:
        width = max(20, self.query_one("#keys").size.width)
        self.query_one("#keys", Static).update(self._keys(width))
        self.query_one("#words", Static).update(self._words(width))

    def on_click(self, event: Click) -> None:
        """A click beside the text, or on its frame, closes it."""
        box = self.query_one(VerticalScroll)
        if not box.content_region.contains(event.screen_x, event.screen_y):
            self.dismiss()

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_edge(self, end: int) -> None:
        """The first line or the last."""
        box = self.query_one(VerticalScroll)
        box.scroll_to(y=box.max_scroll_y if end else 0, animate=False)

    def action_words(self) -> None:
        """The words, which stand below all keys."""
        self.query_one(VerticalScroll).scroll_to_widget(self.query_one("#words"), animate=False, top=True)

    def _keys(self, width: int) -> Content:
        keymap = self.app.config.keymap()
        groups: dict[str, list[Key]] = {}
        for key in (*BENCH_KEYS, *LESSON_KEYS, *STUDIO_KEYS, *APP_KEYS):
            groups.setdefault(key.group, []).append(key)
        lines: list[Content] = []
        if self._terms:
            lines += [Content.styled("Words of this card", "bold $text-accent")]
            for word, meaning in meanings(self._terms):
                lines += _hanging(f"  {word}", f": {meaning}", width, 4)
        if self._own:
            lines += [Content("")] if lines else []
            lines += [Content.styled(f"Here: {self._title}", "bold $text-accent")]
            lines += [Content.assemble(("  " + key, "bold"), f" {does}") for key, does in self._own]
        for group, keys in groups.items():
            lines += [Content(""), Content.styled(group, "bold $text-accent")]
            for key in keys:
                written = keymap.get(key.id) or key.display or key.keys.replace(",", " ")
                lines += _hanging(f"  {written:<12}", key.help, width, 14)
        return Content("\n").join(lines)

    def _words(self, width: int) -> Content:
        lines = [Content(""), Content.styled("Words", "bold $text-accent")]
        for word, meaning in glossary():
            lines += _hanging(f"  {word}", f": {meaning}", width, 4)
        last = "Keys can be changed in the settings, [keys]; tdiff doctor says where they are."
        lines += [Content(""), *map(Content, textwrap.wrap(last, width))]
        return Content("\n").join(lines)


def _hanging(name: str, text: str, width: int, indent: int) -> list[Content]:
    """A name in bold and what is said of it, whose further lines begin below its first."""
    first, *others = textwrap.wrap(name + text, width, subsequent_indent=" " * indent) or [name]
    return [Content.assemble((first[: len(name)], "bold"), first[len(name) :]), *map(Content, others)]
