"""Escape characters in pasted text, made visible before anything takes them for keys."""

from typing import Final

_BEGIN: Final = "\x1b[200~"
_END: Final = "\x1b[201~"
_ESCAPE: Final = "\x1b"
_VISIBLE: Final = "\u241b"


class PastedEscapes:
    """Replaces escape characters between the marks of a bracketed paste by ␛, in a stream that comes in pieces.

    Textual's parser begins a key sequence at each of them, also within a paste: what follows would be lost from the
    text and come as keys before it.
    """

    def __init__(self) -> None:
        self._pasting = False
        self._passed = ""  # the last of the keys, among which a paste may have begun
        self._kept = ""  # the last of a paste, which may be the beginning of its end

    def feed(self, text: str) -> str:
        """Take the next piece; returns what can be passed on. Keys are passed on at once."""
        done: list[str] = []
        while text:
            part, text = self._paste(text) if self._pasting else self._keys(text)
            done.append(part)
        return "".join(done)

    def _keys(self, text: str) -> tuple[str, str]:
        """Keys up to the beginning of a paste, and the rest."""
        seen = self._passed + text
        at = seen.find(_BEGIN)
        if at < 0:
            self._passed = seen[1 - len(_BEGIN) :]
            return text, ""
        end = at + len(_BEGIN) - len(self._passed)
        self._pasting, self._passed = True, ""
        return text[:end], text[end:]

    def _paste(self, text: str) -> tuple[str, str]:
        """Pasted text with its end, as far as it is there, and the rest."""
        before, end, after = (self._kept + text).partition(_END)
        self._kept = ""
        if end:
            self._pasting = False
        else:
            held = _held(before)
            self._kept, before = before[len(before) - held :], before[: len(before) - held]
        return before.replace(_ESCAPE, _VISIBLE) + end, after


def _held(text: str) -> int:
    """How many of the last characters may be the beginning of the mark that ends a paste."""
    return next((count for count in range(len(_END) - 1, 0, -1) if text.endswith(_END[:count])), 0)
