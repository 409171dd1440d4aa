"""Our samplers on a checkpoint's own schedule make what diffusers makes: each scheduler, then the whole pipeline."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tdiff.diffusion import Start, Trace
from tdiff.engines.choice import EngineChoice, model_of
from tdiff.errors import UsageError
from tdiff.pipeline import Pipeline
from tdiff.prompt.tokenizer import Fate
from tdiff.recipe import Recipe

from ..tiny_checkpoint import Family, build, open_pipeline

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

THEIRS = {
    "ddim": "DDIMScheduler",
    "euler": "EulerDiscreteScheduler",
    "heun": "HeunDiscreteScheduler",
    "dpmpp2m": "DPMSolverMultistepScheduler",
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[Family, Path]:
    place = tmp_path_factory.mktemp("checkpoints")
    return {family: build(place / f"tiny-{family}", family) for family in ("sd1", "sd2", "sdxl")}


@pytest.fixture(scope="module")
def pipelines(folders: dict[Family, Path]) -> dict[Family, tuple[Pipeline, Any]]:
    """Ours and theirs of each family."""
    return {
        family: (Pipeline(model_of(EngineChoice(model=folder, device="cpu"))), open_pipeline(folder))
        for family, folder in folders.items()
    }


def latents(seed: int) -> Any:
    return torch.randn((1, 4, 16, 16), generator=torch.Generator().manual_seed(seed))


def ours(pipeline: Pipeline, recipe: Recipe, noise: Any) -> Trace:
    run = pipeline.run(recipe)
    start = Start(noise.permute(0, 2, 3, 1).numpy().copy())
    return Trace(replace(run, start=start)).complete()


def check_against_theirs(pair: tuple[Pipeline, Any], recipe: Recipe, noise: Any) -> None:
    """Latents after every step, to 1e-4 of their size."""
    mine, pipe = pair
    scheduler = getattr(diffusers, THEIRS[recipe.sampler]).from_config(pipe.scheduler.config)
    seen: list[np.ndarray] = []

    def keep(pipe: Any, index: int, t: Any, given: dict[str, Any]) -> dict[str, Any]:
        seen.append(given["latents"].permute(0, 2, 3, 1).numpy().copy())
        return given

    plain, pipe.scheduler = pipe.scheduler, scheduler
    try:
        pipe(
            recipe.prompt,
            negative_prompt=recipe.negative or None,
            num_inference_steps=recipe.steps,
            guidance_scale=recipe.guidance,
            latents=noise.clone(),
            output_type="latent",
            callback_on_step_end=keep,
        )
    finally:
        pipe.scheduler = plain
    trace = ours(mine, recipe, noise)
    if recipe.sampler == "heun":
        seen = [*seen[1:-1:2], seen[-1]]  # it counts both of its calls
    assert len(seen) == len(trace)
    for step, wanted in zip(trace, seen, strict=True):
        found = step.x_next
        if recipe.sampler in ("euler", "heun"):  # which keep α = 1
            found = found / trace.run.grid[step.index + 1].alpha
        assert np.abs(found - wanted).max() <= 1e-4 * max(1.0, np.abs(wanted).max())


@pytest.mark.parametrize("steps", [1, 4, 20])
@pytest.mark.parametrize("sampler", list(THEIRS))
def test_samplers_are_theirs_with_guidance_and_negative(
    pipelines: dict[Family, tuple[Pipeline, Any]], sampler: str, steps: int
) -> None:
    recipe = Recipe(
        prompt="a red apple", negative="blurry", guidance=5.0, guidance_start=0, steps=steps, sampler=sampler
    )
    check_against_theirs(pipelines["sd1"], recipe, latents(3))


@pytest.mark.parametrize("sampler", list(THEIRS))
@pytest.mark.parametrize("family", ["sd2", "sdxl"])
def test_samplers_are_theirs_in_every_family(
    pipelines: dict[Family, tuple[Pipeline, Any]], family: Family, sampler: str
) -> None:
    recipe = Recipe(prompt="a red apple", negative="blurry", guidance=5.0, steps=4, sampler=sampler)
    check_against_theirs(pipelines[family], recipe, latents(4))


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_each_prediction_is_read_as_it_is_meant(folders: dict[Family, Path], tmp_path: Path, prediction: str) -> None:
    pipe = open_pipeline(folders["sd1"])
    pipe.scheduler = diffusers.DDIMScheduler.from_config(pipe.scheduler.config, prediction_type=prediction)
    pipe.save_pretrained(tmp_path / "other")
    pair = Pipeline(model_of(EngineChoice(model=tmp_path / "other", device="cpu"))), pipe
    for sampler in THEIRS:
        if sampler == "heun" and prediction == "sample":
            continue  # diffusers has none
        check_against_theirs(pair, Recipe(prompt="a dog", guidance=3.0, steps=4, sampler=sampler), latents(5))


def test_without_guidance_and_without_a_negative(pipelines: dict[Family, tuple[Pipeline, Any]]) -> None:
    for family in pipelines:
        for guidance in (1.0, 7.5):
            recipe = Recipe(prompt="a cat", guidance=guidance, steps=3)
            check_against_theirs(pipelines[family], recipe, latents(6))


@pytest.mark.parametrize("family", ["sd1", "sd2", "sdxl"])
def test_the_picture_is_that_of_the_whole_pipeline(
    pipelines: dict[Family, tuple[Pipeline, Any]], family: Family
) -> None:
    mine, pipe = pipelines[family]
    recipe = Recipe(prompt="a red apple", negative="blurry", guidance=5.0, steps=5)
    wanted = pipe(
        recipe.prompt,
        negative_prompt=recipe.negative,
        num_inference_steps=5,
        guidance_scale=5.0,
        generator=torch.Generator().manual_seed(9),
    ).images[0]
    found = mine.model.decode(ours(mine, recipe, latents(9)).final)[0]
    assert found.shape == (32, 32, 3)
    assert np.abs(found.astype(int) - np.asarray(wanted).astype(int)).max() <= 1


def test_a_recipe_makes_pictures_as_with_our_own_model(pipelines: dict[Family, tuple[Pipeline, Any]]) -> None:
    mine, _ = pipelines["sd1"]
    pictures = mine.generate("a red apple", count=2, steps=2, seed=1)
    assert pictures.shape == (2, 32, 32, 3) and pictures.dtype == np.uint8
    again = mine.generate_many([Recipe(prompt="a red apple", steps=2, seed=seed) for seed in (1, 2)])
    assert np.abs(pictures.astype(int) - again.astype(int)).max() <= 1
    assert mine.info.name == "tiny-sd1" and len(mine.info.hash) == 8 and mine.info.parameters > 10_000


def test_the_hash_tells_checkpoints_apart(pipelines: dict[Family, tuple[Pipeline, Any]]) -> None:
    hashes = {mine.info.hash for mine, _ in pipelines.values()}
    assert len(hashes) == 3


def test_what_lies_beyond_77_tokens_is_told(pipelines: dict[Family, tuple[Pipeline, Any]]) -> None:
    mine, _ = pipelines["sd1"]
    tokens = mine.tokens("word " * 30)
    assert len(tokens.ids) == 77 and tokens.truncated
    assert [word.fate for word in tokens.words].count(Fate.KNOWN) == 75
    assert not mine.tokens("a red apple").truncated


def test_what_needs_our_world_says_so(pipelines: dict[Family, tuple[Pipeline, Any]]) -> None:
    mine, _ = pipelines["sd1"]
    for call, says in (
        (lambda: mine.similarity(["a"], np.zeros((1, 32, 32, 3), np.float32)), "no text–image pair"),
        (lambda: mine.run(Recipe(prompt="a", watermark="d1ff")), "leave out the watermark"),
    ):
        with pytest.raises(UsageError, match=says):
            call()


def test_the_network_is_never_reached(folders: dict[Family, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("something reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    model = model_of(EngineChoice(model=folders["sd1"], device="cpu"))
    assert Pipeline(model).generate("a", steps=1).shape == (1, 32, 32, 3)
