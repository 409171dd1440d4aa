"""A sampler that is registered is offered wherever samplers are, and one that is not is refused by name."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tdiff.cli import app, main
from tdiff.diffusion import SamplerOptions
from tdiff.errors import ConfigError, RecipeError, UsageError
from tdiff.pipeline import load
from tdiff.provenance import read_metadata
from tdiff.provenance.a1111 import parse_parameters, write_parameters
from tdiff.recipe import Recipe
from tdiff.recipe.axis import cells, parse_axis
from tdiff.recipe.command import to_command
from tdiff.recipe.json import from_json, to_json
from tdiff.samplers import SAMPLERS, eta_takers, register
from tdiff.store.config import parse_config
from tests.samplers.glide import GLIDE, offered

NAMES, TAKERS = ", ".join(SAMPLERS), eta_takers()
"""Before anything is registered."""


@pytest.fixture
def glide() -> Iterator[None]:
    with offered():
        yield


def test_the_command_line_makes_a_picture_with_it_and_the_picture_says_so(glide, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["a red apple", "--seed", "3", "--steps", "3", "--sampler", "glide", "--eta", "0.5"]
    ended = CliRunner().invoke(app, ["generate", *asked, "--out", "a.png"])
    assert ended.exit_code == 0, ended.output
    found = read_metadata(Path("a.png"))
    assert (found.recipe.sampler, found.recipe.eta) == ("glide", 0.5)
    assert "Sampler: Glide++" in found.parameters
    assert parse_parameters(found.parameters).sampler == "glide"
    assert CliRunner().invoke(app, ["generate", "--recipe", "a.png", "--out", "b.png"]).exit_code == 0
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()


def test_it_makes_other_pictures_than_the_samplers_that_ship(glide) -> None:
    recipe = Recipe(prompt="a red apple", steps=3, eta=0.5)
    pipeline = load()
    assert not np.array_equal(pipeline.generate(recipe), pipeline.generate(recipe.with_sampler("glide")))


def test_a_shell_completes_its_name(glide, monkeypatch, capsys) -> None:
    monkeypatch.setenv("_TDIFF_COMPLETE", "complete_zsh")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "tdiff generate --sampler g")
    with pytest.raises(SystemExit):
        main()
    assert '"glide":"written elsewhere"' in capsys.readouterr().out


def test_every_form_of_a_recipe_holds_it(glide) -> None:
    recipe = Recipe(prompt="a cat", sampler="glide", eta=0.25, seed=1)
    assert from_json(to_json(recipe)).recipe == recipe
    assert "--sampler glide --eta 0.25" in to_command(recipe)
    written = write_parameters(recipe, "1.0")
    assert "Sampler: Glide++" in written and parse_parameters(written).sampler == "glide"
    columns = cells(recipe, parse_axis("sampler=glide,euler"), None)
    assert [(cell.sampler, cell.eta) for cell in columns] == [("glide", 0.25), ("euler", 0.0)]
    assert parse_config({"sampling": {"sampler": "glide"}}).sampling.sampler == "glide"


def test_messages_name_what_there_is_to_choose_from(glide) -> None:
    with pytest.raises(RecipeError, match=f"one of {NAMES}, glide, not"):
        Recipe(sampler="plms")
    with pytest.raises(RecipeError, match=f"eta belongs to {TAKERS} or glide and heun has none"):
        Recipe(sampler="heun", eta=0.5)
    with pytest.raises(UsageError, match=f"eta is a setting of {TAKERS} or glide"):
        SamplerOptions(sampler="heun", eta=0.5)


@pytest.mark.parametrize("sampler", ["glide", ["ddim"], None, 3])
def test_what_is_not_registered_is_refused(sampler) -> None:
    with pytest.raises(RecipeError, match=f"sampler must be one of {NAMES}, not"):
        Recipe(sampler=sampler)
    with pytest.raises(RecipeError, match="sampler must be"):
        from_json(json.dumps({"schema": 1, "sampler": sampler}))


def test_what_is_not_registered_is_refused_in_settings_and_left_as_written_in_metadata() -> None:
    with pytest.raises(ConfigError, match=r"sampling\.sampler must be one of"):
        parse_config({"sampling": {"sampler": "glide"}})
    assert parse_parameters("a cat\nSteps: 5, Sampler: Glide++").sampler == "Glide++"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "ddim"}, "named like ddim"),
        ({"a1111_name": "ddim"}, "named like ddim"),
        ({"name": "two words"}, "no name for a sampler"),
        ({"name": ""}, "no name for a sampler"),
        ({"calls_per_step": 0}, "at least one"),
    ],
)
def test_a_declaration_that_cannot_work_is_refused(changes, said) -> None:
    before = dict(SAMPLERS)
    with pytest.raises(ValueError, match=said):
        register(replace(GLIDE, **changes))
    assert before == SAMPLERS
