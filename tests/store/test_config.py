"""The settings: defaults without a file, one clear sentence for a wrong value, nothing lost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdiff.errors import ConfigError
from tdiff.store.config import Config, config_or_defaults, load_config, parse_config


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert load_config(tmp_path / "none.toml") == Config()


def test_a_file_sets_what_it_names_and_warns_of_what_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[appearance]\ntheme = "nord"\nglitter = 1\n[sampling]\nguidance = 3\n[keys]\nstep = "j"\n[future]\nx = 1\n'
    )
    config = load_config(path)
    assert config.appearance.theme == "nord"
    assert config.sampling.guidance == 3.0
    assert config.keymap() == {"step": "j"}
    assert len(config.warnings) == 2
    assert any("glitter" in warning for warning in config.warnings)
    assert any("future" in warning for warning in config.warnings)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[appearance]\ncolor = 3", "appearance.color must be text in quotes"),
        ('[appearance]\ncolor = "sepia"', "appearance.color must be one of"),
        ("[appearance]\nreduced_motion = 1", "must be true or false"),
        ("[sampling]\nsteps = 0", "sampling.steps must be from 1 to 1000"),
        ("[sampling]\nguidance = nan", "sampling.guidance must be from"),
        ('[sampling]\nsampler = "magic"', "sampling.sampler must be one of"),
        ("sampling = 3", "must be a section"),
        ("[keys]\nstep = 3", "[keys] holds lines such as"),
        ("[sampling", "is not TOML"),
        ('[appearance]\ntheme = "\\ud800"', "is not TOML (Escaped character is not a Unicode scalar value"),
        ("a = " + "[" * 5000, "is nested far deeper than settings are"),
        ("[sampling]\nsteps = " + "9" * 5000, "a number too long"),
        ("[sampling]\nsteps = 0x" + "f" * 50_000, "must be from 1 to 1000, not a number of thousands of digits"),
        ("[sampling]\nguidance = 0x" + "f" * 50_000, "must be a number, not a number of thousands of digits"),
        ("[sampling]\nguidance" + ".a" * 20_000 + " = 1", "must be a number, not something nested"),
    ],
)
def test_a_wrong_value_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_config(path)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_settings_that_are_refused_stop_nothing_and_keep_nothing_private(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[privacy]\nkeep_prompts = false\nhistory = false\n[sampling\n")
    config = config_or_defaults(path)
    assert config.sampling == Config().sampling
    assert not config.privacy.keep_prompts and not config.privacy.history
    (said,) = config.warnings
    assert str(path) in said and "is not TOML" in said and "\n" not in said
    assert "sampling" in path.read_text()  # what a person wrote is left where it is


def test_a_file_that_is_no_text_or_far_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for data in (b"\xff\xfe\x00", b"#" * 100_000):
        path.write_bytes(data)
        with pytest.raises(ConfigError):
            load_config(path)


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)


@given(
    st.dictionaries(
        st.sampled_from(["appearance", "sampling", "privacy", "keys", "\x1b[2J"]),
        values | st.dictionaries(st.sampled_from(["theme", "steps", "guidance", "history", "step", "\x1b]0;"]), values),
    )
)
def test_any_content_is_read_or_refused_in_one_clean_sentence(content: dict[str, object]) -> None:
    try:
        config = parse_config(content)
    except ConfigError as error:
        assert "\x1b" not in str(error)
    else:
        assert all("\x1b" not in warning for warning in config.warnings)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
def test_a_mark_that_an_editor_wrote_is_no_part_of_the_settings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes("[sampling]\nsteps = 7\n".encode(encoding))
    assert load_config(path).sampling.steps == 7
