"""Every key and every word, over whatever is open."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tdiff.lessons.glossary import glossary
from tdiff.ui.keymap import APP_KEYS, BENCH_KEYS, LESSON_KEYS, STUDIO_KEYS, Key


class HelpScreen(ModalScreen[None]):
    """Keys by group, then the glossary."""

    BINDINGS = [
        Binding("escape,question_mark,f1,q", "dismiss", "close"),
        Binding("down,space,j", "scroll(3)", show=False),
        Binding("up,k", "scroll(-3)", show=False),
        Binding("pagedown", "scroll(12)", show=False),
        Binding("pageup", "scroll(-12)", show=False),
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
        border-title-color: $text-accent;
        background: $surface;
        padding: 0 1;
    }
    """

    def compose(self) -> ComposeResult:
        """One text."""
        with VerticalScroll(can_focus=False) as box:
            box.border_title = "keys and words"
            box.border_subtitle = "↑ ↓ scroll   esc closes"
            yield Static(self._text(), markup=False)

    def action_scroll(self, by: int) -> None:
        """Scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def _text(self) -> Content:
        keymap = self.app.config.keymap()
        groups: dict[str, list[Key]] = {}
        for key in (*BENCH_KEYS, *LESSON_KEYS, *STUDIO_KEYS, *APP_KEYS):
            groups.setdefault(key.group, []).append(key)
        lines: list[Content] = []
        for group, keys in groups.items():
            lines += [Content(""), Content.styled(group, "bold $text-accent")]
            for key in keys:
                written = keymap.get(key.id) or key.display or key.keys.replace(",", " ")
                lines.append(Content.assemble((f"  {written:<12}", "bold"), key.help))
        lines += [Content(""), Content.styled("Words", "bold $text-accent")]
        for word, meaning in glossary():
            lines.append(Content.assemble((f"  {word}", "bold"), f": {meaning}"))
        lines += [
            Content(""),
            Content("Keys can be changed in the settings, [keys]; tdiff doctor says where they are."),
        ]
        return Content("\n").join(lines)
