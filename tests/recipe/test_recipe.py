"""A recipe holds only what can be made, and survives a trip through JSON."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdiff.errors import RecipeError
from tdiff.recipe import Recipe, StartPicture, Switch, differences
from tdiff.recipe.command import to_command
from tdiff.recipe.json import SIZE_LIMIT, from_json, to_json
from tdiff.samplers import SAMPLERS

HASH = "0123456789abcdef" * 4
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    steps = draw(st.integers(1, 1000))
    sampler = draw(st.sampled_from(list(SAMPLERS)))
    at = sorted(draw(st.sets(st.integers(0, steps - 1), max_size=3)))
    return Recipe(
        prompt=draw(texts),
        negative=draw(texts),
        guidance=draw(st.floats(-2, 15)),
        guidance_start=draw(st.floats(0, 1)),
        steps=steps,
        sampler=sampler,
        eta=draw(st.floats(0, 1)) if sampler == "ddim" else 0.0,
        clip=draw(st.booleans()),
        seed=draw(st.integers(0, 2**63 - 1)),
        start=draw(st.none() | st.builds(StartPicture, st.just(HASH), st.floats(0.01, 1))),
        switches=tuple(Switch(step, prompt=draw(texts)) for step in at),
        watermark=draw(st.none() | st.just("abcd")),
        model=draw(st.none() | st.just("12345678")),
    )


@settings(max_examples=2000, deadline=None)
@given(recipes())
def test_json_round_trip(recipe: Recipe) -> None:
    read = from_json(to_json(recipe))
    assert read.recipe == recipe
    assert read.warnings == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
field_names = st.sampled_from([*Recipe.__dataclass_fields__, "schema", "other"])


@settings(max_examples=2000, deadline=None)
@given(st.dictionaries(field_names, json_values, max_size=6))
def test_any_json_is_read_or_refused_in_one_sentence(content: dict[str, Any]) -> None:
    try:
        read = from_json(json.dumps({"schema": 1} | content))
    except RecipeError as error:
        assert "\n" not in str(error) and len(str(error)) < 400
    else:
        assert isinstance(read.recipe, Recipe)


@settings(max_examples=2000, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_arbitrary_bytes_are_refused_in_one_sentence(data: bytes | str) -> None:
    with pytest.raises(RecipeError) as caught:
        from_json(data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("guidance", math.nan), ("guidance", math.inf), ("guidance", 15.01), ("guidance", -3),
        ("guidance", "4"), ("guidance", True),
        ("steps", 0), ("steps", 10**9), ("steps", 2.0), ("steps", True), ("sampler", "plms"), ("sampler", None),
        ("eta", 1.5), ("eta", math.nan), ("clip", 1), ("seed", -1), ("seed", 2**63), ("seed", "7"),
        ("prompt", None), ("prompt", "x" * 10_000), ("negative", 7), ("prompt", "\ud800"),
        ("model", "XYZ"), ("watermark", "zz"),
        ("switches", [Switch(1, "a")]), ("start", "picture.png"),
    ],
)  # fmt: skip
def test_bad_values_are_refused_by_field(field: str, value: Any) -> None:
    with pytest.raises(RecipeError) as caught:
        Recipe(**{field: value})
    assert caught.value.field == field
    assert field in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    with pytest.raises(RecipeError, match="seed"):
        Recipe(seed=10**5000)


def test_eta_is_refused_where_it_would_be_ignored() -> None:
    with pytest.raises(RecipeError, match="ddim"):
        Recipe(sampler="euler", eta=0.5)


def test_a_switch_that_never_happens_is_refused() -> None:
    with pytest.raises(RecipeError, match="never happens"):
        Recipe(steps=8, switches=(Switch(8, "a cat"),))


def test_switches_must_rise() -> None:
    with pytest.raises(RecipeError, match="rising"):
        Recipe(switches=(Switch(4, "a cat"), Switch(4, "a dog")))


def test_a_switch_to_nothing_is_refused() -> None:
    with pytest.raises(RecipeError, match="prompt or a negative"):
        Switch(3)


@pytest.mark.parametrize("strength", [0, -0.1, 1.1, math.nan])
def test_strength_is_checked(strength: float) -> None:
    with pytest.raises(RecipeError, match="strength"):
        StartPicture(HASH, strength)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"schema": 1, "seed": 1, "seed": 2}', "twice"),
        ('{"schema": 1, "guidance": NaN}', "NaN"),
        ('{"schema": 1, "guidance": 1e999}', "too large"),
        ('{"schema": 2}', "version 2"),
        ('{"prompt": "a cat"}', "schema"),
        ("[1]", "JSON object"),
        ('{"schema": 1, "seed": ' + "9" * 5000 + "}", "too long"),
        ("[" * 100_000, "nested"),
        ('{"schema": 1' + " " * SIZE_LIMIT + "}", "256 kB"),
        ('{"schema": 1,', "line 1"),
    ],
)
def test_bad_json_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(RecipeError, match=says):
        from_json(text)


def test_unknown_fields_are_named_and_left_out() -> None:
    read = from_json('{"schema": 1, "prompt": "a cat", "colour\\u001b": 1}')
    assert read.recipe.prompt == "a cat"
    assert len(read.warnings) == 1
    assert "\x1b" not in read.warnings[0]


def test_differences_names_only_what_differs() -> None:
    a = Recipe(prompt="a cat", seed=1)
    assert differences(a, a.replace(seed=2, guidance=7)) == {"guidance": (3.0, 7.0), "seed": (1, 2)}
    assert differences(a, a) == {}


def test_equal_numbers_make_equal_recipes() -> None:
    assert Recipe(guidance=4) == Recipe(guidance=4.0)
    assert to_json(Recipe(guidance=4)) == to_json(Recipe(guidance=4.0))


def test_steps_of_switches_count_from_1_in_files_and_older_files_are_read() -> None:
    recipe = Recipe(prompt="a cat", switches=(Switch(2, "a dog"),), guidance_start=0.0)
    assert json.loads(to_json(recipe))["switches"] == [{"from_step": 3, "prompt": "a dog"}]
    older = '{"schema": 1, "prompt": "a cat", "switches": [{"step": 2, "prompt": "a dog"}]}'
    assert from_json(older).recipe == from_json(to_json(recipe)).recipe == recipe


@pytest.mark.parametrize("item", ['{"prompt": "a"}', '{"from_step": 0, "prompt": "a"}', '{"from_step": 1, "step": 0}'])
def test_a_switch_that_names_no_step_is_refused(item: str) -> None:
    with pytest.raises(RecipeError, match="from_step"):
        from_json(f'{{"schema": 1, "switches": [{item}]}}')


def test_a_recipe_that_names_no_start_of_guidance_was_guided_from_the_first_step_on() -> None:
    assert from_json('{"schema": 1, "prompt": "a red apple"}').recipe.guidance_start == 0


def test_the_command_names_another_start_of_guidance() -> None:
    recipe = Recipe(prompt="a red apple", guidance_start=0.35)
    assert "--guidance-start 0.35" in to_command(recipe)
