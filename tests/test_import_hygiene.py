"""What is imported, and when: checked in fresh interpreters, since this one has everything loaded."""

import subprocess
import sys

import pytest


def loaded_after(code: str) -> set[str]:
    """Top-level modules in sys.modules after running code."""
    script = f"{code}\nimport sys\nprint('|'.join(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split("|"))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["generate", "--help"]])
def test_help_and_version_load_neither_numpy_nor_textual(arguments: list[str]) -> None:
    code = (
        f"import sys\nsys.argv = ['tdiff', *{arguments!r}]\nfrom tdiff.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code"
    )
    assert not loaded_after(code) & {"numpy", "textual", "PIL", "torch"}


def test_import_tdiff_loads_nothing_heavy() -> None:
    assert not loaded_after("import tdiff") & {"numpy", "textual", "rich", "typer", "PIL"}


@pytest.mark.parametrize("module", ["tdiff.model.denoiser", "tdiff.model.image_tower", "tdiff.diffusion"])
def test_networks_and_samplers_need_numpy_only(module: str) -> None:
    loaded = loaded_after(f"import {module}")
    assert "numpy" in loaded
    assert not loaded & {"textual", "rich", "typer", "PIL", "torch", "safetensors"}


@pytest.mark.parametrize(
    "module",
    [
        "tdiff.pipeline",
        "tdiff.traces.hooks",
        "tdiff.traces.reader",
        "tdiff.evaluate",
        "tdiff.provenance",
        "tdiff.render.halfblock",
    ],
)
def test_headless_parts_never_import_the_screen_or_torch(module: str) -> None:
    assert not loaded_after(f"import {module}") & {"textual", "torch"}
