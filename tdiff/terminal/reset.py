"""Undoing what a full-screen program may leave behind in a terminal."""

from typing import Final

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
