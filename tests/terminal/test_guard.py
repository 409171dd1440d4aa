"""A terminal is restored whoever else writes to it."""

import os

import pytest

from tdiff.terminal.guard import restore
from tdiff.terminal.reset import RESET


def test_a_terminal_that_is_being_drawn_on_is_restored_afterwards(monkeypatch: pytest.MonkeyPatch, capfd) -> None:
    """While one thread writes to a terminal, the system turns away another that doesn't wait."""
    real, turned_away = os.write, []

    def write(descriptor: int, data: bytes) -> int:
        if descriptor == 2 and len(turned_away) < 3:
            turned_away.append(data)
            raise BlockingIOError
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    restore(None, force=True, last_words="it was killed")
    assert capfd.readouterr().err == f"{RESET}\rit was killed\r\n" and len(turned_away) == 3


def test_a_terminal_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch, capfd) -> None:
    def write(descriptor: int, data: bytes) -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "write", write)
    restore(None, force=True)
    monkeypatch.undo()
    assert capfd.readouterr().err == "" and os.get_blocking(2)
