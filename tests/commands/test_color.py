"""Where colours are asked for: by an option before or behind the command, or in the settings."""

import json
import sys
from pathlib import Path

import pytest

from tdiff.cli import main
from tdiff.commands import doctor


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tdiff").mkdir()
    monkeypatch.setattr(doctor, "_model", lambda: ({}, []))  # takes long, and is not what is looked at here
    return tmp_path / "tdiff" / "config.toml"


def colours(*arguments: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "argv", ["tdiff", *arguments, "--json"])
    try:
        main()
    except SystemExit as end:
        assert end.code == 0
    return json.loads(capsys.readouterr().out)["facts"]["colours"]


@pytest.mark.parametrize("arguments", [("--color", "true", "doctor"), ("doctor", "--color", "true")])
def test_doctor_says_what_is_used_and_what_was_found(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = colours(*arguments, monkeypatch=monkeypatch, capsys=capsys)
    assert said == "true (asked for with --color true); found: mono (the output is no terminal)"


def test_what_was_found_is_used_unless_something_asks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Path
) -> None:
    assert colours("doctor", monkeypatch=monkeypatch, capsys=capsys) == "mono (the output is no terminal)"
    settings.write_text('[appearance]\ncolor = "16"\n')
    said = colours("doctor", monkeypatch=monkeypatch, capsys=capsys)
    assert said == "16 (the settings ask for it); found: mono (the output is no terminal)"
    said = colours("--color", "256", "doctor", monkeypatch=monkeypatch, capsys=capsys)
    assert said.startswith("256 (asked for with --color 256)")


@pytest.mark.parametrize("option", [("--lesson", "2"), ("--recipe", "a.png"), ("--no-mouse",)])
def test_what_only_the_explorer_knows_is_not_ignored_before_a_command(
    option: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tdiff", *option, "doctor"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert "belongs to the explorer" in capsys.readouterr().err
