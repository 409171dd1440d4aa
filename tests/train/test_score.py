"""Scoring in PyTorch: the same pictures as the program makes, and any weights or one sentence."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tdiff.paths import assets_dir  # noqa: E402
from tdiff.pipeline import load  # noqa: E402
from tdiff.recipe import Recipe  # noqa: E402
from tdiff.train import checkpoint, score  # noqa: E402
from tdiff.train.networks import networks_of  # noqa: E402
from tdiff.train.parts import shipped  # noqa: E402


def options(*arguments: str):
    import argparse

    from tdiff.train.networks import add_arguments

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(arguments)


def test_pictures_are_those_of_the_program() -> None:
    prompts, negatives, seeds = ["a cat", "a red car above a dog"], ["", "white"], [3, 4]
    made = networks_of(options("--steps", "4")).generate(prompts, negatives, seeds)
    recipes = [
        Recipe(prompt=prompt, negative=negative, seed=seed, steps=4)
        for prompt, negative, seed in zip(prompts, negatives, seeds, strict=True)
    ]
    expected = load().generate_many(recipes)
    assert np.abs(made.astype(int) - expected).max() <= 2


def test_a_checkpoint_and_an_export_of_the_same_weights_make_the_same_pictures(tmp_path: Path) -> None:
    export = assets_dir() / "models" / "denoiser.safetensors"
    checkpoint.save({"ema": shipped(export), "step": 1, "pictures": 2}, tmp_path)
    made = [
        networks_of(options("--weights", str(path), "--steps", "1")).generate(["a cat"], [""], [1])
        for path in (export, tmp_path)
    ]
    assert (made[0] == made[1]).all()


def test_weights_that_are_none_are_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other, noise, empty = tmp_path / "other", tmp_path / "noise.safetensors", tmp_path / "empty"
    checkpoint.save({"ema": {"somebody.else": torch.zeros(3)}}, other)
    noise.write_bytes(b"no weights")
    empty.mkdir()
    for path in (other, noise, empty, tmp_path / "missing.safetensors"):
        monkeypatch.setattr(sys, "argv", ["score", "--weights", str(path)])
        with pytest.raises(SystemExit) as ended:
            score.main()
        said = capsys.readouterr().err.strip()
        assert ended.value.code == 1 and str(path) in said and "\n" not in said


def test_a_part_that_there_is_none_of_is_refused_before_anything_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["score", "--only", "beauty"])
    with pytest.raises(SystemExit) as ended:
        score.main()
    assert ended.value.code == 2 and "beauty" in capsys.readouterr().err


def test_the_table_says_what_is_below_its_goal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(sys, "argv", ["score", "--only", "twins", "--prompts", "2", "--steps", "1"])
    monkeypatch.setattr(score, "_GOALS", {"twins": (1.5, 2.0)})
    score.main()
    out = capsys.readouterr().out
    assert "twins" in out and re.search(r"below what must be: twins \d\.\d\d of 1\.50", out)
