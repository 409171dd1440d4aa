"""What made a picture stands in its recipe, and a recipe that was made elsewhere says what differs here."""

import dataclasses

import pytest

from tdiff.engines.differing import maker_named, what_differs
from tdiff.engines.model import ModelInfo
from tdiff.errors import RecipeError
from tdiff.prompt.command import command_of
from tdiff.recipe import Recipe
from tdiff.recipe.command import to_command
from tdiff.recipe.json import from_json, to_json

HERE = ModelInfo("sprite-32", "01234567", 0, 0, 0, 0, "numpy", "float32")
THERE = ModelInfo("stable-diffusion-v1-5", "89abcdef", 0, 0, 0, 0, "diffusers", "float16")
PLAIN = Recipe(prompt="a red apple", seed=7)


def test_it_survives_a_file() -> None:
    recipe = maker_named(PLAIN, THERE)
    assert from_json(to_json(recipe)).recipe == recipe
    assert recipe.without_maker() == PLAIN


@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        (PLAIN, ""),
        (maker_named(PLAIN, HERE), ""),
        (PLAIN.replace(model="01234567"), ""),  # of a file from before engines were named
        (
            maker_named(PLAIN, THERE),
            "made with stable-diffusion-v1-5 89abcdef (diffusers, float16), and this is sprite-32 01234567 (numpy, "
            "float32): the picture will differ",
        ),
        (
            maker_named(PLAIN, dataclasses.replace(HERE, engine="torch", dtype="bfloat16")),
            "made with sprite-32 01234567 (torch, bfloat16), and this is sprite-32 01234567 (numpy, float32): the "
            "picture may differ a little",
        ),
    ],
)
def test_what_differs_is_one_sentence(recipe: Recipe, says: str) -> None:
    assert what_differs(recipe, HERE) == says


@pytest.mark.parametrize("value", ["", "x" * 61, "a\nb", "\x1b[2J", 7])
def test_a_name_that_is_none_is_refused(value: object) -> None:
    with pytest.raises(RecipeError, match="engine must be"):
        Recipe(engine=value)


def test_the_command_names_what_made_it() -> None:
    made = maker_named(Recipe(prompt="zyzzyva", seed=7), THERE)
    assert command_of(made) == (
        "tdiff generate zyzzyva --seed 7 --model stable-diffusion-v1-5 --dtype float16"  # and no --allow-unknown
    )
    assert command_of(maker_named(PLAIN, HERE)) == command_of(PLAIN)


def test_options_stand_before_a_prompt_that_looks_like_one() -> None:
    command = to_command(Recipe(prompt="-x", seed=7), options=("--engine", "torch"))
    assert command == "tdiff generate --seed 7 --engine torch -- -x"
