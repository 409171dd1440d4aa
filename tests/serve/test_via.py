"""`tdiff generate --via`: the same files as alone, and pictures even where the server is lost."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tdiff.cli import main
from tdiff.commands.making import Here
from tdiff.engines.model import ModelInfo
from tdiff.serve.client import Client, LostError
from tdiff.serve.wire import Answer, Order


@pytest.fixture
def tdiff(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tdiff", *arguments])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


SHORT = ("generate", "a red apple", "--seed", "7", "--steps", "3")


def test_the_files_are_those_made_alone(tdiff, serve) -> None:
    running = serve()
    assert tdiff(*SHORT, "--count", "18", "--out", "alone")[0] == 0
    code, out, said = tdiff(*SHORT, "--count", "18", "--out", "via", "--via", str(running.address))
    assert (code, said) == (0, "") and len(out.splitlines()) == 18
    for file in sorted(Path("alone").iterdir()):
        assert file.read_bytes() == (Path("via") / file.name).read_bytes()
    assert [line.split(" · ")[0] for line in running.told] == ["16 × a red apple", "2 × a red apple"]


def test_json_says_the_same_of_words_and_recipe(tdiff, serve) -> None:
    address = str(serve(port=True).address)
    alone, via = (json.loads(tdiff(*SHORT, *more, "--json")[1]) for more in ((), ("--via", address)))
    assert alone.pop("seconds") > 0 and via.pop("seconds") > 0
    assert alone == via and {word["reads"] for word in via["words"]} >= {"red", "apple"}


def test_a_start_picture_is_sent(tdiff, serve) -> None:
    Image.new("RGB", (64, 40), (20, 30, 200)).save("start.jpg")
    address = str(serve().address)
    start = ("--start-image", "start.jpg", "--strength", "0.5")
    assert tdiff(*SHORT, *start, "--out", "alone.png")[0] == 0
    assert tdiff(*SHORT, *start, "--out", "via.png", "--via", address)[0] == 0
    assert Path("alone.png").read_bytes() == Path("via.png").read_bytes()


def test_where_no_server_answers_it_goes_on_alone_and_says_so(tdiff, socket_file: Path) -> None:
    code, out, said = tdiff(*SHORT, "--out", "a.png", "--via", str(socket_file))
    assert (code, out) == (0, "a.png\n") and Path("a.png").is_file()
    assert said == (
        f"no tdiff server answers at {socket_file} (no such file or directory): "
        "going on alone; tdiff serve --api starts one\n"
    )


def lost_after_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first order of a client is fulfilled, and the server lost at the second."""
    whole, asked = Client.pictures, []

    def pictures(self: Client, order: Order, stepped) -> Answer:
        asked.append(order)
        if len(asked) > 1:
            raise LostError("the server ended before the pictures were made")
        return whole(self, order, stepped)

    monkeypatch.setattr(Client, "pictures", pictures)


def test_a_server_that_is_lost_on_the_way_leaves_the_rest_to_this_process(tdiff, serve, monkeypatch) -> None:
    address = str(serve().address)
    assert tdiff(*SHORT, "--count", "18", "--out", "alone")[0] == 0
    lost_after_one(monkeypatch)
    code, out, said = tdiff(*SHORT, "--count", "18", "--out", "via", "--via", address)
    assert code == 0 and len(out.splitlines()) == 18
    assert said == "the server ended before the pictures were made: going on alone\n"
    for file in sorted(Path("alone").iterdir()):
        with Image.open(file) as one, Image.open(Path("via") / file.name) as other:
            assert np.abs(np.asarray(one, int) - np.asarray(other, int)).max() <= 1


def test_a_lost_checkpoint_cannot_be_replaced(tdiff, serve, monkeypatch) -> None:
    address = str(serve(checkpoint=True).address)
    lost_after_one(monkeypatch)
    code, out, said = tdiff(*SHORT, "--count", "18", "--out", "via", "--via", address)
    assert code == 1 and len(out.splitlines()) == 16
    assert "its model sprite-32 is not given here: start the server again, or name the model with --model" in said


def test_another_model_does_not_make_the_rest(tdiff, serve, monkeypatch) -> None:
    address = str(serve().address)
    lost_after_one(monkeypatch)
    monkeypatch.setattr(Here, "info", ModelInfo("sprite-32", "0" * 8, 0, 0, 0, 0))
    code, _, said = tdiff(*SHORT, "--count", "18", "--out", "via", "--via", address)
    assert code == 1 and "where this is 00000000: start the server again" in said


def test_every_word_is_taken_where_the_server_runs_a_checkpoint(tdiff, serve) -> None:
    """Whether a word has an effect is then the checkpoint's affair: nothing is refused or said of it here."""
    words = ("generate", "qqxz", "--seed", "1", "--steps", "2", "--out", "a.png", "--via")
    assert tdiff(*words, str(serve().address))[0] == 2
    assert tdiff(*words, str(serve(port=True, checkpoint=True).address))[::2] == (0, "")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--film", "a.gif"), "sends no steps"),
        (("--trace", "a.tdiff"), "sends no steps"),
        (("--engine", "numpy"), "makes pictures with its own model"),
        (("--model", "."), "makes pictures with its own model"),
    ],
)
def test_what_a_server_cannot_do_is_refused(tdiff, serve, options: tuple[str, str], says: str) -> None:
    code, _, said = tdiff(*SHORT, *options, "--out", "a.png", "--via", str(serve().address))
    assert code == 2 and says in said and said.count("\n") == 1 and not Path("a.png").exists()


def test_a_list_of_prompts_needs_no_server(tdiff, serve) -> None:
    Path("prompts.txt").write_text("a dog\n")
    code, _, said = tdiff("generate", "--prompts-file", "prompts.txt", "--out", "many/", "--via", "auto")
    assert code == 2 and "leave out --via" in said


def test_a_wrong_token_is_one_sentence(tdiff, serve) -> None:
    address = serve(port=True).address
    code, _, said = tdiff(*SHORT, "--out", "a.png", "--via", f"http://{address.host}:{address.number}/wrong-token")
    assert code == 2 and said.count("\n") == 1 and address.token not in said and "wrong-token" not in said
    assert "copy the address that it printed when it started" in said
