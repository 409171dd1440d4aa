"""The model that ships: identities that must hold whatever it has learned."""

import numpy as np
import pytest

import tdiff
from tdiff.diffusion import SamplerOptions, Start, Trace, correlation, invert, run_of
from tdiff.engines.sprite import SpriteModel
from tdiff.errors import RecipeError
from tdiff.manifest import read_manifest
from tdiff.paths import assets_dir
from tdiff.pipeline import Pipeline, from_pixels, start_picture, to_pixels
from tdiff.recipe import Recipe, Switch
from tdiff.weights import read_weights

PROMPT = "a blue frog on a yellow background"


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return tdiff.load()


def final(pipeline: Pipeline, recipe: Recipe, **options: object) -> np.ndarray:
    return pipeline.trace(recipe, **options).complete().final


def test_the_same_recipe_gives_the_same_pixels_in_a_fresh_pipeline(pipeline: Pipeline) -> None:
    recipe = Recipe(prompt=PROMPT, steps=5, seed=3)
    assert (pipeline.generate(recipe) == tdiff.load().generate(recipe)).all()


def test_prompt_and_seed_matter(pipeline: Pipeline) -> None:
    base = Recipe(prompt=PROMPT, steps=5, seed=3)
    for other in (base.replace(seed=4), base.replace(prompt="a red car"), base.replace(negative="yellow background")):
        assert np.abs(final(pipeline, base) - final(pipeline, other)).max() > 0.1


def test_guidance_1_is_the_conditional_prediction(pipeline: Pipeline) -> None:
    base = Recipe(prompt=PROMPT, steps=4, seed=1, guidance=1, clip=False)
    plain = final(pipeline, base)
    assert (final(pipeline, base, keep_negative=True) == plain).all() or np.abs(
        final(pipeline, base, keep_negative=True) - plain
    ).max() < 1e-5
    assert np.abs(final(pipeline, base.replace(negative="red")) - plain).max() < 1e-5


def test_guidance_0_paints_the_negative(pipeline: Pipeline) -> None:
    steered = final(pipeline, Recipe(prompt=PROMPT, negative="a red car", steps=4, seed=1, guidance=0))
    painted = final(pipeline, Recipe(prompt="and a red car", steps=4, seed=1, guidance=1))  # how negatives are read
    assert np.abs(steered - painted).max() < 1e-4


def test_an_empty_negative_is_no_negative(pipeline: Pipeline) -> None:
    base = Recipe(prompt=PROMPT, steps=4, seed=1)
    assert (final(pipeline, base) == final(pipeline, base.replace(negative="  "))).all()


def test_ddpm_is_ddim_with_eta_1(pipeline: Pipeline) -> None:
    ancestral = final(pipeline, Recipe(prompt=PROMPT, steps=6, seed=1, sampler="ddpm"))
    assert np.abs(ancestral - final(pipeline, Recipe(prompt=PROMPT, steps=6, seed=1, eta=1))).max() < 1e-3


@pytest.mark.parametrize("count", [2, 5])
def test_a_batch_is_its_single_runs_within_one_level(pipeline: Pipeline, count: int) -> None:
    recipe = Recipe(prompt=PROMPT, steps=5, seed=10)
    together = pipeline.generate(recipe, count).astype(int)
    for i in range(count):
        alone = pipeline.generate(recipe.replace(seed=10 + i))[0]
        assert np.abs(together[i] - alone).max() <= 1


def test_many_recipes_at_once_are_their_single_runs(pipeline: Pipeline) -> None:
    recipes = [
        Recipe(prompt="a cat", steps=4, seed=1),
        Recipe(prompt="two small red houses on a blue background", steps=4, seed=2, guidance=7),
        Recipe(prompt="a dog", negative="brown", steps=4, seed=3),
        Recipe(prompt="a dog", steps=6, seed=4),
        Recipe(prompt="a dog", steps=4, seed=5, switches=(Switch(2, "a cat"),)),
    ]
    done: list[int] = []
    together = pipeline.generate_many(recipes, done.append).astype(int)
    assert sum(done) == len(recipes)
    for i, recipe in enumerate(recipes):
        assert np.abs(together[i] - pipeline.generate(recipe)[0]).max() <= 1


def test_a_switch_at_the_first_step_is_the_other_prompt(pipeline: Pipeline) -> None:
    switched = Recipe(prompt="a cat", steps=4, seed=1, switches=(Switch(0, "a red car"),))
    assert (final(pipeline, switched) == final(pipeline, Recipe(prompt="a red car", steps=4, seed=1))).all()


def test_a_start_picture_must_be_the_one_named(pipeline: Pipeline) -> None:
    picture = from_pixels(pipeline.generate("a cat", steps=4, seed=1)[0])
    recipe = Recipe(prompt="a dog", steps=6, start=start_picture(picture, 0.5))
    assert (
        pipeline.trace(recipe, picture=picture).first == 0
        or len(pipeline.trace(recipe, picture=picture).complete()) == 3
    )
    with pytest.raises(RecipeError, match="--start-image"):
        pipeline.run(recipe)
    with pytest.raises(RecipeError, match="not the picture"):
        pipeline.run(recipe, picture=-picture)


def test_a_watermark_changes_the_picture_and_is_the_same_in_a_batch(pipeline: Pipeline) -> None:
    plain = Recipe(prompt=PROMPT, steps=4, seed=3)
    marked = plain.replace(watermark="d1ff")
    assert (pipeline.generate(marked) != pipeline.generate(plain)).any()
    alone = [pipeline.generate(recipe)[0].astype(int) for recipe in (marked, plain.replace(seed=4))]
    together = pipeline.generate_many([marked, plain.replace(seed=4)]).astype(int)
    assert max(np.abs(a - b).max() for a, b in zip(alone, together, strict=True)) <= 1
    start = start_picture(from_pixels(pipeline.generate(plain)[0]), 0.5)
    with pytest.raises(RecipeError, match="carries no mark"):
        pipeline.run(marked.replace(start=start), picture=from_pixels(pipeline.generate(plain)[0]))


def test_another_models_recipe_is_refused(pipeline: Pipeline) -> None:
    with pytest.raises(RecipeError, match="00000000"):
        pipeline.run(Recipe(prompt="a cat", model="00000000"))


@pytest.mark.parametrize("guidance", [0.0, 1.0])
def test_inverting_a_picture_and_sampling_returns_it(pipeline: Pipeline, guidance: float) -> None:
    conditions = pipeline.conditions([PROMPT], [""])
    picture = from_pixels(pipeline.generate(PROMPT, seed=5))
    options = SamplerOptions(steps=30, guidance=guidance, clip=False)
    noise = invert(pipeline.denoiser, conditions, picture, steps=30, guidance=guidance, corrections=1)
    back = Trace(run_of(pipeline.denoiser, conditions, 0, options, Start(noise))).complete().final
    assert correlation(back, picture)[0] > 0.98
    assert abs(float(noise.std()) - 1) < 0.35


def test_pixels_survive_the_trip_through_floats() -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert (to_pixels(from_pixels(pixels)) == pixels).all()


def test_similarity_is_a_cosine(pipeline: Pipeline) -> None:
    pictures = from_pixels(pipeline.generate("a cat", count=2, steps=3))
    scores = pipeline.similarity(["a cat", "a red car", ""], pictures)
    assert scores.shape == (3, 2)
    assert np.abs(scores).max() <= 1 + 1e-5


def test_the_model_knows_its_name(pipeline: Pipeline) -> None:
    info = pipeline.info
    assert info.name == "sprite-32"
    assert len(info.hash) == 8
    assert info.parameters > 1_000_000


def test_a_spoilt_half_is_spoilt_alike_whatever_order_its_tensors_come_in() -> None:
    folder = assets_dir() / "models"
    manifest = read_manifest(folder)

    def spoilt(reverse: bool) -> np.ndarray:
        def weights(part: str) -> dict[str, np.ndarray]:
            read = read_weights(folder / f"{part}.safetensors", manifest.files[part], manifest.shapes[part])
            return dict(reversed(read.items())) if reverse else read

        pipeline = Pipeline(SpriteModel(manifest, weights)).shuffled("text", np.random.default_rng(3))
        return pipeline.similarity(["a red cat"], np.zeros((1, 32, 32, 3), np.float32))

    assert np.array_equal(spoilt(False), spoilt(True))
