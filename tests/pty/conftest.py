"""Programs in a terminal of their own."""

from pathlib import Path

import pytest

from tests.pty.harness import Program


@pytest.fixture
def start(tmp_path: Path):
    """Runs a program; whatever becomes of it, it is gone afterwards."""
    opened: list[Program] = []

    def run(*arguments, **settings) -> Program:
        opened.append(Program(tmp_path, *arguments, **settings))
        return opened[-1]

    yield run
    for each in opened:
        each.close()
