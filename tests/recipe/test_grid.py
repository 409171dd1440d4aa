"""Axes of a grid, quoted as in CSV, and whole grids that come back from their own files."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdiff.errors import RecipeError, UsageError
from tdiff.provenance.read import metadata_of
from tdiff.provenance.recipe_file import recipe_of
from tdiff.provenance.write import grid_fields
from tdiff.recipe import Recipe
from tdiff.recipe.axis import Axis, parse_axis
from tdiff.recipe.grid import Grid, grid_from_json, grid_to_json
from tdiff.render.sheet import sheet_bytes
from tests.provenance.recipes import PICTURE

BASE = Recipe(prompt="a red äpple", negative="blue", steps=7, seed=11, model="01234567")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('prompt="a cat, flat","a dog, flat"', ("a cat, flat", "a dog, flat")),
        ('prompt=a cat, "a dog, flat"', ("a cat", "a dog, flat")),
        ('prompt="a ""big"" cat"', ('a "big" cat',)),
        ('prompt=a "big" cat,a dog', ('a "big" cat', "a dog")),
        ("prompt=version 2.0,v1", ("version 2.0", "v1")),
        ("negative=,lowres", ("", "lowres")),
        ("guidance=0, 1.5,4", (0.0, 1.5, 4.0)),
        ('guidance="1","4"', (1.0, 4.0)),
        ("seed=1..3,9", (1, 2, 3, 9)),
    ],
)
def test_values_are_quoted_as_in_csv(text: str, values: tuple[object, ...]) -> None:
    axis = parse_axis(text)
    assert axis.values == values
    assert parse_axis(str(axis)) == axis


@pytest.mark.parametrize(
    "text",
    [
        'prompt="a cat',
        'prompt="a cat"x,b',
        'prompt="a" b,c',
        "prompt=a,,b",
        "prompt=",
        "prompt=a\nb",
        "guidance=1,,4",
        "seed=",
        'guidance="1,4"',
        "prompt",
        "colour=red",
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_axis(text)
    assert "\n" not in str(caught.value)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30).map(
    str.strip
)


@settings(max_examples=500, deadline=None)
@given(st.lists(texts.filter(bool), min_size=1, max_size=4))
def test_every_axis_of_prompts_comes_back_from_its_text(values: list[str]) -> None:
    axis = Axis("prompt", tuple(values))
    assert parse_axis(str(axis)) == axis


GRIDS = [
    Grid(BASE, parse_axis("guidance=0,1.5,4"), parse_axis("seed=1..2")),
    Grid(BASE, parse_axis('prompt="a cat, flat",a dog'), parse_axis("sampler=ddim,heun")),
    Grid(BASE.replace(prompt=""), parse_axis("steps=1,2")),
]


@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_a_sheet_gives_its_grid_back(grid: Grid) -> None:
    rows = [] if grid.y is None else grid.y.labels
    pictures = PICTURE[None].repeat(len(grid.cells()), 0)
    data = sheet_bytes(pictures, grid.x.labels, rows, 2, grid_fields(grid))
    found = metadata_of(data)
    assert found.grid == grid and found.recipe is None
    assert found.says_ai_made and found.warnings == () and not found.other and not found.prompt_withheld
    assert recipe_of(data, "g.png").grid == grid
    assert recipe_of(data, "g.png").recipe == grid.base


@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_a_withheld_prompt_is_in_no_text_of_a_sheet(grid: Grid) -> None:
    fields = grid_fields(grid, keep_prompt=False)
    assert not any(word in text for text in fields.values() for word in ("äpple", "blue", "a cat", "a dog"))
    found = metadata_of(sheet_bytes(PICTURE[None], ["x"], (), 2, fields))
    assert found.grid is None and found.prompt_withheld and found.says_ai_made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema": 2, "base": {}, "x": "seed=1"}',
        '{"schema": 1, "base": [], "x": "seed=1"}',
        '{"schema": 1, "base": {"schema": 1, "prompt": "a"}, "x": 7}',
        '{"schema": 1, "base": {"schema": 1, "prompt": "a"}, "x": "seed=1", "y": "seed=2"}',
        '{"schema": 1, "base": {"schema": 1, "prompt": "a"}, "x": "guidance=99"}',
        '{"schema": 1, "base": {"schema": 1, "prompt": "a"}, "x": "seed=1..4", "y": []}',
        '{"schema": 1, "base": {"schema": 1, "prompt": "a", "steps": "x"}, "x": "seed=1..4"}',
    ],
)
def test_what_is_no_grid_is_refused(text: str) -> None:
    with pytest.raises(RecipeError):
        grid_from_json(text)


def test_a_grid_as_text_is_stable() -> None:
    for grid in GRIDS:
        assert grid_from_json(grid_to_json(grid)) == grid
