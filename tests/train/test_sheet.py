"""The contact sheet that weights are looked at on."""

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from PIL import Image

from tdiff.train import sheet


def drawn(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["sheet", *arguments])
    sheet.main()


def test_a_sheet_shows_every_noun_with_every_seed_and_frames_what_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At guidance 0 no prompt is heard."""
    out = tmp_path / "sheet.png"
    common = ("--out", str(out), "--nouns", "cat, ice cream,dog", "--seeds", "2", "--steps", "2", "--scale", "1")
    common = (*common, "--guidance", "0")
    drawn(monkeypatch, *common)
    plain = np.asarray(Image.open(out))
    assert plain.shape[0] >= 32 and plain.shape[1] >= 3 * 2 * 32
    drawn(monkeypatch, *common, "--look")
    red = (np.asarray(Image.open(out)) == (220, 0, 0)).all(axis=-1).sum()
    assert red >= 5 * 4 * 31 and not (plain == (220, 0, 0)).all(axis=-1).any()


def test_nouns_stand_in_rows_of_their_own() -> None:
    pictures = np.zeros((7 * 2, 32, 32, 3), np.uint8)
    pictures[2 * 3 : 2 * 4] = (0, 255, 0)  # the fourth noun
    made = sheet.noun_sheet(pictures, list("abcdefg"), 2, 1)
    green = np.argwhere((made == (0, 255, 0)).all(axis=-1))
    black = (made == 0).all(axis=-1).sum()
    assert len(green) == 2 * 32 * 32 and np.ptp(green[:, 0]) == 31 and black >= 12 * 32 * 32


def test_an_unknown_noun_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        drawn(monkeypatch, "--out", str(tmp_path / "s.png"), "--nouns", "cat,wug")
    assert ended.value.code == 2 and "wug" in capsys.readouterr().err and not list(tmp_path.iterdir())
