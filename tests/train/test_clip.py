"""The pair is trained above text states that the denoiser stands on."""

import argparse
from pathlib import Path

import numpy as np
import pytest

from tdiff.prompt.vocabulary import noun_id, tokens

torch = pytest.importorskip("torch")

from tdiff.torch_model.towers import ClipPair  # noqa: E402
from tdiff.train import clip  # noqa: E402
from tdiff.train.data import KINDS, load_scenes  # noqa: E402
from tdiff.train.parts import context_weights, newest  # noqa: E402


@pytest.fixture(scope="module")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with sixty scenes."""
    folder = tmp_path_factory.mktemp("state")
    load_scenes(folder / "data", 0, 60)
    return folder


def options(state_dir: Path, **changed: object) -> argparse.Namespace:
    chosen = {
        "state_dir": state_dir, "steps": 2, "batch": 8, "lr": 1e-3, "above": True, "scenes": 60, "workers": 1,
        "seed": 0, "bf16": False,
    }  # fmt: skip
    return argparse.Namespace(**(chosen | changed))


def test_what_lies_above_the_states_begins_as_the_denoisers(monkeypatch: pytest.MonkeyPatch) -> None:
    def older(part: str, state_dir: Path | None) -> dict[str, torch.Tensor]:
        return {name: value for name, value in newest(part, state_dir).items() if not name.startswith("above.")}

    monkeypatch.setattr(clip, "newest", older)
    pair = ClipPair(len(tokens()))
    clip.start_above(pair, None)
    expected = context_weights(None)
    assert set(expected) == set(pair.text.above.state_dict())
    assert all(torch.equal(pair.text.above.state_dict()[name], value) for name, value in expected.items())
    learning = {name.split(".")[0] for name, value in pair.text.named_parameters() if value.requires_grad}
    assert learning == {"above", "project"}


def test_a_pair_that_was_trained_above_goes_on_from_what_it_knows() -> None:
    pair = ClipPair(len(tokens()))
    clip.start_above(pair, None)
    shipped = newest("text", None)
    assert all(torch.equal(value, shipped[name]) for name, value in pair.text.state_dict().items())


def test_more_than_half_of_the_scenes_are_pairs_and_all_nouns_are_offered(state_dir: Path) -> None:
    data = load_scenes(state_dir / "data", 0, 60)
    chances = clip.row_chances(data)
    rows = np.searchsorted(chances, np.random.default_rng(0).random(4000), side="right")
    assert (data.kinds[rows] == KINDS.index("pair")).mean() == pytest.approx(0.55, abs=0.03)
    drawn = clip.batch(data, chances, np.random.default_rng(1), 200)
    assert not (drawn.ids == noun_id("crocodile")).any()
    changed = (drawn.ids != drawn.wrong).any(1)
    assert (changed == drawn.is_wrong).all() and changed.float().mean() > 0.9


def test_training_moves_what_lies_above_and_leaves_the_states(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip, "_CAPTIONS_ALONE", 2)
    clip.train(options(state_dir))
    kept = torch.load(state_dir / "clip" / "final.pt", weights_only=True)["model"]
    before = newest("text", None)
    moved = {name for name, value in before.items() if not torch.equal(kept[f"text.{name}"], value)}
    assert moved and all(name.startswith(("above.", "project.")) for name in moved)
    assert "above.places" in moved and "project.weight" in moved


def test_the_contrast_is_least_where_each_picture_meets_its_caption() -> None:
    vectors = torch.eye(4)
    ids = torch.arange(1, 5)[:, None]
    nothing = torch.zeros(4, 2, 4)
    drawn = clip.Batch(torch.zeros(4), ids, ids, torch.tensor([True] * 4), nothing, nothing)
    scale = torch.tensor(20.0)
    right = clip.contrastive_loss(scale, vectors, vectors, vectors.roll(1, 0), drawn)
    taken_in = clip.contrastive_loss(scale, vectors, vectors, vectors, drawn)  # false captions fit as well
    astray = clip.contrastive_loss(scale, vectors, vectors.roll(1, 0), vectors.roll(1, 0), drawn)
    assert right < 1e-3 < taken_in < astray
