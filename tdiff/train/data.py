"""The training set as arrays in a cache folder: rendered once, then memory-mapped."""

import multiprocessing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tdiff.prompt.tokenizer import tokenize
from tdiff.prompt.vocabulary import MAX_TOKENS
from tdiff.world.dataset import WORLD_VERSION, example
from tdiff.world.palette import COLOURS
from tdiff.world.scenes import Placed

KINDS = ("single", "pair", "count")
_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class SceneArrays:
    """Scenes first … first+n-1.

    Attributes:
        images: (n, 32, 32, 3) uint8.
        ids: (n, 16) uint16 token ids, zero-padded.
        kinds: (n,) uint8, index into KINDS.
    """

    images: NDArray[np.uint8]
    ids: NDArray[np.uint16]
    kinds: NDArray[np.uint8]


def load_scenes(folder: Path, first: int, count: int, workers: int = 1) -> SceneArrays:
    """Return scenes first … first+count-1, rendering them into `folder` unless they are there."""
    stem = folder / f"world{WORLD_VERSION}-{first}-{count}"
    done = stem.with_suffix(".done")
    paths = {name: Path(f"{stem}.{name}.npy") for name in ("images", "ids", "kinds")}
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _render_all(paths, first, count, workers)
        done.touch()
    return SceneArrays(**{name: np.load(path, mmap_mode="r") for name, path in paths.items()})


def _render_all(paths: dict[str, Path], first: int, count: int, workers: int) -> None:
    shapes = {"images": ((count, 32, 32, 3), "u1"), "ids": ((count, MAX_TOKENS), "u2"), "kinds": ((count,), "u1")}
    arrays = {
        name: np.lib.format.open_memmap(paths[name], "w+", dtype, shape) for name, (shape, dtype) in shapes.items()
    }
    starts = range(0, count, _CHUNK)
    jobs = [(first + a, min(_CHUNK, count - a)) for a in starts]
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for a, part in zip(starts, pool.imap(_render, jobs), strict=True):
            for name, array in arrays.items():
                array[a : a + len(part[name])] = part[name]
    for array in arrays.values():
        array.flush()


def _render(job: tuple[int, int]) -> dict[str, NDArray[np.generic]]:
    first, count = job
    images = np.empty((count, 32, 32, 3), np.uint8)
    ids = np.zeros((count, MAX_TOKENS), np.uint16)
    kinds = np.empty(count, np.uint8)
    for row in range(count):
        item = example(first + row)
        images[row] = item.image
        kinds[row] = KINDS.index(item.scene.kind)
        found = tokenize(item.caption).ids
        ids[row, : len(found)] = found
    return {"images": images, "ids": ids, "kinds": kinds}


TRUTH = np.dtype(
    [
        ("present", "u1"),
        ("cx", "f4"),
        ("cy", "f4"),
        ("side", "f4"),
        ("style", "u1"),
        ("concept", "u2"),
        ("colours", "f4", (len(COLOURS),)),
    ]
)
"""What is true of one object: centre and side in pixels, and how much of it each colour covers."""


def load_truth(folder: Path, first: int, count: int) -> tuple[NDArray[np.uint8], NDArray[np.void]]:
    """Return pictures (n, 32, 32, 3) and truth (n, 4) of scenes, rendering them unless they are there."""
    paths = folder / f"truth-{first}-{count}.images.npy", folder / f"truth-{first}-{count}.labels.npy"
    if not all(path.exists() for path in paths):
        folder.mkdir(parents=True, exist_ok=True)
        images = np.empty((count, 32, 32, 3), np.uint8)
        labels = np.zeros((count, 4), TRUTH)
        for row in range(count):
            item = example(first + row)
            images[row] = item.image
            labels[row, : len(item.scene.objects)] = [_truth(placed) for placed in item.scene.objects]
        np.save(paths[0], images)
        np.save(paths[1], labels)
    return np.load(paths[0], mmap_mode="r"), np.load(paths[1])


def _truth(item: Placed) -> np.void:
    record = np.zeros((), TRUTH)
    record["present"], record["side"] = 1, item.side
    record["cx"], record["cy"] = item.x + item.side / 2, item.y + item.side / 2
    record["style"], record["concept"] = item.sprite.style, item.sprite.concept
    if item.colour is not None:
        record["colours"][COLOURS.index(item.colour)] = 1
    else:
        record["colours"] = np.array(item.sprite.shares) / sum(item.sprite.shares)
    return record[()]
