"""What `--json` prints, compared with the tables of docs/commands.md."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tdiff import errors
from tdiff.cli import app
from tdiff.diffusion.errors import NotFiniteError
from tdiff.ending import run_to_exit
from tdiff.lessons.core.errors import LessonError
from tdiff.reading import ReadError

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")
Row = tuple[str, str]  # path, type


def tables() -> dict[str, list[Row]]:
    """Shape → rows of its table."""
    found: dict[str, list[Row]] = {}
    for section in re.split(r"\n(?=##)", PAGE):
        heading = re.match(r"##+ (?:`(tdiff\.[^`]+)`|(A recipe))\n", section)
        if heading:
            found[heading[1] or "recipe"] = re.findall(r"^\| `([^`]+)` \| ([^|]+?) \| [^|]+ \|$", section, re.M)
    return found


TABLES = tables()


def is_of_type(value: Any, kind: str) -> bool:
    """Whether a value is of a type in the words of the page."""
    kind = kind.removesuffix(", optional")
    if value is None:
        return kind.endswith(", or null") or (kind.endswith(" or null") and not kind.startswith("list of "))
    kind = kind.removesuffix(", or null")
    if kind.startswith("list of "):
        return isinstance(value, list) and all(is_of_type(item, kind.removeprefix("list of ")) for item in value)
    kind = kind.removesuffix(" or null")
    checks: dict[str, Callable[[], bool]] = {
        "text": lambda: isinstance(value, str),
        "integer": lambda: type(value) is int,
        "number": lambda: type(value) in (int, float),
        "true or false": lambda: isinstance(value, bool),
        "list": lambda: isinstance(value, list),
        "object": lambda: isinstance(value, dict),
        "texts by name": lambda: isinstance(value, dict) and all(isinstance(text, str) for text in value.values()),
        "anything by name": lambda: isinstance(value, dict),
        "recipe": lambda: not wrong("recipe", value),
    }
    return checks[kind]()


def wrong(shape: str, found: dict[str, Any]) -> list[str]:
    """What of an object is not as its table says."""
    table = [(path.replace("[]", ".[]"), kind) for path, kind in TABLES[shape]]
    if shape != "recipe":
        table = [("schema", "text"), *table]
    return _wrong(found, table, "")


def _wrong(value: Any, table: list[Row], place: str) -> list[str]:
    if len(table) == 1 and table[0][0] == "":
        return [] if is_of_type(value, table[0][1]) else [f"{place} is {value!r}, not {table[0][1]}"]
    by_name: dict[str, list[Row]] = {}
    for path, kind in table:
        name, _, rest = path.partition(".")
        by_name.setdefault(name, []).append((rest, kind))
    if list(by_name) == ["[]"]:
        if not isinstance(value, list):
            return [f"{place} is no list"]
        return [line for item in value for line in _wrong(item, by_name["[]"], f"{place}[]")]
    if not isinstance(value, dict):
        return [f"{place} is no object"]
    lines = [f"{place}.{name} is not documented" for name in value.keys() - by_name.keys()]
    for name, rows in by_name.items():
        if name in value:
            lines += _wrong(value[name], rows, f"{place}.{name}")
        elif not rows[0][1].endswith(", optional"):
            lines.append(f"{place}.{name} is missing")
    return lines


@pytest.fixture
def tdiff(tdiff):
    """Runs the command line; returns exit code, objects on stdout, text on stderr."""

    def run(*arguments: str) -> tuple[int, list[dict[str, Any]], str]:
        code, out, err = tdiff(*arguments)
        assert out.isascii()
        return code, [json.loads(line) for line in out.splitlines()], err

    return run


def test_the_comparison_finds_what_is_wrong() -> None:
    good = {"schema": "tdiff.clip/1", "prompt": "a cat", "file": "a.png", "similarity": 0.5}
    assert wrong("tdiff.clip/1", good) == []
    assert wrong("tdiff.clip/1", good | {"similarity": None}) == [".similarity is None, not number"]
    assert wrong("tdiff.clip/1", good | {"more": 1}) == [".more is not documented"]
    assert wrong("tdiff.clip/1", {"schema": "x", "prompt": "a", "file": "b"}) == [".similarity is missing"]
    assert wrong("tdiff.words/1", {"schema": "x", "words": [{}]})[0] == ".words[].word is missing"


APPLE = ("generate", "a red apple", "--steps", "2", "--seed", "1", "--out", "a.png")
GRID = ("grid", "a cat", "--x", "seed=1,2", "--steps", "1", "--out", "g.png")


@pytest.mark.parametrize(
    ("before", "arguments", "shapes"),
    [
        ((), (*APPLE, "--count", "1"), ["tdiff.generate/1"]),
        ((), ("generate", "a kitty, xylem", "--steps", "1", "--count", "2"), ["tdiff.generate/1"] * 2),
        ((), GRID, ["tdiff.grid/1"]),
        ((), (*GRID, "--y", "guidance=1"), ["tdiff.grid/1"]),
        ((), ("words",), ["tdiff.words/1"]),
        ((), ("words", "puppy"), ["tdiff.words/1"]),
        ((APPLE,), ("inspect", "a.png"), ["tdiff.inspect-picture/1"]),
        ((APPLE,), ("diff", "a.png", "a.png"), ["tdiff.diff/1"]),
        ((APPLE,), ("clip", "a cat", "a.png", "a.png"), ["tdiff.clip/1"] * 2),
        ((APPLE,), ("watermark", "detect", "a.png"), ["tdiff.watermark/1"]),
        ((APPLE,), ("watermark", "detect", "a.png", "--method", "bits"), ["tdiff.watermark/1"]),
        (((*APPLE, "--trace", "a.tdiff"),), ("inspect", "a.tdiff"), ["tdiff.inspect-trace/1"]),
        ((), ("lesson",), ["tdiff.lessons/1"]),
        ((), ("doctor",), ["tdiff.doctor/1"]),
        ((), ("reset-terminal",), ["tdiff.reset-terminal/1"]),
        ((), ("eval", "--quick", "--only", "memorisation"), ["tdiff.eval/1"]),
        ((), ("generate", "a cat", "--seed", "-1"), ["tdiff.error/1"]),
    ],
)  # fmt: skip
def test_what_is_printed_is_what_is_documented(tdiff, before, arguments: tuple[str, ...], shapes: list[str]) -> None:
    for earlier in before:
        assert tdiff(*earlier, "--json")[0] == 0
    _, found, _ = tdiff(*arguments, "--json")
    assert [each["schema"] for each in found] == shapes
    assert [line for each in found for line in wrong(each["schema"], each)] == []


def test_a_prompts_file_gives_an_object_a_picture(tdiff) -> None:
    Path("prompts.txt").write_text("a cat\na dog\n")
    code, found, _ = tdiff("generate", "--prompts-file", "prompts.txt", "--steps", "1", "--out", "many", "--json")
    assert code == 0 and [each["file"] for each in found] == ["many/0000.png", "many/0001.png"]
    assert [each["recipe"]["prompt"] for each in found] == ["a cat", "a dog"]
    assert [line for each in found for line in wrong("tdiff.generate/1", each)] == []


def test_a_recipes_file_is_inspected(tdiff) -> None:
    Path("r.json").write_text('{"schema": 1, "prompt": "a cat", "switches": [{"from_step": 3, "prompt": "a dog"}]}')
    _, (found,), _ = tdiff("inspect", "r.json", "--json")
    assert found["schema"] == "tdiff.inspect-recipe/1" and wrong(found["schema"], found) == []


def test_a_lesson_tells_what_its_experiments_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from tdiff import Recipe, load
    from tdiff.lessons.core.as_json import content
    from tdiff.lessons.core.bench import Bench
    from tdiff.lessons.core.loader import load_lesson

    lesson = load_lesson(1)
    asked = [card for card in lesson.cards if card.experiment == "denoise.one_step"]
    assert asked
    found = content(replace(lesson, cards=tuple(asked)), Bench(load(), Recipe(prompt="a red apple", seed=1, steps=4)))
    assert wrong("tdiff.lesson/1", {"schema": "tdiff.lesson/1", **found}) == []
    (card,) = found["cards"]
    assert set(card["found"]) == {"experiment", "answer", "text", "values", "pictures", "table", "curves"}
    assert all(set(picture) == {"title", "note", "seen"} for picture in card["found"]["pictures"])
    json.dumps(found, allow_nan=False)


def test_the_bench_is_as_documented(capsys: pytest.CaptureFixture[str]) -> None:
    from tdiff.commands.bench import bench

    bench(as_json=True, seconds=0.01)
    found = json.loads(capsys.readouterr().out)
    assert wrong("tdiff.bench/1", found) == []


@pytest.mark.parametrize(
    ("arguments", "kind", "code"),
    [
        (("generate", "xylem phloem"), "prompt", 2),
        (("generate", "a cat", "--steps", "0"), "recipe", 2),
        (("generate", "a cat", "--bogus"), "usage", 2),
        (("no-such-command",), "usage", 2),
        (("words", "xyzzyxyzzy"), "usage", 2),
        (("words", " "), "usage", 2),
        (("grid", "a cat", "--x", "seed=1"), "usage", 2),
        (("inspect", "no-such.png"), "picture", 1),
        (("lesson", "99"), "usage", 2),
        (("lesson", "5"), "lesson", 1),
    ],
)
def test_a_refusal_is_a_sentence_and_an_object(tdiff, arguments: tuple[str, ...], kind: str, code: int) -> None:
    ended, found, said = tdiff(*arguments, "--json")
    assert ended == code
    assert [each["schema"] for each in found] == ["tdiff.error/1"] and wrong("tdiff.error/1", found[0]) == []
    error = found[0]["error"]
    assert (error["kind"], error["exit_code"]) == (kind, code)
    assert error["message"] in said and error["remedy"] in said and said.startswith("tdiff: ")


def test_an_existing_file_is_its_own_kind_of_refusal(tdiff) -> None:
    Path("a.png").write_bytes(b"precious")
    code, (found,), _ = tdiff(*APPLE, "--json")
    assert (code, found["error"]["kind"]) == (1, "exists")


def test_without_json_a_refusal_leaves_stdout_empty(tdiff) -> None:
    assert tdiff("generate", "xylem", "--", "--json")[1] == []  # behind -- it is no option


def test_an_interruption_and_a_mistake_of_ours_are_told_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TDIFF_DEBUG", raising=False)

    def ended(error: BaseException) -> tuple[int, dict[str, Any]]:
        def command() -> int:
            raise error

        with pytest.raises(SystemExit) as end:
            run_to_exit(command, as_json=True)
        return end.value.code, json.loads(capsys.readouterr().out)["error"]

    assert ended(KeyboardInterrupt())[0] == 130
    assert ended(KeyboardInterrupt())[1]["kind"] == "interrupted"
    code, error = ended(ZeroDivisionError("one\nby\x1b[2J nothing"))
    assert (code, error["kind"]) == (1, "internal") and "ZeroDivisionError" in error["message"]
    assert ended(OSError(28, "No space left on device"))[1]["kind"] == "system"


def test_every_kind_of_error_is_documented() -> None:
    listed = set(re.findall(r"^\| `([a-z]+)` \| [^|]+ \|$", PAGE.partition("| kind |")[2].partition("\n##")[0], re.M))
    kinds = {each.kind for each in vars(errors).values() if isinstance(each, type) and hasattr(each, "kind")}
    kinds |= {LessonError.kind, ReadError.kind, NotFiniteError.kind, "internal", "interrupted", "system"}
    assert listed == kinds


def test_every_command_takes_json() -> None:
    from typer.main import get_command

    def commands(group: Any, before: str = "") -> list[tuple[str, Any]]:
        found = []
        for name, command in group.commands.items():
            found += commands(command, f"{name} ") if hasattr(command, "commands") else [(before + name, command)]
        return found

    takers = {name: [o for p in command.params for o in p.opts] for name, command in commands(get_command(app))}
    assert [name for name, options in takers.items() if "--json" not in options] == ["open"]  # which is the explorer
