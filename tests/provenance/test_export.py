"""What is exported, with and without the prompt."""

import json

import numpy as np
import pytest

from tdiff.provenance.export import export_bytes
from tdiff.provenance.read import metadata_of
from tdiff.recipe import Recipe, Switch

RECIPE = Recipe(prompt="zebra", negative="yak", seed=7, switches=(Switch(2, "walrus", "newt"),))
FRAMES = [np.zeros((8, 8, 3), np.uint8)]


@pytest.mark.parametrize("kind", ["png", "gif", "ans", "json"])
def test_a_withheld_prompt_is_in_no_byte(kind: str) -> None:
    data = export_bytes(kind, RECIPE, FRAMES, keep_prompt=False)
    assert not any(word in data for word in (b"zebra", b"yak", b"walrus", b"newt"))


@pytest.mark.parametrize("keep_prompt", [True, False])
@pytest.mark.parametrize("kind", ["png", "gif"])
def test_pictures_and_films_always_say_what_made_them(kind: str, keep_prompt: bool) -> None:
    assert metadata_of(export_bytes(kind, RECIPE, FRAMES, keep_prompt=keep_prompt)).says_ai_made


def test_a_recipe_keeps_everything_but_the_texts() -> None:
    assert json.loads(export_bytes("json", RECIPE, FRAMES))["prompt"] == "zebra"
    withheld = json.loads(export_bytes("json", RECIPE, FRAMES, keep_prompt=False))
    assert withheld["seed"] == 7
    assert not {"prompt", "negative", "switches"} & set(withheld)
