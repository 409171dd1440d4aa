"""The torch engine makes what numpy makes, and refuses what this machine does not have."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import tdiff
from tdiff.errors import UsageError
from tdiff.pipeline import Pipeline
from tdiff.recipe import Recipe

torch = pytest.importorskip("torch")

PROMPTS = ("a blue frog on a yellow background", "two small red houses to the left of a cat in 3d style", "")


@pytest.fixture(scope="module")
def numpy_pipeline() -> Pipeline:
    return tdiff.load()


@pytest.fixture(scope="module")
def torch_pipeline() -> Pipeline:
    return tdiff.load(engine="torch", device="cpu")


@pytest.mark.parametrize("sampler", ["ddim", "ddpm", "euler", "heun", "dpmpp2m"])
def test_every_step_is_numpys(numpy_pipeline: Pipeline, torch_pipeline: Pipeline, sampler: str) -> None:
    recipe = Recipe(prompt=PROMPTS[0], negative="dog", seed=3, steps=4, sampler=sampler, clip=False)
    mine, theirs = (pipeline.trace(recipe, 2).complete() for pipeline in (torch_pipeline, numpy_pipeline))
    for ours, numpys in zip(mine, theirs, strict=True):
        assert np.abs(ours.eps - numpys.eps).max() < 1e-3
        assert np.abs(ours.x_next - numpys.x_next).max() < 1e-3


def test_predictions_are_numpys_at_every_level_and_batch(numpy_pipeline: Pipeline, torch_pipeline: Pipeline) -> None:
    rng = np.random.default_rng(0)
    for batch in (1, 3, 11):
        prompts = [PROMPTS[place % 3] for place in range(batch)]
        bound = [
            pipeline.denoiser.bind(pipeline.conditions(prompts, prompts).positive)
            for pipeline in (numpy_pipeline, torch_pipeline)
        ]
        for t in (0.0, 0.3, 0.75, 1.0):
            x = rng.standard_normal((batch, 32, 32, 3)).astype(np.float32)
            assert np.abs(bound[0](x, t) - bound[1](x, t)).max() < 1e-4


def test_pictures_are_numpys(numpy_pipeline: Pipeline, torch_pipeline: Pipeline) -> None:
    recipes = [Recipe(prompt=prompt, seed=seed, steps=5) for seed, prompt in enumerate(PROMPTS)]
    mine, theirs = (pipeline.generate_many(recipes).astype(int) for pipeline in (torch_pipeline, numpy_pipeline))
    assert np.abs(mine - theirs).max() <= 1
    assert torch_pipeline.info == replace(numpy_pipeline.info, engine="torch")


def test_it_looks_where_numpy_looks(numpy_pipeline: Pipeline, torch_pipeline: Pipeline) -> None:
    x = np.random.default_rng(1).standard_normal((2, 32, 32, 3)).astype(np.float32)
    looks = []
    for pipeline in (numpy_pipeline, torch_pipeline):
        conditions = pipeline.conditions(PROMPTS[:2], PROMPTS[:2]).positive
        looks.append(pipeline.model.look(x, 0.6, conditions))
    assert np.abs(looks[0].v - looks[1].v).max() < 1e-4
    assert len(looks[0].attention) == len(looks[1].attention) > 0
    for numpys, mine in zip(looks[0].attention, looks[1].attention, strict=True):
        assert np.abs(numpys.mean(axis=1) - mine.mean(axis=1)).max() < 1e-4


def test_the_pair_says_what_numpys_says(numpy_pipeline: Pipeline, torch_pipeline: Pipeline) -> None:
    pictures = np.tanh(np.random.default_rng(2).standard_normal((3, 32, 32, 3))).astype(np.float32)
    mine, theirs = (pipeline.similarity(PROMPTS, pictures) for pipeline in (torch_pipeline, numpy_pipeline))
    assert np.abs(mine - theirs).max() < 1e-4


def test_bfloat16_makes_about_the_same_picture(numpy_pipeline: Pipeline) -> None:
    pipeline = tdiff.load(engine="torch", device="cpu", dtype="bfloat16")
    mine, theirs = (each.generate(PROMPTS[0], seed=1, steps=5).astype(int) for each in (pipeline, numpy_pipeline))
    assert 0 < np.abs(mine - theirs).mean() < 4


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ({"engine": "jax"}, "--engine is one of numpy, torch, diffusers"),
        ({"engine": "torch", "device": "toaster"}, "there is no device toaster"),
        ({"engine": "torch", "device": "meta"}, "not on meta"),
        ({"engine": "torch", "device": "cpu", "dtype": "float8"}, "--dtype is one of"),
        ({"engine": "torch", "device": "cpu", "dtype": "float16"}, "slow and overflows"),
        ({"engine": "numpy", "device": "cuda"}, "choose --engine torch"),
        ({"device": "mps", "engine": "torch"}, "no Apple GPU"),
    ],
)
def test_what_is_not_to_be_had_is_refused_in_one_sentence(choice: dict[str, str], says: str) -> None:
    if choice.get("device") == "mps" and torch.backends.mps.is_available():
        pytest.skip("this machine has one")
    with pytest.raises(UsageError, match=says) as caught:
        tdiff.load(**choice)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert caught.value.remedy or " is one of " in caught.value.message


def test_a_gpu_that_is_not_there_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", None)
    with pytest.raises(UsageError, match="built without CUDA"):
        tdiff.load(engine="torch", device="cuda")
    monkeypatch.setattr(torch.version, "cuda", "12.8")
    with pytest.raises(UsageError, match=r"older than CUDA 12\.8"):
        tdiff.load(engine="torch", device="cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(UsageError, match="numbered 0 to 1"):
        tdiff.load(engine="torch", device="cuda:5")


def test_without_pytorch_the_engine_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"needs torch: pip install 'tdiff-explorer\[torch\]'"):
        tdiff.load(engine="torch")


def test_a_checkpoint_of_diffusers_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    with pytest.raises(UsageError, match="a checkpoint of diffusers"):
        tdiff.load(tmp_path, engine="numpy")
