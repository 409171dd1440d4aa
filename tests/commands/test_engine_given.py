"""Which engine runs where no option names one."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tdiff.cli import app
from tdiff.commands.engine_given import engine_given
from tdiff.engines.choice import OURS, EngineChoice
from tdiff.errors import ConfigError
from tdiff.store.config import config_path, parse_config


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    def write(text: str) -> None:
        config_path().parent.mkdir(parents=True, exist_ok=True)
        config_path().write_text(text)

    return write


def test_without_settings_it_is_the_model_that_ships_run_by_numpy(settings) -> None:
    assert engine_given(None, None, None, None) == OURS


def test_the_settings_hold_where_a_command_names_nothing(settings) -> None:
    settings('[engine]\nname = "torch"\ndevice = "cpu"\nmodel = "~/models/mine"\n')
    folder = Path("~/models/mine").expanduser()
    assert engine_given(None, None, None, None) == EngineChoice("torch", folder, "cpu", None)
    assert engine_given("numpy", None, None, None) == EngineChoice("numpy")


def test_a_server_obeys_the_settings_too(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    settings(f'[engine]\nmodel = "{tmp_path}"\ndevice = "cpu"\nlow_memory = "slicing"\n')
    served: list[EngineChoice] = []
    monkeypatch.setattr("tdiff.commands.serve.serve_api", lambda choice, *place: served.append(choice))
    for options in ([], ["--model", str(tmp_path), "--device", "cpu"]):
        assert CliRunner().invoke(app, ["serve", "--api", *options]).exit_code == 0
    assert served == [EngineChoice(None, tmp_path, "cpu", None, "slicing")] * 2


@pytest.mark.parametrize(("line", "says"), [('name = "jax"', "engine.name"), ('dtype = "int8"', "engine.dtype")])
def test_an_engine_that_does_not_exist_is_refused(line: str, says: str) -> None:
    import tomllib

    with pytest.raises(ConfigError, match=says):
        parse_config(tomllib.loads(f"[engine]\n{line}\n"))
