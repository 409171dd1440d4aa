"""A training that is stopped goes on as if it had not been, or says in one sentence why it cannot."""

import argparse
import json
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from tdiff.train import checkpoint, denoiser  # noqa: E402
from tdiff.train.control import Control  # noqa: E402
from tdiff.train.run import Run  # noqa: E402

STATE = {"step": 7, "ema": {"a": torch.arange(5000.0)}}


def test_a_checkpoint_in_parts_comes_back_whole(tmp_path: Path) -> None:
    checkpoint.save(STATE, tmp_path, part=4096)
    parts = sorted((tmp_path / "checkpoint").glob("*.part"))
    assert len(parts) > 4 and all(part.stat().st_size <= 4096 for part in parts)
    state = checkpoint.load(tmp_path)
    assert state["step"] == 7 and (state["ema"]["a"] == STATE["ema"]["a"]).all()
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


def test_the_last_good_checkpoint_is_kept_until_a_new_one_is_whole(tmp_path: Path) -> None:
    checkpoint.save(STATE, tmp_path)
    (tmp_path / "checkpoint.new").mkdir()  # killed while writing
    (tmp_path / "checkpoint.new" / "00.part").write_bytes(b"half")
    assert checkpoint.load(tmp_path)["step"] == 7
    checkpoint.save(STATE | {"step": 8}, tmp_path)
    assert checkpoint.load(tmp_path)["step"] == 8
    (tmp_path / "checkpoint").rename(tmp_path / "checkpoint.old")  # killed between the two renames
    assert checkpoint.exists(tmp_path) and checkpoint.load(tmp_path)["step"] == 8


def lose_a_part(place: Path) -> None:
    (place / "01.part").unlink()


def damage_a_part(place: Path) -> None:
    (place / "01.part").write_bytes(b"?" * 4096)


def change_the_layout(place: Path) -> None:
    manifest = json.loads((place / "manifest.json").read_text())
    (place / "manifest.json").write_text(json.dumps(manifest | {"layout": 1}))


def garble_the_manifest(place: Path) -> None:
    (place / "manifest.json").write_text("{")


def lead_out_of_the_folder(place: Path) -> None:
    manifest = json.loads((place / "manifest.json").read_text())
    manifest["parts"][1]["name"] = "../../outside"
    (place / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lose_a_part, "lacks 01.part"),
        (damage_a_part, "is not what was saved"),
        (change_the_layout, "layout 1 and this version reads 2"),
        (garble_the_manifest, "cannot be read"),
        (lead_out_of_the_folder, "lacks ../../outside"),
        (shutil.rmtree, "there is no checkpoint"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(tmp_path: Path, spoil, says: str) -> None:
    checkpoint.save(STATE, tmp_path, part=4096)
    spoil(tmp_path / "checkpoint")
    with pytest.raises(checkpoint.CheckpointError, match=says) as raised:
        checkpoint.load(tmp_path)
    assert "\n" not in str(raised.value)


def options(state_dir: Path, **changed: object) -> argparse.Namespace:
    chosen = {
        "state_dir": state_dir, "init": None, "steps": 4, "until": None, "fall": 500, "minutes": 9.0, "batch": 4,
        "lr": 1e-3, "warmup": 2, "ema": 0.99, "dropout": 0.1, "bare": 0.1, "full": 0.3, "open": 0.2, "twins": 0.5,
        "beside": 0.2, "likeness": 1.0, "whereabouts": 4.0, "looking": 0.1, "scenes": 60, "workers": 1, "seed": 0,
        "bf16": False, "compile": False,
    }  # fmt: skip
    return argparse.Namespace(**(chosen | changed))


def test_a_training_that_was_stopped_goes_on_exactly(tmp_path: Path) -> None:
    through, stopped = tmp_path / "through", tmp_path / "stopped"
    denoiser.train(options(through))
    shutil.copytree(through / "data", stopped / "data")
    denoiser.train(options(stopped, steps=2))
    denoiser.train(options(stopped))
    one, other = (checkpoint.load(folder / "denoiser") for folder in (through, stopped))
    assert one["step"] == other["step"] == 4 and one["pictures"] == other["pictures"] == 16
    for name in ("trainee", "ema"):
        for key, value in one[name].items():
            assert torch.equal(value, other[name][key]), key
    assert (one["trainee"]["unet.last.weight"] != 0).any()  # it has learned something


def test_another_network_is_refused_and_its_checkpoint_kept(tmp_path: Path) -> None:
    folder = tmp_path / "denoiser"
    checkpoint.save({"step": 3, "trainee": {"somebody.else": torch.zeros(2)}}, folder)
    with pytest.raises(checkpoint.CheckpointError, match="of another network"):
        denoiser.train(options(tmp_path))
    assert checkpoint.load(folder)["step"] == 3


def test_the_learning_rate_rises_within_the_warm_up_and_falls_towards_the_end(tmp_path: Path) -> None:
    run = Run(None, None, None, [], None, None)  # type: ignore[arg-type]
    chosen, scales = options(tmp_path, until=1000, fall=500, batch=10, warmup=10), []
    while run.pictures < 1000:
        run.lr_scale = denoiser.next_lr_scale(run, chosen, Control())
        run.pictures += 10
        scales.append(run.lr_scale)
    assert scales[:3] == pytest.approx([0.1, 0.2, 0.3]) and scales[9:50] == pytest.approx([1.0] * 41)
    assert scales[75] == pytest.approx(0.5, abs=0.03) and scales[-1] == pytest.approx(0.02, abs=0.01)
