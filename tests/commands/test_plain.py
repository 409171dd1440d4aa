"""The bench in lines of text, and words in place of pictures: for screen readers and pipes."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tdiff.commands.plain_bench import PlainBench
from tdiff.errors import TdiffError
from tdiff.evaluate.checker import Look, Seen, load_checker
from tdiff.evaluate.told import told
from tdiff.pipeline import load
from tdiff.recipe import Recipe
from tdiff.world.concepts import by_name

DRAWN = re.compile("[\u2500-\u259f\u2800-\u28ff\x1b]")
APPLE = Recipe(prompt="a red apple", seed=7, steps=4)


@pytest.fixture(scope="module")
def parts():
    return load(), load_checker()


@pytest.fixture
def say(parts):
    """Says a line to a bench and returns the answer as one text."""
    bench = PlainBench(*parts, APPLE)

    def said(line: str) -> str:
        return "\n".join(bench.obey(line))

    return said


def test_a_run_is_told_step_by_step_to_its_end(say, parts) -> None:
    first = say("")
    assert "Step 1 of 4, noise level 100%" in first and "predictions are" in first and "moved" not in first
    assert "Step 3 of 4" in say("step 2") and "the guess moved by" in say("show")
    assert "Step 4 of 4" in say("step")
    finished = say("step")
    assert "Finished after 4 steps" in finished
    pipeline, checker = parts
    assert told(checker.look(pipeline.generate(APPLE))[0]) in finished


def test_looking_back_takes_no_step_and_going_on_goes_on(say) -> None:
    taken = [say("step") for _ in range(3)]
    assert say("go 1") == taken[0] and say("step") == taken[1]
    assert say("end").startswith("Finished")
    assert "Step 4 of 4" in say("back") and "Step 2 of 4" in say("back 2")


def test_a_setting_begins_the_run_again_and_undo_takes_it_back(say) -> None:
    say("step 2")
    assert "guidance 6" in say("guidance 6") and "No step is taken yet" in say("show")
    assert "“a blue fish”" in say("prompt a blue fish")
    assert "ddpm" in say("sampler ddpm")
    assert "“a blue fish”" in say("undo") and "ddpm" not in say("show")
    assert say("command") == "tdiff generate 'a blue fish' --guidance 6 --steps 4 --seed 7"


def test_a_word_that_is_read_as_another_is_told(say) -> None:
    assert "penguin" in say("prompt a pengiun")


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("frobnicate", "help lists"),
        ("step x", "step 3"),
        ("step 0", "step 3"),
        ("step 99999999", "step 3"),
        ("guidance", "guidance 4"),
        ("guidance much", "guidance 4"),
        ("guidance 99", "from -2 to 15"),
        ("guidance nan", "from -2 to 15"),
        ("seed 1.5", "seed 4"),
        ("prompt xylem phloem", "try "),
        ("sampler plms", "must be one of"),
        ("back", "say step"),
        ("go 9", "say step"),
        ("undo", "help"),
        ("save a.png", "say end"),
        ("words xyzzyqwrt", "name a kind"),
        ("\x1b[2J", "help lists"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(say, line: str, remedy: str) -> None:
    before = say("show")
    with pytest.raises(TdiffError) as refused:
        say(line)
    assert remedy in str(refused.value) and "\x1b" not in str(refused.value) and "\n" not in str(refused.value)
    assert say("show") == before


def test_a_finished_picture_is_saved_with_its_recipe(
    say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts
) -> None:
    monkeypatch.chdir(tmp_path)
    say("end")
    assert say("save apple.png") == "saved: apple.png"
    with Image.open("apple.png") as picture:
        assert (np.asarray(picture) == parts[0].generate(APPLE)[0]).all()
    with pytest.raises(TdiffError, match="exists"):
        say("save apple.png")


def run(folder: Path, *arguments: str, lines: str = "") -> subprocess.CompletedProcess[str]:
    env = os.environ | {"NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "tdiff", *arguments],
        input=lines, capture_output=True, text=True, cwd=folder, env=env, timeout=300,
    )  # fmt: skip


def test_in_a_pipe_lines_come_in_and_lines_go_out(tmp_path: Path) -> None:
    done = run(tmp_path, "--plain", lines="steps 2\nstep\nbogus\nend\nquit\nstep\n")
    assert done.returncode == 2, "a line was refused"
    assert "Step 1 of 2" in done.stdout and "Finished after 2 steps" in done.stdout
    assert done.stderr == "bogus is not understood: help lists what you can say\n"
    assert not DRAWN.search(done.stdout + done.stderr)


def test_pictures_are_told_in_place_of_being_shown_or_saved(tmp_path: Path) -> None:
    made = run(tmp_path, "generate", "a red apple", "--seed", "7", "--count", "2", "--steps", "4", "--plain")
    grid = run(tmp_path, "grid", "a red apple", "--x", "seed=7,8", "--steps", "4", "--plain")
    assert made.returncode == grid.returncode == 0
    assert re.match(r"seed 7: .*; ground .*\nseed 8: .*", made.stdout)
    assert [line.partition(": ")[2] for line in made.stdout.splitlines()] == [
        line.partition(": ")[2] for line in grid.stdout.splitlines()
    ]
    assert not DRAWN.search(made.stdout + made.stderr + grid.stdout + grid.stderr)
    assert list(tmp_path.glob("*.png")) == []


def test_what_is_seen_is_told_in_words() -> None:
    def seen(noun: str, x: float, *colours: str) -> Seen:
        return Seen(by_name()[noun].id, colours, 2, x, 16.0, 14.0, 0.93)

    assert told(Look((seen("cat", 7, "red"), seen("dog", 25)), ("blue",))) == (
        "two things: cat, red, at the left, flat (93 % sure); dog, at the right, flat (93 % sure); ground blue"
    ).replace(" %", "%")
    assert told(Look((), ())) == "nothing that the checker knows; ground of no named colour"


def test_the_end_of_the_input_ends_it(
    parts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tdiff.commands.plain_bench import run_plain

    monkeypatch.setattr(sys, "stdin", io.StringIO("show\n"))
    assert run_plain(APPLE) == 0
    assert capsys.readouterr().out.count("No step is taken yet") == 2
