"""Text from outside shows literally, in what is printed to be copied too; what fails outside is told in a sentence."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdiff.errors import ConfigError, OutputError
from tdiff.files import refuse_existing
from tdiff.recipe.command import quoted
from tdiff.store.config import load_config
from tdiff.text import clean_text, escaped

NASTY = "a cat \x1b[31mRED\x1b]0;pwn\x07 \u202eevil\u009b5m it's \\ \U000e0041"


def run(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home), "LC_ALL": "C.UTF-8"} | environment
    return subprocess.run(
        [sys.executable, "-m", "tdiff", *arguments], capture_output=True, text=True, env=env, cwd=home, timeout=60
    )


def test_the_shell_reads_back_what_was_quoted() -> None:
    shown = quoted(NASTY)
    assert clean_text(shown, len(shown)) == shown
    said = subprocess.run(["bash", "-c", f"printf %s {shown}"], capture_output=True, env={"LC_ALL": "C.UTF-8"})
    assert said.stdout.decode() == NASTY
    assert quoted("it's a cat") == "'it'\"'\"'s a cat'"


@settings(max_examples=2000)
@given(st.text(max_size=40))
def test_escaped_json_means_the_same_and_acts_on_nothing(text: str) -> None:
    shown = escaped(json.dumps({"prompt": text}, ensure_ascii=False, indent=2))
    assert json.loads(shown) == {"prompt": text}
    assert clean_text(shown, len(shown), newlines=True) == shown


def test_a_picture_with_a_nasty_prompt_is_inspected_without_raw_controls(tmp_path: Path) -> None:
    assert run("generate", NASTY, "--steps", "1", "--seed", "1", "--out", "a.png", home=tmp_path).returncode == 0
    for arguments in (("inspect", "a.png"), ("inspect", "a.png", "--json"), ("diff", "a.png", "a.png", "--json")):
        printed = run(*arguments, home=tmp_path)
        assert printed.returncode == 0
        assert clean_text(printed.stdout, len(printed.stdout), newlines=True) == printed.stdout


def test_a_shell_gets_completions(tmp_path: Path) -> None:
    asked = {"_TDIFF_COMPLETE": "complete_bash", "COMP_WORDS": "tdiff gen", "COMP_CWORD": "1"}
    assert run(home=tmp_path, **asked).stdout.split() == ["generate"]


def test_a_line_of_a_prompts_file_is_named_by_its_number(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("a cat\n\n\nzzzqq\n")
    refused = run("generate", "--prompts-file", "p.txt", "--out", "pictures", home=tmp_path)
    assert refused.returncode == 2 and refused.stderr.startswith("tdiff: line 4: no word")


def test_a_name_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="choose another name"):
        refuse_existing(tmp_path / ("a" * 300 + ".png"))


def test_a_full_disk_behind_the_output_is_no_fault_of_ours(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "tdiff", "doctor", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert ended.returncode == 1
    assert "internal error" not in ended.stderr


def test_settings_that_are_no_file_are_refused_and_the_doctor_says_so(tmp_path: Path) -> None:
    place = tmp_path / "tdiff" / "config.toml"
    place.parent.mkdir()
    os.mkfifo(place)
    with pytest.raises(ConfigError, match="remove it"):
        load_config(place)
    found = run("doctor", "--json", home=tmp_path)
    assert found.returncode == 1 and "config.toml" in " ".join(json.loads(found.stdout)["advice"])


def _obey_interrupts() -> None:
    """Shells have background jobs ignore interrupts, and tests are such jobs sometimes."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_what_was_made_before_an_interrupt_is_kept(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tdiff", "generate", "a cat", "--steps", "9", "--count", "1000", "--out", "cats"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=_obey_interrupts
    ) as running:
        end = time.monotonic() + 60
        while len(list(tmp_path.glob("cats/*.png"))) < 16 and time.monotonic() < end:
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    kept = list(tmp_path.glob("cats/*.png"))
    assert running.returncode == 130 and 16 <= len(kept) < 1000
    assert abs(int(said.split("stopped: ")[1].split()[0]) - len(kept)) <= 1  # one may be just written


def test_data_stays_on_stdout_beside_a_progress_bar(tmp_path: Path) -> None:
    """The bar is drawn on a terminal, and what goes into the pipe must not end up there."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "tdiff", "generate", "a cat", "--steps", "20", "--count", "49", "--out", "cats"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=slave, text=True) as running:
        os.close(slave)
        reader = threading.Thread(target=_drained, args=(master,))
        reader.start()
        said, _ = running.communicate(timeout=120)
        reader.join(10)
    os.close(master)
    assert running.returncode == 0
    assert sorted(said.splitlines()) == sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("cats/*.png"))
    assert len(said.splitlines()) == 49


def _drained(terminal: int) -> None:
    with suppress(OSError):  # what a terminal answers once nobody holds its other end
        while os.read(terminal, 65536):
            pass


def test_what_the_parser_refuses_is_repeated_without_raw_controls(tmp_path: Path) -> None:
    refused = run("generate", "a cat", "--\u202eevil", home=tmp_path)
    assert refused.returncode == 2
    assert "no such option" in refused.stderr and "\u202e" not in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--out", ""), 2, "the name is empty"),
        (("--film", " "), 2, "the name is empty"),
        (("--out", "a_file/x.png"), 1, "what should be its folder is a file"),
        (("--out", "x" * 5000 + ".png"), 1, "File name too long"),
        (("--recipe", "nul.json"), 2, "prompt holds a NUL character"),
    ],
)
def test_names_that_cannot_be_are_told_in_a_short_sentence(
    arguments: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    (tmp_path / "a_file").touch()
    (tmp_path / "nul.json").write_text('{"schema": 1, "prompt": "a \\u0000cat"}')
    prompt = () if "--recipe" in arguments else ("a cat",)
    refused = run("generate", *prompt, "--steps", "1", *arguments, home=tmp_path)
    assert refused.returncode == code
    assert said in " ".join(refused.stderr.replace("│", " ").split())
    assert len(refused.stderr) < 700
    assert {path.name for path in tmp_path.iterdir()} <= {"a_file", "nul.json", "tdiff"}


def test_a_recipe_that_an_editor_marked_as_utf_8_is_read(tmp_path: Path) -> None:
    (tmp_path / "bom.json").write_bytes(b'\xef\xbb\xbf{"schema": 1, "prompt": "a cat", "seed": 1, "steps": 1}')
    assert run("generate", "--recipe", "bom.json", "--out", "a.png", home=tmp_path).returncode == 0


def test_output_that_is_closed_or_ascii_only_is_no_fault(tmp_path: Path) -> None:
    command = f"{sys.executable} -m tdiff generate 'a cat' --steps 1 --seed 1 --out a.png"
    for closed in (">&-", "2>&-"):
        env = os.environ | {"XDG_CONFIG_HOME": str(tmp_path)}
        done = subprocess.run(["bash", "-c", f"{command} --overwrite {closed}"], env=env, cwd=tmp_path, timeout=60)
        assert done.returncode == 0
    inspected = run("inspect", "a.png", home=tmp_path, PYTHONIOENCODING="ascii")
    assert inspected.returncode == 0 and "32x32" in inspected.stdout


@pytest.mark.parametrize(
    ("words", "named"),
    [(["generate", "--bogus"], "--bogus"), (["generate", "a", "--steps", "1e9"], "--steps"), (["x"], "x")],
)
def test_what_the_parser_refuses_is_one_sentence(words: list[str], named: str, tmp_path: Path) -> None:
    refused = run(*words, home=tmp_path)
    assert refused.returncode == 2 and refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    assert refused.stderr.startswith("tdiff: ") and named in refused.stderr and "--help" in refused.stderr
