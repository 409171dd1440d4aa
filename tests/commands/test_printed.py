"""Whatever is printed goes through one cleaning: nothing acts on the terminal, and no name forges a line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tdiff.commands import doctor as doctor_module
from tdiff.commands.console import put, put_lines, say
from tdiff.commands.doctor import doctor
from tdiff.threads import VARIABLES
from tests.hostile import HOSTILE, SURROGATES, acts

EVERY = (*HOSTILE, *SURROGATES)


@pytest.mark.parametrize("text", EVERY)
def test_a_line_stays_one_line_and_acts_on_nothing(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    put(text)
    say(text)
    printed = capsys.readouterr()
    for stream in (printed.out, printed.err):
        assert stream.endswith("\n") and not any(map(acts, stream[:-1]))


def test_a_text_of_our_own_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    put_lines("one\n  two\x1b[2J\n")
    assert capsys.readouterr().out == "one\n  two␛[2J\n\n"


@pytest.mark.parametrize("name", ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "TERM", "LANG", *VARIABLES[:2]])
def test_the_doctor_shows_the_environment_literally(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor_module, "_model", lambda: ({}, []))
    usual = _lines(capsys)
    for text in (*HOSTILE, "a\udc80cat"):  # a byte that is not UTF-8
        monkeypatch.setenv(name, f"/{text}")
        found = _lines(capsys)
        assert not any(acts(character) for line in found for character in line)
        assert len(found) <= len(usual) + 2, "a name forged a line"  # and some advice at most


def _lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    doctor(as_json=False)
    return capsys.readouterr().out.split("\n")


@pytest.mark.parametrize("option", ["--out", "--film", "--recipe", "--start-image", "--prompts-file"])
def test_a_name_forges_no_line(option: str, tmp_path: Path) -> None:
    name = (
        "a\ntdiff: all is well\x1b]0;owned\x07.gif"
        if option == "--film"
        else "a\ntdiff: all is well\x1b]0;owned\x07.png"
    )
    prompt = {"--recipe": [], "--prompts-file": ["--out", "folder"]}.get(option, ["a cat"])
    ended = subprocess.run(
        [sys.executable, "-m", "tdiff", "generate", *prompt, "--steps", "1", "--seed", "1", option, name],
        capture_output=True, text=True, cwd=tmp_path, env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path)}, timeout=60,
    )  # fmt: skip
    assert "\ntdiff: all is well" not in ended.stderr
    assert "\x1b" not in ended.stderr
    assert option == "--out" or "␊tdiff: all is well␛]0;owned␇" in ended.stderr
