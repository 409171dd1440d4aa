"""Disks that are full or read-only: each loss is said in a sentence, and what was kept before stays whole."""

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tdiff.errors import TdiffError
from tdiff.files import write_atomic
from tdiff.recipe import Recipe
from tdiff.store.history import History
from tdiff.store.place import Place, load_place, save_place
from tdiff.store.progress import load_progress, save_progress
from tests.unprivileged import without_privileges

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mounts")

PIXELS = os.urandom(32 * 32 * 3)  # nothing that is packed away
_PAGE = 4096


class Disk:
    """A small file system of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        """Leave no room."""
        with (self.folder / "ballast").open("ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(_PAGE))
            except OSError as error:
                assert error.errno == errno.ENOSPC

    def empty(self) -> None:
        """Make room again."""
        (self.folder / "ballast").unlink()

    def mount(self, *options: str) -> None:
        """Mount it again, with other options."""
        subprocess.run(["mount", "-o", ",".join(("remount", *options)), str(self.folder)], check=True)

    def lock(self) -> None:
        """Let nothing be written."""
        self.mount("ro")

    def unlock(self) -> None:
        """Let it be written to again."""
        self.mount("rw")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("nothing may be mounted here; a bound on the size of files is tried in its place")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def keep_progress(folder: Path, number: int) -> None:
    known, _ = load_progress(folder / "progress.json")
    save_progress(known.seen_card(1, f"card-{number}", 0), folder / "progress.json", since=known)


def kept_progress(folder: Path) -> set[int]:
    progress, said = load_progress(folder / "progress.json")
    assert said == ""
    return {int(card.removeprefix("card-")) for card in progress.seen}


def keep_place(folder: Path, number: int) -> None:
    save_place(Place(1 + number % 5, {lesson: Recipe(seed=number) for lesson in range(1, 6)}), folder / "place.json")


def kept_place(folder: Path) -> set[int]:
    place, said = load_place(folder / "place.json")
    assert said == ""
    return {recipe.seed for recipe in place.recipes.values()}


def keep_picture(folder: Path, number: int) -> None:
    History(folder / "history.sqlite").add(Recipe(seed=number), PIXELS)


def kept_pictures(folder: Path) -> set[int]:
    history = History(folder / "history.sqlite")
    found = history.newest(1000)
    assert history.trouble == "" and all(entry.pixels == PIXELS for entry in found)
    return {entry.recipe.seed for entry in found}


def export(folder: Path, number: int) -> None:
    write_atomic(folder / f"{number}.png", PIXELS * 20)


def exported(folder: Path) -> set[int]:
    assert all(path.read_bytes() == PIXELS * 20 for path in folder.glob("*.png"))
    return {int(path.stem) for path in folder.glob("*.png")}


Keep, Kept = Callable[[Path, int], None], Callable[[Path], set[int]]
KINDS = pytest.mark.parametrize(
    ("keep", "kept"),
    [
        (keep_progress, kept_progress),
        (keep_place, kept_place),
        (keep_picture, kept_pictures),
        (export, exported),
    ],
    ids=["progress", "place", "history", "export"],
)
REFUSALS = pytest.mark.parametrize(("begin", "end"), [(Disk.fill, Disk.empty), (Disk.lock, Disk.unlock)])


def refused(keep: Keep, folder: Path, number: int) -> None:
    with pytest.raises(TdiffError) as caught:
        keep(folder, number)
    assert "\n" not in str(caught.value)


@REFUSALS
@KINDS
def test_what_was_kept_stays_and_what_comes_next_is_refused_until_there_is_room(
    disk: Disk, keep: Keep, kept: Kept, begin: Callable[[Disk], None], end: Callable[[Disk], None]
) -> None:
    keep(disk.folder, 1)
    begin(disk)
    for _ in range(3):
        refused(keep, disk.folder, 2)
    assert kept(disk.folder) == {1}
    end(disk)
    assert not [path.name for path in disk.folder.iterdir() if path.name.startswith(".tdiff")]
    keep(disk.folder, 2)
    assert 2 in kept(disk.folder)


def test_a_history_that_fills_the_disk_loses_nothing_that_it_confirmed(disk: Disk) -> None:
    history, confirmed = History(disk.folder / "history.sqlite"), set()
    for seed in range(1000):
        try:
            history.add(Recipe(seed=seed), os.urandom(32 * 32 * 3))
        except TdiffError:
            break
        confirmed.add(seed)
    assert 20 < len(confirmed) < 1000 and history.waiting == 1
    assert {entry.recipe.seed for entry in History(disk.folder / "history.sqlite").newest(1000)} == confirmed
    disk.mount("size=2m")
    history.store()
    assert history.waiting == 0
    assert {entry.recipe.seed for entry in History(disk.folder / "history.sqlite").newest(1000)} == {
        *confirmed,
        max(confirmed) + 1,
    }


COMMANDS = [
    ["generate", "a red apple", "--steps", "2", "--seed", "1", "--out", "made.png"],
    ["generate", "a red apple", "--steps", "2", "--seed", "1", "--count", "3", "--out", "made"],
    ["generate", "a red apple", "--steps", "2", "--seed", "1", "--out", "made.png", "--film", "made.gif"],
    ["generate", "a red apple", "--steps", "2", "--seed", "1", "--out", "made.png", "--trace", "made.tdiff"],
    ["grid", "a red apple", "--x", "guidance=1,4", "--steps", "2", "--seed", "1", "--out", "made.png"],
]


def told(ended: "subprocess.CompletedProcess[str]") -> None:
    """One sentence at the end, and no internal error."""
    assert ended.returncode == 1
    last = ended.stderr.splitlines()[-1]
    assert last.startswith("tdiff: ") and "internal error" not in ended.stderr and "Traceback" not in ended.stderr


@REFUSALS
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[-1])
def test_commands_say_so_and_leave_no_torn_file(
    disk: Disk, command: list[str], begin: Callable[[Disk], None], end: Callable[[Disk], None]
) -> None:
    begin(disk)
    told(subprocess.run([sys.executable, "-m", "tdiff", *command], cwd=disk.folder, capture_output=True, text=True))
    end(disk)
    assert [path for path in disk.folder.rglob("*") if path.is_file()] == []


def _files_of_a_few_bytes() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[-1])
def test_commands_whose_files_may_not_grow(tmp_path: Path, command: list[str]) -> None:
    work = [sys.executable, "-m", "tdiff", *command]
    told(subprocess.run(work, cwd=tmp_path, capture_output=True, text=True, preexec_fn=_files_of_a_few_bytes))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@KINDS
def test_what_may_not_grow_is_refused_and_what_was_kept_stays(tmp_path: Path, keep: Keep, kept: Kept) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    keep(folder, 1)

    def try_again() -> None:
        _files_of_a_few_bytes()
        for path in folder.iterdir():  # it is as large already as it may become
            assert path.stat().st_size > 40
        refused(keep, folder, 2)

    without_privileges(try_again, folder, *folder.iterdir())
    assert kept(folder) == {1}
    keep(folder, 2)
    assert 2 in kept(folder)
