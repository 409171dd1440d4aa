"""Undoing what a full-screen program may leave behind in a terminal."""

from collections.abc import Sequence
from typing import Any, Final

RESET: Final = "".join(
    (
        "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l",  # mouse reports
        "\x1b[?1004l",  # focus reports
        "\x1b[?2004l",  # bracketed paste
        "\x1b[?2048l",  # resize reports
        "\x1b[?2026l",  # synchronised output
        "\x1b[<u",  # kitty keyboard protocol
        "\x1b[?7h",  # line wrap on
        "\x1b[0m",  # colours
        "\x1b[?1049l",  # alternate screen
        "\x1b[?25h",  # cursor visible
    )
)
"""The escape sequences that switch every mode off which tdiff, or Textual, switches on."""


def sane(attributes: Sequence[Any]) -> list[Any]:
    """Return attributes with everything on again that a full-screen program switches off, as `stty sane` has it.

    Args:
        attributes: as `termios.tcgetattr` returns them.
    """
    import termios  # not on Windows, where nobody has attributes to hand in

    result = list(attributes)
    result[0] |= termios.BRKINT | termios.ICRNL | termios.IXON
    result[0] &= ~(termios.INLCR | termios.IGNCR | termios.IXOFF)
    result[1] |= termios.OPOST | termios.ONLCR
    result[3] |= termios.ISIG | termios.ICANON | termios.IEXTEN | termios.ECHO | termios.ECHOE | termios.ECHOK
    return result
