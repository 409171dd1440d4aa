"""`tdiff serve` without --api, as it is typed: what cannot be is one sentence, whatever is installed."""

import importlib.util
import sys

import pytest

from tdiff.cli import main


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """What `tdiff serve` says when it refuses."""

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["tdiff", "serve", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        assert end.value.code == 2 and captured.err.count("\n") == 1 and captured.out == ""
        return captured.err

    return run


def test_without_textual_serve_it_says_what_to_install(refused, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "textual_serve" else whole(name))
    assert "needs textual-serve: install it with pip install 'tdiff-explorer[serve]'" in refused()


@pytest.mark.parametrize(
    "options", [("--socket", "a.sock"), ("--engine", "torch"), ("--model", "."), ("--device", "cpu")]
)
def test_what_belongs_to_the_api_is_refused(refused, options: tuple[str, ...]) -> None:
    assert "or pass --api" in refused(*options)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--visitors", "0"), "--visitors must be from 1 to 200, not 0"),
        (("--visitors", "201"), "--visitors must be from 1 to 200"),
        (("--idle", "0"), "--idle must be above 0"),
        (("--idle", "nan"), "--idle must be above 0"),
        (("--idle", "1e9"), "--idle must be above 0"),
        (("--port", "70000"), "--port must be from 0 to 65535"),
    ],
)
def test_a_number_out_of_range_is_one_sentence(refused, options: tuple[str, ...], says: str) -> None:
    pytest.importorskip("textual_serve", reason="the explorer in a browser is an extra: pip install '.[serve]'")
    assert says in refused(*options)
