"""Writing prompt and negative: what is said of the words, and when a text is taken."""

from functools import partial
from typing import TYPE_CHECKING

from tdiff.prompt.understand import TextRole
from tdiff.text import clean_text
from tdiff.ui.control.port import Command
from tdiff.views.words import OWN_WORDS

if TYPE_CHECKING:
    from tdiff.ui.control.controller import Controller


class Writing:
    """Takes texts for whatever view has the canvases.

    Args:
        controller: knows which.
    """

    def __init__(self, controller: "Controller") -> None:
        self._controller = controller
        self.commands: dict[str, Command] = {
            "prompt": partial(self._edit, "prompt"),
            "negative": partial(self._edit, "negative"),
        }

    def _edit(self, role: TextRole) -> None:
        self._controller.movement.pause()
        self._controller.port.edit(role)
        completes = ", tab completes" if self._controller.run.session.words is OWN_WORDS else ""
        self._controller.say(f"enter takes it{completes}, esc leaves it as it was")

    def edited(self, role: TextRole, text: str) -> None:
        """A text is being typed: say what becomes of it, or how it could go on."""
        words = self._controller.run.session.words
        offered, said = words.complete(text, 5), "; ".join(words.said(role, text))
        self._controller.say("tab → " + "  ".join(offered) if offered else said)

    def rested(self, role: TextRole, text: str) -> None:
        """The keys have paused: what is slower than typing may begin."""
        self._controller.part.typed(role, text)

    def entered(self, role: TextRole, text: str, again: bool) -> None:
        """A text is to be taken; one that says nothing only the second time."""
        model = self._controller.run.session.words
        tokens = model.read(role, text)
        if role == "prompt" and text.strip() and not tokens.has_effect and not again:
            words = ", ".join(clean_text(word.text, 20) for word in tokens.words[:4])
            self._controller.say(f"enter once more to use it anyway: no word is known ({words})", trouble=True)
            return
        if not self._controller.settings.change(**{role: text}):
            return
        self._controller.port.leave(role)
        said = "; ".join(model.said(role, text))
        if role == "negative" and text.strip() and not tokens.has_effect:
            said = "no word of the negative is known, so it is ignored"
        self._controller.say(said)
        view, track = self._controller.view, self._controller.view.track()
        if not view.keys and (track.cursor < track.total or not track.started):
            self._controller.give_way("finish")
            self._controller.do(self._controller.view.go_on)

    def left(self) -> None:
        """A text was not taken after all."""
        self._controller.say("")
        self._controller.part.untyped()
        self._controller.attend()
