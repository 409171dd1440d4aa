"""The command that is shown makes the picture that it stands under."""

import shlex

import pytest

from tdiff.prompt.command import command_of
from tdiff.recipe import Recipe, Switch


@pytest.mark.parametrize(
    ("recipe", "allowed"),
    [
        (Recipe(prompt="a red apple"), False),
        (Recipe(prompt=""), False),
        (Recipe(prompt="xyzzy qwrtz"), True),
        (Recipe(prompt="xyzzy apple"), False),
        (Recipe(prompt="a cat", switches=(Switch(3, prompt="qqqq"),)), True),
        (Recipe(prompt="a cat", switches=(Switch(3, prompt=""),)), False),
        (Recipe(prompt="a cat", negative="qqqq"), False),
    ],
)
def test_a_prompt_without_effect_is_allowed_where_it_must_be(recipe: Recipe, allowed: bool) -> None:
    assert ("--allow-unknown" in shlex.split(command_of(recipe))) is allowed
