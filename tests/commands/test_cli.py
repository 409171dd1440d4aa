"""The command line as a person uses it: what is written, where, with which exit code."""

import json
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tdiff.recipe import Recipe
from tdiff.recipe.axis import parse_axis
from tdiff.recipe.command import to_grid_command


def pixels(path: str | Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def test_a_sentence_in_a_picture_out(tdiff) -> None:
    ended = tdiff("generate", "a red apple", "--seed", "7", "--steps", "4", "--out", "apple.png")
    assert (ended.code, ended.out) == (0, "apple.png\n")
    assert pixels("apple.png").shape == (32, 32, 3)


def test_in_a_pipe_it_writes_a_file_named_after_prompt_and_seed(tdiff) -> None:
    ended = tdiff("generate", "A red Apple!", "--seed", "7", "--steps", "2")
    assert ended.out == "a-red-apple-7.png\n"
    assert Path("a-red-apple-7.png").is_file()


def test_the_picture_carries_the_recipe_that_makes_it_again(tdiff) -> None:
    tdiff(
        "generate",
        "a red apple",
        "--seed",
        "7",
        "--steps",
        "4",
        "--guidance",
        "3",
        "--negative",
        "blue",
        "--out",
        "a.png",
    )
    assert tdiff("generate", "--recipe", "a.png", "--out", "b.png").code == 0
    assert (pixels("a.png") == pixels("b.png")).all()
    assert "the recipes are the same" in tdiff("diff", "a.png", "b.png").out


def test_an_option_given_with_a_recipe_wins(tdiff) -> None:
    tdiff("generate", "a red apple", "--seed", "7", "--steps", "4", "--out", "a.png")
    tdiff("generate", "--recipe", "a.png", "--seed", "8", "--out", "b.png")
    fields = json.loads(tdiff("diff", "a.png", "b.png", "--json").out)["fields"]
    assert fields == {"seed": [7, 8]}


def test_inspect_reads_back_all_three_forms(tdiff) -> None:
    tdiff("generate", "a red apple", "--seed", "7", "--steps", "4", "--out", "a.png")
    found = json.loads(tdiff("inspect", "a.png", "--json").out)
    assert found["recipe"]["prompt"] == "a red apple"
    assert found["source_type"].endswith("/trainedAlgorithmicMedia")
    with Image.open("a.png") as picture:
        assert picture.text["parameters"].startswith("a red apple")


def test_leaving_the_prompt_out_keeps_the_source_type(tdiff) -> None:
    tdiff("generate", "a red apple", "--seed", "7", "--steps", "2", "--leave-out-prompt", "--out", "a.png")
    assert b"apple" not in Path("a.png").read_bytes()
    assert json.loads(tdiff("inspect", "a.png", "--json").out)["source_type"].endswith("/trainedAlgorithmicMedia")


def test_count_makes_the_pictures_of_single_runs(tdiff) -> None:
    ended = tdiff("generate", "a cat", "--seed", "5", "--count", "3", "--steps", "3", "--out", "many")
    assert ended.out.splitlines() == [f"many/a-cat-{seed}.png" for seed in (5, 6, 7)]
    tdiff("generate", "a cat", "--seed", "6", "--steps", "3", "--out", "one.png")
    apart = np.abs(pixels("many/a-cat-6.png").astype(int) - pixels("one.png"))
    assert apart.max() <= 1
    assert np.abs(pixels("many/a-cat-5.png").astype(int) - pixels("one.png")).max() > 10


def test_an_existing_file_is_never_overwritten_unasked(tdiff) -> None:
    Path("a.png").write_bytes(b"precious")
    ended = tdiff("generate", "a cat", "--steps", "1", "--out", "a.png")
    assert ended.code == 1
    assert "exists" in ended.err
    assert Path("a.png").read_bytes() == b"precious"
    assert tdiff("generate", "a cat", "--steps", "1", "--out", "a.png", "--overwrite").code == 0


def test_the_film_shows_every_step_and_the_picture(tdiff) -> None:
    assert tdiff("generate", "a cat", "--steps", "5", "--film", "f.gif", "--out", "a.png").code == 0
    with Image.open("f.gif") as film:
        assert film.n_frames == 6


def test_json_says_what_became_of_each_word(tdiff) -> None:
    ended = tdiff("generate", "a red kitty xylem", "--seed", "1", "--steps", "1", "--json", "--out", "a.png")
    made = json.loads(ended.out)
    assert made["file"] == "a.png"
    fates = {word["text"]: (word["fate"], word["reads"]) for word in made["words"]}
    assert fates["red"] == ("known", "red")
    assert fates["kitty"] == ("known", "cat")
    assert fates["xylem"][0] == "no effect"
    assert "xylem" in ended.err


def test_a_prompts_file_makes_numbered_pictures(tdiff) -> None:
    ended = tdiff(
        "generate", "--prompts-file", "-", "--steps", "2", "--seed", "3", "--out", "many", stdin=b"a cat\n\na dog\n"
    )
    assert ended.out.splitlines() == ["many/0000.png", "many/0001.png"]
    tdiff("generate", "a dog", "--steps", "2", "--seed", "3", "--out", "dog.png")
    assert np.abs(pixels("many/0001.png").astype(int) - pixels("dog.png")).max() <= 1


def test_a_start_picture_and_its_strength_matter(tdiff) -> None:
    tdiff("generate", "a red apple", "--seed", "1", "--steps", "4", "--out", "start.png")
    for strength in ("0.25", "1"):
        tdiff("generate", "a blue fish", "--seed", "2", "--steps", "4", "--start-image", "start.png",
              "--strength", strength, "--out", f"s{strength}.png")  # fmt: skip
    start = pixels("start.png").astype(int)
    near, far = (np.abs(pixels(f"s{s}.png") - start).mean() for s in ("0.25", "1"))
    assert near < far
    found = json.loads(tdiff("inspect", "s1.png", "--json").out)
    assert found["source_type"].endswith("/compositeWithTrainedAlgorithmicMedia")


def test_a_switch_changes_the_picture(tdiff) -> None:
    common = ("generate", "a red apple", "--seed", "1", "--steps", "6")
    tdiff(*common, "--out", "a.png")
    tdiff(*common, "--switch", "3:a blue apple", "--out", "b.png")
    assert np.abs(pixels("a.png").astype(int) - pixels("b.png")).max() > 5


def test_the_grid_has_a_cell_for_every_pair(tdiff) -> None:
    ended = tdiff(
        "grid", "a cat", "--x", "guidance=0,4,8", "--y", "seed=1..2", "--steps", "2", "--scale", "1", "--out", "g.png"
    )
    assert (ended.code, ended.out) == (0, "g.png\n")
    height, width, _ = pixels("g.png").shape
    assert width >= 3 * 32
    assert height >= 2 * 32


def test_clip_prints_one_similarity_a_picture(tdiff) -> None:
    tdiff("generate", "a cat", "--seed", "1", "--steps", "2", "--out", "a.png")
    rows = tdiff("clip", "a cat", "a.png", "a.png", "--json").out.splitlines()
    assert len(rows) == 2
    assert -1 <= json.loads(rows[0])["similarity"] <= 1


def test_doctor_loads_the_model_and_says_so(tdiff) -> None:
    found = json.loads(tdiff("doctor", "--json").out)
    assert found["works"] is True
    assert "sprite-32" in found["facts"]["model"]


def test_reset_terminal_switches_every_mode_off(tdiff) -> None:
    out = tdiff("reset-terminal").out
    for mode in ("?1000l", "?1049l", "?2004l", "?25h"):
        assert f"\x1b[{mode}" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["generate"], "needs a prompt"),
        (["generate", "xylem phloem"], "no word of this prompt is known"),
        (["generate", "a cat", "--steps", "0"], "steps must be from 1 to 1000"),
        (["generate", "a cat", "--steps", "1000000000"], "steps must be from 1 to 1000"),
        (["generate", "a cat", "--guidance", "nan"], "guidance must be from -2 to 15"),
        (["generate", "a cat", "--guidance", "inf"], "guidance"),
        (["generate", "a cat", "--seed", "-1"], "seed must be from 0"),
        (["generate", "a cat", "--eta", "0.5", "--sampler", "heun"], "eta belongs to ddim"),
        (["generate", "a cat", "--sampler", "plms"], "sampler must be one of"),
        (["generate", "a cat", "--count", "0"], "--count must be from 1"),
        (["generate", "a cat", "--count", "2", "--out", "a.png"], "name a folder"),
        (["generate", "a cat", "--count", "2", "--film", "a.gif"], "--film shows the making of one"),
        (["generate", "a cat", "--out", "a.bmp"], "written as PNG"),
        (["generate", "a cat", "--film", "a.mp4"], "ends in .gif"),
        (["generate", "a cat", "--switch", "blue"], "STEP:TEXT"),
        (["generate", "a cat", "--switch", "30:blue"], "a switch at step 30 never happens"),
        (["generate", "a cat", "--switch", "0:blue"], "count from 1"),
        (["generate", "a cat", "--strength", "0.5"], "--start-image"),
        (["generate", "x" * 10_000], "2000 are allowed"),
        (["generate", "--recipe", "nothing.json"], "nothing.json"),
        (["generate", "a cat", "--prompts-file", "-"], "leave out PROMPT"),
        (["generate", "--prompts-file", "-", "--out", "d"], "no prompt in the file"),
        (["generate", "a cat", "--color", "pink", "--out", "a.png"], "--color must be one of"),
        (["grid", "a cat", "--x", "colour=1,2", "--out", "g.png"], "an axis is FIELD=VALUES"),
        (["grid", "a cat", "--x", "seed=1..1000", "--out", "g.png"], "at most 400"),
        (["grid", "a cat", "--x", "seed=a", "--out", "g.png"], "whole numbers"),
        (["grid", "a cat", "--x", "seed=1,2", "--y", "seed=1,2", "--out", "g.png"], "both axes"),
        (["eval", "--only", "beauty"], "there is no part"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_sentence_and_exit_code_2(tdiff, arguments: list[str], says: str) -> None:
    ended = tdiff(*arguments)
    assert ended.code == 2
    assert says in ended.err
    assert ended.err.strip().count("\n") == 0
    assert "Traceback" not in ended.err
    assert list(Path().iterdir()) == []


def test_hostile_names_and_prompts_are_shown_harmless(tdiff) -> None:
    ended = tdiff("generate", "\x1b[31mxylem\x07[/]", "--steps", "1", "--out", "a.png")
    assert "\x1b" not in ended.err
    assert "\x07" not in ended.err
    ended = tdiff("inspect", "no\x1b[31msuch.png")
    assert ended.code != 0
    assert "\x1b" not in ended.err


def test_a_broken_recipe_file_is_one_sentence(tdiff) -> None:
    Path("r.json").write_text('{"schema": 1, "guidance": NaN}')
    ended = tdiff("generate", "--recipe", "r.json", "--out", "a.png")
    assert ended.code == 2
    assert "NaN" in ended.err


def test_another_models_recipe_is_made_with_a_warning(tdiff) -> None:
    Path("r.json").write_text('{"schema": 1, "prompt": "a cat", "steps": 1, "model": "00000000"}')
    ended = tdiff("generate", "--recipe", "r.json", "--out", "a.png")
    assert ended.code == 0
    assert "00000000" in ended.err
    assert json.loads(tdiff("inspect", "a.png", "--json").out)["recipe"]["model"] != "00000000"


def test_version_is_one_line(tdiff) -> None:
    assert tdiff("--version").out.startswith("tdiff 0.")


def test_a_hidden_mark_is_found_in_the_file_and_none_in_another(tdiff) -> None:
    assert tdiff("generate", "a cat", "--seed", "3", "--watermark", "d1ff", "--out", "m.png").code == 0
    assert tdiff("generate", "a cat", "--seed", "3", "--out", "u.png").code == 0
    marked, plain = (json.loads(tdiff("watermark", "detect", name, "--json").out) for name in ("m.png", "u.png"))
    assert marked["found"] and marked["key"] == "d1ff"
    assert not plain["found"] and "does not prove" in plain["meaning"]


def test_the_explorer_needs_a_terminal(tdiff) -> None:
    ended = tdiff()
    assert ended.code == 2
    assert "needs a terminal" in ended.err and "tdiff lesson 1 --plain" in ended.err


def test_settings_leave_the_prompt_out_of_files_unless_told_otherwise(tdiff, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tdiff").mkdir()
    (tmp_path / "tdiff" / "config.toml").write_text("[privacy]\nkeep_prompts = false\n")
    tdiff("generate", "a red apple", "--steps", "2", "--out", "without.png")
    tdiff("generate", "a red apple", "--steps", "2", "--out", "with.png", "--keep-prompt")
    assert b"apple" not in Path("without.png").read_bytes()
    assert b"trainedAlgorithmicMedia" in Path("without.png").read_bytes()
    assert b"apple" in Path("with.png").read_bytes()


def test_a_lesson_is_printed_with_its_figures(tdiff) -> None:
    ended = tdiff("lesson", "1", "--plain", "--seed", "2")
    assert ended.code == 0
    assert "Four squares of static" in ended.out and "Quiz" in ended.out
    assert "\x1b" not in ended.out


@pytest.mark.parametrize(
    "base",
    [
        Recipe(prompt="a cat", seed=3, steps=1),
        Recipe(prompt="- a cat", negative="red 'n' green", steps=1, sampler="euler", clip=False),
        Recipe(prompt="xyzzy qwrt", steps=1, eta=0.25, watermark=None),
    ],
)
def test_the_command_of_a_grid_makes_the_grid(tdiff, base: Recipe) -> None:
    x, y = parse_axis("prompt=a cat,a dog"), parse_axis("guidance=1.23456789,4")
    command = shlex.split(to_grid_command(base, str(x), str(y)))
    assert parse_axis(command[command.index("--y") + 1]) == y
    ended = tdiff("grid", "--out", "grid.png", *command[2:])
    assert ended.code == 0 and Path("grid.png").exists(), ended.err
