"""Writing prompt and negative, and saying what became of their words."""

from textual import on

from tdiff.prompt.complete import complete
from tdiff.prompt.explain import explain
from tdiff.text import clean_text
from tdiff.ui.screens.bench_keeping import BenchKeeping
from tdiff.ui.widgets.prompt_field import Kind, PromptField, understood


class BenchTexts(BenchKeeping):
    """What is written; every text that is taken ends in `change`."""

    def action_edit(self, kind: str) -> None:
        """Write prompt or negative."""
        self.stop_playing()
        self.query_one(f"#{kind}", PromptField).edit()
        self.notice("enter takes it, tab completes, esc leaves it as it was")

    @on(PromptField.Edited)
    def _edited(self, event: PromptField.Edited) -> None:
        self.notice(self._said_of(event.kind, event.text))
        self.typed(event.kind, event.text)

    @on(PromptField.Submitted)
    def _submitted(self, event: PromptField.Submitted) -> None:
        tokens = understood(event.kind, event.text)
        if event.kind == "prompt" and event.text.strip() and not tokens.has_effect and not event.again:
            words = ", ".join(clean_text(word.text, 20) for word in tokens.words[:4])
            self.notice(f"enter once more to use it anyway: no word is known ({words})", trouble=True)
            return
        if self.change(**{event.kind: event.text}):
            self.query_one(f"#{event.kind}", PromptField).leave()
            said = "; ".join(explain(tokens, usual=event.kind == "prompt"))
            if event.kind == "negative" and event.text.strip() and not tokens.has_effect:
                said = "no word of the negative is known, so it is ignored"
            self.notice(said)
            self.entered(event.kind)

    @on(PromptField.Left)
    def _left(self, event: PromptField.Left) -> None:
        self.notice("")
        self.untyped()

    @on(PromptField.Cut)
    def _cut(self, event: PromptField.Cut) -> None:
        self.notice(event.text)

    def typed(self, kind: str, text: str) -> None:
        """A text is being typed; the studio draws it live."""

    def untyped(self) -> None:
        """A text was not taken after all."""

    def entered(self, kind: str) -> None:
        """A text was taken: show its picture from the beginning to the end."""
        self.aim(self.session.total)

    def _said_of(self, kind: Kind, text: str) -> str:
        offered = complete(text, 5)
        if offered:
            return "tab → " + "  ".join(offered)
        return "; ".join(explain(understood(kind, text), usual=kind == "prompt"))
