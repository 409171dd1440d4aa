"""Where a checkpoint looks for each word: maps that cost the prediction nothing."""

from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

from tdiff.diffusion import noise
from tdiff.engines.diffusers_model import DiffusersModel, diffusers_model
from tdiff.errors import TdiffError
from tdiff.pipeline import Pipeline
from tdiff.views.looking import words_of

from ..tiny_checkpoint import Family, build


@pytest.fixture(scope="module", params=["sd1", "sdxl"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DiffusersModel:
    pytest.importorskip("diffusers")
    family: Family = request.param
    return diffusers_model(build(tmp_path_factory.mktemp(family) / "tiny", family), "cpu")


def test_a_look_predicts_bit_for_bit_what_a_step_does_and_tells_where(model: DiffusersModel) -> None:
    condition = Pipeline(model).encode(model.read("a red apple", "prompt").ids)
    x = noise(3, model.shape)[None]
    processors = list(model.parts.unet.attn_processors.values())
    look = model.look(x, 0.5, [condition])
    assert (look.v == model.denoiser.bind([condition])(x, 0.5)).all()
    assert list(model.parts.unet.attn_processors.values()) == processors  # nothing is left behind
    assert {layer.shape for layer in look.attention} == {(1, 1, 16, 16, 77), (1, 1, 8, 8, 77)}
    for layer in look.attention:
        assert np.allclose(layer.sum(axis=-1), 1, atol=1e-5) and (layer >= 0).all()
    for one, other in zip(look.attention, model.look(-x, 0.5, [condition]).attention, strict=True):
        assert not np.array_equal(one, other)  # it depends on the picture


def test_pieces_of_a_word_stand_together(model: DiffusersModel) -> None:
    words = words_of(model.read("a red apple", "prompt"))
    assert [word.text for word in words] == ["a", "red", "apple"]
    assert [len(word.tokens) for word in words] == [1, 3, 5]  # this tokenizer has one token a letter
    assert words[0].tokens == (1,)  # behind the mark of the beginning


@pytest.mark.parametrize("part", ["unet", "vae.decoder"])
def test_numbers_that_are_not_finite_are_one_sentence(tmp_path: Path, part: str) -> None:
    pytest.importorskip("diffusers")
    model = diffusers_model(build(tmp_path / "tiny"), "cpu")
    next(attrgetter(part)(model.parts).parameters()).data.fill_(float("nan"))
    with pytest.raises(TdiffError, match="of tiny gave numbers that are not finite in float32"):
        Pipeline(model).generate("a red apple", steps=1)


def test_slicing_makes_the_same_picture(tmp_path: Path) -> None:
    pytest.importorskip("diffusers")
    folder = build(tmp_path / "tiny")
    pictures = [
        Pipeline(diffusers_model(folder, "cpu", low_memory=low)).generate("a red apple", steps=2, seed=1)
        for low in (None, "slicing")
    ]
    assert np.abs(pictures[0].astype(int) - pictures[1]).max() <= 1
