"""The training set as arrays in a cache folder: rendered once, then memory-mapped."""

import multiprocessing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import U8, Mask
from tdiff.prompt.tokenizer import tokenize
from tdiff.prompt.vocabulary import MAX_TOKENS
from tdiff.train.facts import LENGTH, MOST, fact_ids
from tdiff.train.likeness import OBJECTS, shown_things
from tdiff.train.whereabouts import boxes
from tdiff.world.captions import colourless_caption, full_caption
from tdiff.world.concepts import concepts
from tdiff.world.dataset import WORLD_VERSION, example
from tdiff.world.scenes import exchanged, render
from tdiff.world.sprites import sprites

KINDS = ("single", "pair", "count")
_CHUNK = 2000
_LAYOUT = 7  # of the arrays: one more whenever what they hold changes
_NAMES = ("images", "twins", "ids", "kinds", "full", "open", "facts", "things", "boxes")


@dataclass(frozen=True, slots=True)
class SceneArrays:
    """Scenes first … first+n-1.

    Attributes:
        images: (n, 32, 32, 3) uint8.
        twins: (n, 32, 32, 3) uint8, pairs with their two things exchanged; of other scenes zeros.
        ids: (n, 16) uint16 token ids, zero-padded.
        kinds: (n,) uint8, index into KINDS.
        full: (n, 16) uint16 token ids of captions that leave nothing out.
        open: (n, 16) uint16 token ids of captions that leave every object's colour open.
        facts: (n, 8, 3) uint16 token ids of single facts.
        things: (n, 2, 2) uint16 sprite and paint of the different things shown, see `likeness.shown_things`.
        boxes: (n, 2, 4) uint8 left, top, right and bottom of these things, see `whereabouts.boxes`.
    """

    images: U8
    twins: U8
    ids: NDArray[np.uint16]
    kinds: U8
    full: NDArray[np.uint16]
    open: NDArray[np.uint16]
    facts: NDArray[np.uint16]
    things: NDArray[np.uint16]
    boxes: U8


def offered_rows(data: SceneArrays) -> Mask:
    """Say of each scene, (n,), whether prompts may use every noun that it shows."""
    of_sprite = np.array([*(concepts()[sprite.concept].offered for sprite in sprites()), True])  # the last: nothing
    return np.asarray(of_sprite[data.things[:, :, 0]].all(1))


def load_scenes(folder: Path, first: int, count: int, workers: int = 1) -> SceneArrays:
    """Return scenes first … first+count-1, rendering them into `folder` unless they are there."""
    stem = folder / f"world{WORLD_VERSION}-{_LAYOUT}-{first}-{count}"
    done = stem.with_suffix(".done")
    paths = {name: Path(f"{stem}.{name}.npy") for name in _NAMES}
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _render_all(paths, first, count, workers)
        done.touch()
    return SceneArrays(**{name: np.load(path, mmap_mode="c") for name, path in paths.items()})


def _render_all(paths: dict[str, Path], first: int, count: int, workers: int) -> None:
    shapes = {
        "images": ((count, 32, 32, 3), "u1"),
        "twins": ((count, 32, 32, 3), "u1"),
        "ids": ((count, MAX_TOKENS), "u2"),
        "kinds": ((count,), "u1"),
        "full": ((count, MAX_TOKENS), "u2"),
        "open": ((count, MAX_TOKENS), "u2"),
        "facts": ((count, MOST, LENGTH), "u2"),
        "things": ((count, OBJECTS, 2), "u2"),
        "boxes": ((count, OBJECTS, 4), "u1"),
    }
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
    rng = np.random.default_rng(first)
    images, twins = np.empty((count, 32, 32, 3), np.uint8), np.zeros((count, 32, 32, 3), np.uint8)
    captions = {name: np.zeros((count, MAX_TOKENS), np.uint16) for name in ("ids", "full", "open")}
    kinds = np.empty(count, np.uint8)
    facts = np.empty((count, MOST, LENGTH), np.uint16)
    things, placed = np.empty((count, OBJECTS, 2), np.uint16), np.empty((count, OBJECTS, 4), np.uint8)
    for row in range(count):
        item = example(first + row)
        scene = item.scene
        images[row] = item.image
        kinds[row] = KINDS.index(scene.kind)
        texts = {
            "ids": item.caption,
            "full": full_caption(scene, rng),
            "open": colourless_caption(scene, rng),
        }
        for name, text in texts.items():
            found = tokenize(text).ids[:MAX_TOKENS]
            captions[name][row, : len(found)] = found
        facts[row] = fact_ids(scene)
        things[row], placed[row] = shown_things(scene), boxes(scene)
        if scene.kind == "pair":
            twins[row] = render(exchanged(scene))
    return {
        "images": images,
        "twins": twins,
        "kinds": kinds,
        "facts": facts,
        "things": things,
        "boxes": placed,
        **captions,
    }
