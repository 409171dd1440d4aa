"""Progress survives: restarts, damage, newer versions."""

import json
import os
import socket
import stat
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from tdiff.errors import OutputError
from tdiff.store.progress import Answer, Progress, load_progress, progress_path, save_progress

SOME = (
    Progress()
    .seen_card(1, "four-squares", 0)
    .seen_card(1, "one-step", 1)
    .answered("one-step", 2, right=False)
    .quiz_taken(1, 4, 5)
)


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "progress.json"
    save_progress(SOME, path)
    assert load_progress(path) == (SOME, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["progress.json"]


def test_each_step_leaves_the_one_before_as_it_was() -> None:
    empty = Progress()
    changed = empty.answered("one-step", 0, right=True)
    assert empty.answers == {}
    assert changed.answers == {"one-step": Answer(0, True)}


def test_the_last_answer_the_last_score_and_the_last_place_count() -> None:
    again = SOME.answered("one-step", 0, right=True).quiz_taken(1, 5, 5)
    assert again.answers["one-step"] == Answer(0, True)
    assert (again.quiz_score(1), again.quiz_score(2)) == ((5, 5), None)
    assert (again.place(1), again.place(2)) == (1, 0)
    assert again.seen == {"four-squares", "one-step"}


def test_no_file_is_a_fresh_start(tmp_path: Path) -> None:
    assert load_progress(tmp_path / "progress.json") == (Progress(), "")
    assert list(tmp_path.iterdir()) == []


def good() -> dict[str, object]:
    return {"version": 1, "seen": ["a"], "answers": {}, "scores": {"1": [4, 5]}, "places": {"1": 2}}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        b"9" * 10_000,
        b" " * 1_000_001,
        *(
            json.dumps(good() | change).encode()
            for change in (
                {"version": 2},
                {"version": None},
                {"seen": "a"},
                {"seen": [1]},
                {"answers": []},
                {"answers": {"a": {"choice": 1}}},
                {"answers": {"a": {"choice": -1, "right": True}}},
                {"scores": {"one": [4, 5]}},
                {"scores": {"1": [4]}},
                {"scores": {"1": [4, True]}},
                {"places": {"1": 1e9}},
            )
        ),
    ],
    ids=lambda data: repr(data[:40]),
)
def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "progress.json"
    path.write_bytes(data)
    progress, trouble = load_progress(path)
    assert progress == Progress()
    assert "progress.json.damaged" in trouble
    assert "\n" not in trouble
    assert (tmp_path / "progress.json.damaged").read_bytes() == data
    save_progress(SOME, path)
    assert load_progress(path) == (SOME, "")


@pytest.mark.parametrize("kind", ["pipe", "/dev/zero", "/dev/tty", "socket"])
def test_what_is_no_regular_file_is_set_aside_and_never_waited_for(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "progress.json"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
    else:
        path.symlink_to(kind)
    progress, trouble = load_progress(path)
    assert progress == Progress() and "progress.json.damaged" in trouble
    save_progress(SOME, path)
    assert load_progress(path) == (SOME, "")


def test_two_learners_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    save_progress(SOME, path)
    mine = SOME.seen_card(2, "any-level", 3).answered("any-level", 1, right=True)
    theirs = SOME.seen_card(3, "swap", 1).quiz_taken(1, 5, 5).without(["one-step"])
    save_progress(mine, path, since=SOME)
    both = save_progress(theirs, path, since=SOME)
    assert load_progress(path) == (both, "")
    assert both.seen == SOME.seen | {"any-level", "swap"}
    assert set(both.answers) == {"any-level"} and both.scores == {1: (5, 5)} and both.places == {1: 1, 2: 3, 3: 1}


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"

    def saved(progress: Progress, since: Progress) -> Progress:
        while True:
            with suppress(OutputError):  # another is writing, for long where a disk is slow
                return save_progress(progress, path, since)

    def learn(who: int) -> None:
        known = Progress()
        for card in range(10):
            known = saved(known.seen_card(1, f"{who}-{card}", card), known)

    threads = [Thread(target=learn, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert load_progress(path)[0].seen == {f"{who}-{card}" for who in range(4) for card in range(10)}


def test_where_the_file_was_removed_meanwhile_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    save_progress(SOME.seen_card(2, "any-level", 3), path, since=SOME)
    assert load_progress(path)[0].seen == {"four-squares", "one-step", "any-level"}


def test_two_damaged_files_are_both_kept(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    for data in (b"first", b"second"):
        path.write_bytes(data)
        load_progress(path)
    kept = {file.read_bytes() for file in tmp_path.iterdir()}
    assert kept == {b"first", b"second"}


def test_a_dangling_link_and_a_folder_are_set_aside_too(tmp_path: Path) -> None:
    (tmp_path / "progress.json").symlink_to("gone")
    assert load_progress(tmp_path / "progress.json")[1]
    (tmp_path / "progress.json").mkdir()
    assert load_progress(tmp_path / "progress.json")[1]
    assert len(list(tmp_path.iterdir())) == 2


def test_what_cannot_be_set_aside_stays_and_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "progress.json").write_bytes(b"{")

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "rename", denied)
    progress, trouble = load_progress(tmp_path / "progress.json")
    assert progress == Progress()
    assert "move it away yourself" in trouble
    assert (tmp_path / "progress.json").read_bytes() == b"{"


def test_it_lives_in_the_state_folder() -> None:
    assert progress_path({"XDG_STATE_HOME": "/s", "HOME": "/h"}) == Path("/s/tdiff/progress.json")
