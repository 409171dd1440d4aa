"""Terminals by name, locales and NO_COLOR: it runs, in characters that the locale has, or says in one line why not."""

import os
import re
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from tests.counts import FULL
from tests.pty.harness import PATIENCE, Program, ready

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")

TERMS = ["dumb", "linux", "xterm", "xterm-256color", "screen-256color", "tmux-256color", None]
LOCALES = ["C", "POSIX without UTF-8", "C.UTF-8", "ISO-8859-1"]
LATIN = "en_US.ISO-8859-1"
EVERY = list(product(TERMS, LOCALES, [False, True]))
SOME = [(term, LOCALES[place % 4], place // 4 % 2 == 1) for place, term in enumerate(TERMS)]
CHOSEN = EVERY if FULL else SOME

GREYS = {0, 7, 8, 15, 16, 59, 102, 145, 188, 231, *range(232, 256)}
"""Of 256 colours."""

COMMANDS = [
    ["doctor"],
    ["generate", "a café with a red apple", "--steps", "2", "--seed", "1", "--out", "a.png"],
    ["inspect", "a.png"],
    ["grid", "a red apple", "--x", "guidance=0,4", "--steps", "1", "--seed", "1"],
]
RUN_ALL = """
import os, subprocess, sys
for command in {commands}:
    words = [word.encode({encoding!r}, "replace") for word in command]  # what a keyboard of this locale sends
    subprocess.run([os.fsencode(sys.executable), b"-m", b"tdiff", *words])
"""


@pytest.fixture(scope="session")
def latin(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment whose locale is ISO-8859-1; where none can be made, one in which Python writes as if it were."""
    folder = tmp_path_factory.mktemp("locales")
    if shutil.which("localedef"):
        subprocess.run(["localedef", "-i", "en_US", "-f", "ISO-8859-1", str(folder / LATIN)], capture_output=True)
    if (folder / LATIN).exists():
        return {"LOCPATH": str(folder), "LC_ALL": LATIN}
    return {"PYTHONIOENCODING": "iso-8859-1"}


def environment(term: str | None, locale: str, no_color: bool, latin: dict[str, str]) -> dict[str, str | None]:
    env: dict[str, str | None] = {"TERM": term, "COLORTERM": None, "LANG": None}
    env |= {"NO_COLOR": "1"} if no_color else {}
    if locale == "ISO-8859-1":
        return env | latin
    if locale == "POSIX without UTF-8":
        return env | {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    return env | {"LC_ALL": locale}


def fits(output: bytes, locale: str) -> bool:
    """Whether what was written are characters of the locale, and none is spelt out."""
    if re.search(rb"\\(u[0-9a-f]{4}|x[0-9a-f]{2})", output):
        return False
    if locale == "POSIX without UTF-8":
        return output.isascii()
    if locale == "ISO-8859-1":
        return not re.search(rb"[\xc2-\xf4][\x80-\xbf]", output)  # UTF-8
    output.decode("utf-8")
    return True


def identifier(case: tuple[str | None, str, bool]) -> str:
    term, locale, no_color = case
    return f"{term or 'unset'}-{locale}{'-NO_COLOR' if no_color else ''}"


@pytest.mark.parametrize("case", [pytest.param(case, id=identifier(case)) for case in CHOSEN])
def test_the_explorer(start, latin: dict[str, str], case: tuple[str | None, str, bool]) -> None:
    term, locale, no_color = case
    program: Program = start(env=environment(term, locale, no_color, latin))
    if term == "dumb":
        assert program.ends() == 2
        assert program.output.count(b"\n") == 1 and b"TERM is dumb" in program.output
    else:
        ready(program)
        program.press(" ")
        program.shows("step 1 of 20")
        program.press("?")
        program.shows("take one step")
        program.press("\x1b")
        program.shows("step 1 of 20")
        program.press("q")
        assert program.ends() == 0
    assert program.sane
    assert fits(program.output, locale)
    if no_color:
        colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", program.output)
        assert all(red == green == blue for red, green, blue in colours)
        assert {int(number) for number in re.findall(rb"[34]8;5;(\d+)", program.output)} <= GREYS


@pytest.mark.parametrize("case", [pytest.param(case, id=identifier(case)) for case in CHOSEN])
def test_commands(start, tmp_path: Path, latin: dict[str, str], case: tuple[str | None, str, bool]) -> None:
    term, locale, no_color = case
    encoding = "iso-8859-1" if locale == "ISO-8859-1" else "utf-8"
    (tmp_path / "all.py").write_text(RUN_ALL.format(commands=COMMANDS, encoding=encoding), encoding="utf-8")
    program: Program = start(command=("all.py",), env=environment(term, locale, no_color, latin))
    assert program.ends(len(COMMANDS) * PATIENCE) == 0
    assert fits(program.output.replace(rb"caf\u00e9", b""), locale)  # a recipe as JSON stays JSON
    assert b"internal error" not in program.output and b"Traceback" not in program.output
    assert os.path.exists(tmp_path / "a.png")
    if no_color:
        assert b"\x1b[38" not in program.output
