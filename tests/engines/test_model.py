"""A model that is none of ours, handed to the pipeline."""

from collections.abc import Sequence

import numpy as np
import pytest

from tdiff.arrays import F32, U8
from tdiff.diffusion import COSINE, PICTURE, alpha_sigma
from tdiff.engines.model import Half, Look, Model, ModelInfo, Role, TextImagePair, TokenStates
from tdiff.engines.sprite import sprite_model
from tdiff.errors import RecipeError, TdiffError, UsageError
from tdiff.lessons.words.words_lab import Words
from tdiff.pipeline import Pipeline
from tdiff.pixels import to_pixels
from tdiff.prompt.tokenizer import Tokens
from tdiff.prompt.understand import understand_words
from tdiff.recipe import Recipe


class OneColour:
    """Paints everything in one level of gray, that of the first token."""

    info = ModelInfo("gray", "0123abcd", step=0, pictures=0, parameters=1, flop=1)
    shape, schedule, clips = PICTURE, COSINE, True

    def __init__(self) -> None:
        self.encoded: list[tuple[int, ...]] = []

    @property
    def denoiser(self) -> "OneColour":
        return self

    @property
    def pair(self) -> TextImagePair:
        raise UsageError("gray has no text–image pair, so it cannot compare texts with pictures: use sprite-32")

    def read(self, text: str, role: Role) -> Tokens:
        return understand_words(text)

    def encode(self, ids: tuple[int, ...]) -> float:
        self.encoded.append(ids)
        return ids[0] / 1000

    def bind(self, conditions: Sequence[float], times: Sequence[float] = ()):
        gray = np.float32(conditions).reshape(-1, 1, 1, 1)

        def predict(x_t: F32, t: float) -> F32:
            alpha, sigma = alpha_sigma(t)
            return ((alpha * x_t - gray) / sigma).astype(np.float32)

        return predict

    def states(self, ids: tuple[int, ...]) -> TokenStates:
        raise UsageError("gray keeps no states of words: use sprite-32")

    def decode(self, x0: F32) -> U8:
        return to_pixels(x0)

    def look(self, x_t: F32, t: float, conditions: Sequence[float]) -> Look:
        return Look(self.bind(conditions)(x_t, t), ())

    def shuffled(self, half: Half, rng: np.random.Generator) -> Model:
        raise UsageError("gray has no text–image pair: use sprite-32")


def test_the_pipeline_makes_its_pictures() -> None:
    model = OneColour()
    pipeline = Pipeline(model)
    recipe = Recipe(prompt="a cat", steps=3, guidance=1.0)
    gray = understand_words("a cat").ids[0] / 1000
    made = pipeline.generate(recipe, count=2)
    assert made.shape == (2, 32, 32, 3)
    assert np.abs(made.astype(int) - round((gray + 1) * 127.5)).max() <= 1
    assert (pipeline.generate_many([recipe, recipe.replace(seed=1)]) == made).all()


def test_a_prompt_is_encoded_once() -> None:
    model = OneColour()
    pipeline = Pipeline(model)
    for _ in range(3):
        pipeline.generate(Recipe(prompt="a cat", negative="red", steps=2))
    assert len(model.encoded) == len(set(model.encoded)) == 2


def test_a_recipe_of_another_model_is_refused() -> None:
    with pytest.raises(RecipeError, match="this is 0123abcd"):
        Pipeline(OneColour()).run(Recipe(prompt="a cat", model="89abcdef"))


def test_what_it_lacks_is_said() -> None:
    pipeline = Pipeline(OneColour())
    with pytest.raises(UsageError, match="no text–image pair"):
        pipeline.similarity(["a cat"], np.zeros((1, 32, 32, 3), np.float32))
    with pytest.raises(UsageError, match="no text–image pair"):
        pipeline.shuffled("text", np.random.default_rng(0))
    with pytest.raises(TdiffError, match="no cross-attention"):
        Words(pipeline, Recipe(prompt="a cat", steps=2)).at(0)


def test_one_network_of_ours_can_be_replaced() -> None:
    class Inverted:
        def __init__(self) -> None:
            self.ours = sprite_model().denoiser

        def encode(self, ids, states):
            return self.ours.encode(ids, states)

        def read(self, ids, states):
            return self.ours.read(ids, states)

        def bind(self, conditions, times=()):
            bound = self.ours.bind(conditions, times)
            return lambda x_t, t: -bound(-x_t, t)

        def look(self, x_t, t, conditions):
            v, attention = self.ours.look(-x_t, t, conditions)
            return -v, attention

    pipeline, ours = Pipeline(sprite_model(denoiser=Inverted())), Pipeline(sprite_model())
    recipe = Recipe(prompt="a red apple", steps=2, seed=1)
    assert not np.array_equal(pipeline.generate(recipe), ours.generate(recipe))
    assert np.array_equal(pipeline.model.pair.text((1, 2)), ours.model.pair.text((1, 2)))
