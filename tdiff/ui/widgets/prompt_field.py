"""A prompt: shown as words that carry what became of them, edited as text with completion."""

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.keys import KEY_NAME_REPLACEMENTS
from textual.suggester import Suggester
from textual.timer import Timer
from textual.widgets import Input, Static

from tdiff.prompt.complete import completed
from tdiff.prompt.tokenizer import Fate, Tokens, Word
from tdiff.prompt.understand import TextRole
from tdiff.recipe import TEXT_LIMIT
from tdiff.text import clean_text
from tdiff.ui.events import LongPaste, TextCut, TextEdit, TextEntry, TextExit, TextRest
from tdiff.ui.typed_ahead import TypedAhead
from tdiff.ui.widgets.one_line import OneLine
from tdiff.views.words import OWN_WORDS, Words
from tdiff.world.captions import plural
from tdiff.world.concepts import offered
from tdiff.world.palette import COLOURS

PAUSE_SECONDS = 0.3
"""Without a key: then what is slower than typing may begin."""


def chips(tokens: Tokens) -> Content:
    """A prompt with the fate of each word: plain, `puppy→dog`, struck through and crossed, or `+flat` where unsaid."""
    text = tokens.text
    parts: list[str | tuple[str, str]] = []
    done = 0
    for word in tokens.words:
        parts.append(clean_text(text[done : word.start]))
        shown = clean_text(word.text)
        if word.fate is Fate.READ_AS:
            parts.append((f"{shown}→{word.reads}", "$accent"))
        elif word.fate is Fate.NO_EFFECT:
            parts.append((f"{shown}✗", "strike $text-muted"))
        elif word.fate is Fate.USUAL:
            parts.append((f" +{shown}", "$text-muted"))
        elif word.fate is Fate.CUT:
            parts.append((f"{shown}…", "$text-muted"))
        elif word.fate is Fate.KNOWN and _is_synonym(word):
            parts += [shown, (f"→{word.reads}", "$text-muted")]
        else:
            parts.append((shown, "$text-muted" if word.fate is Fate.FILLER else ""))
        done = word.end
    parts.append(clean_text(text[done:]))
    return Content.assemble(*parts)


def _is_synonym(word: Word) -> bool:
    """Whether a known word goes by another name: puppy for dog, crimson for red."""
    if word.reads not in COLOURS and word.reads not in {concept.name for concept in offered()}:
        return False
    return word.text.lower() not in (word.reads, plural(word.reads))


class _Completion(Suggester):
    """Ghost text behind the cursor.

    Args:
        words: know how a text could go on.
    """

    def __init__(self, words: Words) -> None:
        super().__init__(use_cache=False)
        self._words = words

    async def get_suggestion(self, value: str) -> str | None:
        found = self._words.complete(value, 1)
        return completed(value, found[0]) if found else None


class _Editor(OneLine):
    """One line of text; escape and enter are the field's business."""

    BINDINGS = [
        Binding("tab", "accept", "complete", show=True),
        Binding("enter", "submit", "take it", key_display="enter", show=True),
    ]

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key writes something here, also where Textual cannot tell a key's character from its name."""
        return super().check_consume_key(key, character) or key in KEY_NAME_REPLACEMENTS.values()

    def action_cursor_right(self, select: bool = False) -> None:
        """Move only; tab is what completes, so that → at the end of "a cat" does not make a caterpillar of it."""
        if select or not self.cursor_at_end:
            super().action_cursor_right(select)

    def action_accept(self) -> None:
        """Take the ghost text."""
        if self._suggestion and self._suggestion != self.value:
            self.value = self._suggestion
            self.cursor_position = len(self.value)


class PromptField(Horizontal):
    """Prompt or negative.

    Args:
        role: which of the two.
        hint: shown where it is empty.
        words: how a text could go on.
    """

    BINDINGS = [Binding("escape", "give_back", "leave", show=True)]
    DEFAULT_CSS = """
    PromptField {
        height: 1;
        width: 1fr;
    }
    PromptField > .label {
        width: auto;
        padding: 0 1;
        color: $text-muted;
    }
    PromptField > .chips {
        width: 1fr;
        background: $panel;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        pointer: text;
    }
    PromptField > _Editor {
        width: 1fr;
        display: none;
    }
    PromptField.-editing > _Editor {
        display: block;
    }
    PromptField.-editing > .chips {
        display: none;
    }
    PromptField.-editing > .label {
        text-style: bold reverse;
    }
    """

    app = getters.app(TypedAhead)

    def __init__(self, role: TextRole, hint: str, words: Words = OWN_WORDS, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.role, self._hint = role, hint
        self._text = ""
        self._shown: tuple[str, Tokens | None] = ("", None)
        self._submitted: str | None = None
        self._pause: Timer | None = None
        self._chips = Static("", classes="chips", markup=False)
        self._editor = _Editor(compact=True, suggester=_Completion(words), max_length=TEXT_LIMIT, select_on_focus=False)

    def compose(self) -> ComposeResult:
        """Label, then chips or editor."""
        yield Static(self.role, classes="label", markup=False)
        yield self._chips
        yield self._editor

    def on_mount(self) -> None:
        """Show the hint."""
        self._chips.update(Content.styled(self._hint, "$text-muted"), layout=False)

    @property
    def editing(self) -> bool:
        """Whether it is being edited."""
        return self.has_class("-editing")

    def show(self, text: str, words: Tokens) -> None:
        """Show a text; one that is being typed stays.

        Args:
            text: the whole of it.
            words: what became of its words.
        """
        if (text, words) != self._shown:
            self._text, self._shown = text, (text, words)
            read = chips(words) if text.strip() else Content.styled(self._hint, "$text-muted")
            self._chips.update(read, layout=False)

    def edit(self) -> None:
        """Begin to edit."""
        self.add_class("-editing")
        with self.prevent(Input.Changed):
            self._editor.value = self._text
        self._submitted = None
        self.screen.set_focus(self._editor)  # at once: the next key may be there already
        self._editor.cursor_position = len(self._text)
        self._editor.select_all()  # typing replaces it, an arrow keeps it

    def leave(self) -> None:
        """Stop editing and show the chips."""
        self._end_pause()
        if self.editing:
            self.remove_class("-editing")
            self._editor.release_mouse()  # it may be held down in it, and what is hidden never hears of its release
            if self.screen.focused is self._editor:
                self.screen.set_focus(None)

    def on_click(self, event: events.Click) -> None:
        """Edit what is clicked."""
        if not self.editing:
            self.edit()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what is typed."""
        event.stop()
        self._submitted = None
        self._end_pause()
        if self.editing:
            if not self.app.keys_waiting:
                self.post_message(TextEdit(self.role, event.value))
            self._pause = self.set_timer(PAUSE_SECONDS, lambda: self._rest(event.value))

    def _rest(self, text: str) -> None:
        """Tell that the keys have paused; not while some wait to be obeyed, as on a busy machine."""
        if self.editing and self.app.keys_waiting:
            self._pause = self.set_timer(PAUSE_SECONDS, lambda: self._rest(text))
        elif self.editing:
            self.post_message(TextRest(self.role, text))

    def _end_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Tell what was entered."""
        event.stop()
        self._end_pause()
        again, self._submitted = self._submitted == event.value, event.value
        self.post_message(TextEntry(self.role, event.value, again))

    def action_give_back(self) -> None:
        """Give the keys back."""
        self.leave()
        self.post_message(TextExit(self.role))

    def on_long_paste(self, event: LongPaste) -> None:
        """Pass it on, behind what is told of the change."""
        event.stop()
        self.post_message(TextCut(str(event)))

    def on_descendant_blur(self) -> None:
        """A click elsewhere ends editing too."""
        if self.editing and self.screen.focused is not self._editor:
            self.leave()
            self.post_message(TextExit(self.role))
