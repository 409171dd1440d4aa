"""The settings: defaults without a file, one clear sentence for a wrong value, nothing lost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdiff.errors import ConfigError
from tdiff.store.config import Config, load_config, parse_config


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
    ],
)
def test_a_wrong_value_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_config(path)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


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
