"""Small parsers of the command line take any text: a value, or one sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdiff.commands.evaluate import named_parts
from tdiff.errors import TdiffError
from tdiff.recipe import Recipe, StartPicture, Switch
from tdiff.recipe.axis import CELLS_LIMIT, FIELDS, parse_axis
from tdiff.recipe.command import parse_switches, to_command

pieces = st.text(st.sampled_from("0123456789.,=-e:xnaif\x1b \ud7ff"), max_size=30)


@settings(max_examples=2000, deadline=None)
@given(st.builds("{}={}".format, st.sampled_from([*FIELDS, "x", ""]), pieces) | st.text(max_size=60))
def test_any_axis_is_read_or_refused_in_one_sentence(text: str) -> None:
    try:
        axis = parse_axis(text)
    except TdiffError as error:
        assert error.exit_code == 2
        assert "\n" not in str(error)
        assert "\x1b" not in str(error)
    else:
        assert axis.field in FIELDS
        assert 1 <= len(axis.values) <= CELLS_LIMIT
        assert len(axis.labels) == len(axis.values)


@settings(max_examples=2000, deadline=None)
@given(st.lists(st.builds("{}:{}".format, pieces, pieces) | pieces, max_size=4))
def test_any_switch_is_read_or_refused_in_one_sentence(values: list[str]) -> None:
    try:
        switches = parse_switches(values, [])
    except TdiffError as error:
        assert error.exit_code == 2
        assert "\n" not in str(error)
    else:
        assert [switch.step for switch in switches] == sorted({switch.step for switch in switches})
        assert len(switches) == len(values)


@pytest.mark.parametrize(
    ("text", "values"),
    [("guidance=0,1,4", (0.0, 1.0, 4.0)), ("seed=1..3,7", (1, 2, 3, 7)), ("sampler=ddim, euler", ("ddim", "euler"))],
)
def test_axes(text: str, values: tuple[object, ...]) -> None:
    assert parse_axis(text).values == values


def test_switches_of_prompt_and_negative_meet_at_a_step() -> None:
    assert parse_switches(["8:a blue apple", "3:a: b"], ["8:red"]) == (
        Switch(2, "a: b"),
        Switch(7, "a blue apple", "red"),
    )


def test_the_command_names_what_differs_from_the_defaults() -> None:
    recipe = Recipe(prompt="it's a cat", negative="red", guidance=6.5, steps=8, seed=3, clip=False)
    assert to_command(recipe) == (
        "tdiff generate 'it'\"'\"'s a cat' --negative red --guidance 6.5 --steps 8 --seed 3 --no-clip"
    )
    assert to_command(Recipe(prompt="-x", seed=1)) == "tdiff generate --seed 1 -- -x"
    started = Recipe(prompt="a cat", seed=1, start=StartPicture("0" * 64, 0.5), switches=(Switch(2, "a dog"),))
    assert to_command(started, "my cat.png") == (
        "tdiff generate 'a cat' --seed 1 --start-image 'my cat.png' --strength 0.5 --switch '3:a dog'"
    )


@pytest.mark.parametrize(
    ("only", "parts"),
    [
        ("", []),
        (" , ", []),
        ("colour", ["colour"]),
        ("colour held out", ["colour held out"]),
        ("colour, held out", ["colour held out"]),
        ("colour,colour,held out, attribution", ["colour", "colour held out", "attribution"]),
        ("held out", ["held out"]),  # refused later, by name
    ],
)
def test_parts_to_measure_may_have_a_comma_in_their_name(only: str, parts: list[str]) -> None:
    assert named_parts(only) == parts
