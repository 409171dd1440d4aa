"""What is made from the program and shown beside it: the film in the README, the man page, the completions."""

import importlib.util
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image, ImageFont

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_readme_begins_with_the_install_and_the_film() -> None:
    title, install, film, *_ = [line for line in README.splitlines() if line]
    assert title == "# tdiff" and "`uv tool install .`" in install and "pipx install ." in install
    assert re.fullmatch(r"!\[.+\]\(assets/readme/explorer\.gif\)", film)
    assert README.index("explorer.gif") < README.index("explorer.svg")


def test_every_picture_of_the_readme_is_there() -> None:
    names = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert names and all((ROOT / name).is_file() for name in names)


def test_the_film_moves_and_is_small_and_sharp() -> None:
    path = ROOT / "assets" / "readme" / "explorer.gif"
    assert path.stat().st_size <= 3_000_000
    with Image.open(path) as film:
        assert film.n_frames >= 40 and film.size[0] >= 1000 and film.info["loop"] == 0
        film.seek(2)
        pixels = np.asarray(film.convert("RGB"))
    blocks = pixels[40:360, 10:330].reshape(32, 10, 32, 10, 3)  # the first canvas: a pixel is 10 × 10
    assert (blocks == blocks[:, :1, :, :1]).all()
    assert len(np.unique(blocks[:, 0, :, 0].reshape(-1, 3), axis=0)) > 50


def test_a_film_shows_what_the_screen_shows() -> None:
    make = script("make_film")
    red, blue, white, black = (255, 0, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)
    plain = [[(" ", white, black, False)] * make.SIZE[0] for _ in range(make.SIZE[1])]
    changed = [list(row) for row in plain]
    changed[3][5] = ("▀", red, blue, False)
    font = ImageFont.load_default(make.POINTS)
    film = make.encoded([make.Frame(plain, 100), make.Frame(plain, 50), make.Frame(changed, 70)], font, font)
    import io

    with Image.open(io.BytesIO(film)) as read:
        assert read.n_frames == 2 and read.info["duration"] == 150, "equal screens are one frame"
        read.seek(1)
        pixels = np.asarray(read.convert("RGB"))
    (across, down), half = make.CELL, make.CELL[1] // 2
    cell = pixels[3 * down : 4 * down, 5 * across : 6 * across]
    assert (cell[:half] == red).all() and (cell[half:] == blue).all()
    assert pixels.reshape(-1, 3).any(1).sum() == across * down


def test_many_colours_keep_those_of_the_screen() -> None:
    make = script("make_film")
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (4000, 3), np.uint8)
    ground = np.full((9000, 3), (18, 52, 86), np.uint8)
    colours = np.concatenate([ground, noise])
    indices, palette = make._reduced(colours)
    assert indices.max() < 255 and (palette[indices[:9000]] == (18, 52, 86)).all()
    assert np.abs(palette[indices[9000:]].astype(int) - noise).mean() < 16


def test_the_man_page_and_the_completions_are_those_of_the_commands() -> None:
    make = script("make_man")
    again = "run python docs/make_man.py"
    assert (make.FOLDER / "tdiff.1").read_text("utf-8") == make.man_page(), again
    for shell, name in make.SHELLS.items():
        assert (make.FOLDER / name).read_text("utf-8") == make.completion(shell), again


def test_the_wheel_carries_them_where_manuals_and_shells_look() -> None:
    shared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    data = shared["shared-data"]
    assert all((ROOT / source).is_file() for source in data)
    assert data["docs/man/tdiff.1"] == "share/man/man1/tdiff.1" and len(data) == 4


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_the_man_page_is_set_without_a_warning() -> None:
    page = str(ROOT / "docs" / "man" / "tdiff.1")
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", page], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    shown = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.stdout)
    for name in ("tdiff generate", "tdiff watermark detect", "--guidance", "EXIT STATUS", "NO_COLOR"):
        assert name in shown


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_takes_the_completion() -> None:
    done = subprocess.run(
        ["bash", "-c", f"source {ROOT}/docs/man/tdiff.bash && complete -p tdiff"], capture_output=True, text=True
    )
    assert done.returncode == 0 and "_tdiff_completion" in done.stdout
