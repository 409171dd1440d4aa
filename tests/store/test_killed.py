"""Saves that are killed at any moment: nothing that was confirmed is lost, nothing is torn, nothing is left lying."""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tdiff.files import sweep_temps, write_atomic
from tdiff.recipe import Recipe
from tdiff.store.history import History
from tdiff.store.place import Place, load_place, save_place
from tdiff.store.progress import load_progress, save_progress
from tests.counts import times

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks")

PIXELS = bytes(range(256)) * 12
LARGE = random.Random(1).randbytes(300_000)  # of an export: a film of many steps


def save_one(folder: Path, number: int) -> None:
    known, _ = load_progress(folder / "progress.json")
    save_progress(known.seen_card(1, f"card-{number}", 0), folder / "progress.json", since=known)


def save_place_of(folder: Path, number: int) -> None:
    save_place(Place(1 + number % 5, {5: Recipe(seed=number)}), folder / "place.json")


def save_picture(folder: Path, number: int) -> None:
    History(folder / "history.sqlite").add(Recipe(seed=number), PIXELS)


def export(folder: Path, number: int) -> None:
    write_atomic(folder / f"{number}.png", LARGE + str(number).encode())


def replace(folder: Path, number: int) -> None:
    write_atomic(folder / "same.png", LARGE + str(number).encode(), overwrite=True)


def cards(folder: Path) -> set[int]:
    progress, said = load_progress(folder / "progress.json")
    assert said == ""
    return {int(card.removeprefix("card-")) for card in progress.seen}


def placed(folder: Path) -> set[int]:
    place, said = load_place(folder / "place.json")
    assert said == ""
    return {recipe.seed for recipe in place.recipes.values()}


def pictures(folder: Path) -> set[int]:
    history = History(folder / "history.sqlite")
    found = history.newest(3000)
    assert history.trouble == "" and all(entry.pixels == PIXELS for entry in found)
    return {entry.recipe.seed for entry in found}


def exported(folder: Path) -> set[int]:
    found = {path.stem: path.read_bytes() for path in folder.glob("*.png")}
    assert all(data.startswith(LARGE) and data[len(LARGE) :] == stem.encode() for stem, data in found.items())
    return {int(stem) for stem in found}


def replaced(folder: Path) -> set[int]:
    if not (folder / "same.png").exists():
        return set()
    data = (folder / "same.png").read_bytes()
    assert data.startswith(LARGE)
    return {int(data[len(LARGE) :])}


def killed_while_saving(save: Callable[[Path, int], None], folder: Path, first: int, after: float) -> int:
    """Save one after the other in a child, kill it, and return how many it confirmed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            for number in range(first, first + 10_000):
                save(folder, number)
                os.write(writing, b".")
        finally:
            os._exit(1)
    os.close(writing)
    os.read(reading, 1)  # the first is there
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    confirmed = 1
    with os.fdopen(reading, "rb") as rest:
        confirmed += len(rest.read())
    return confirmed


@pytest.mark.parametrize(
    ("save", "saved", "last_only"),
    [
        (save_one, cards, False),
        (save_place_of, placed, True),
        (save_picture, pictures, False),
        (export, exported, False),
        (replace, replaced, True),
    ],
    ids=["progress", "place", "history", "exports", "exports over another"],
)
def test_kills_lose_nothing(
    tmp_path: Path, save: Callable[[Path, int], None], saved: Callable[[Path], set[int]], last_only: bool
) -> None:
    chance, confirmed = random.Random(7), 0
    for _ in range(times(4, 100)):
        first = confirmed
        now = killed_while_saving(save, tmp_path, first, chance.random() * 0.03)
        confirmed = first + now
        found = saved(tmp_path)
        if last_only:
            assert found <= {confirmed - 1, confirmed} and found
        else:
            assert set(range(confirmed)) <= found
            assert found <= set(range(confirmed + 1))
        confirmed = max(found) + 1  # what was saved just before the kill counts as well
    if save is export:
        assert not list(tmp_path.glob(".*")), "what has no name leaves nothing"
    sweep_temps(tmp_path)  # as the next save does
    assert not list(tmp_path.glob(".tdiff*"))
    assert not list(tmp_path.glob("*.damaged*"))
