"""Make the short codes of all training scenes: `python -m tdiff.train.codes --state-dir DIR [--out FILE]`.

Some three minutes on one core where the scenes are rendered. The file depends on the world alone, not on any weights.
"""

import argparse
import io
import time
from pathlib import Path

import numpy as np

from tdiff.arrays import F32, I64, U8, Floats
from tdiff.evaluate.memorisation import NEIGHBOURS
from tdiff.evaluate.memorisation_codes import (
    COUNT,
    GROUPS,
    LETTERS,
    NAME,
    SINGLE,
    WIDTH,
    Codes,
    coarse,
    nearest_letter,
    read_codes,
)
from tdiff.files import write_atomic
from tdiff.paths import assets_dir
from tdiff.train.data import load_scenes
from tdiff.world.dataset import TRAIN_SIZE, WORLD_VERSION, described

_SAMPLE = 60_000  # scenes that axes and letters are fitted to
_ROUNDS = 25  # of k-means
_CHUNK = 20_000
_ASKED = 200  # held-out scenes that recall is measured on


def main() -> None:
    """Parse arguments, fit, encode, write, and say how often the true nearest scenes are among the candidates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True, help="holds data/, as for the other trainings")
    parser.add_argument("--out", type=Path, default=assets_dir() / NAME)
    parser.add_argument("--recall-only", action="store_true", help="measure the file that is there")
    options = parser.parse_args()
    data = options.state_dir / "data"
    images = load_scenes(data, 0, TRAIN_SIZE).images
    began = time.perf_counter()
    if not options.recall_only:
        content = _bytes(images)
        write_atomic(options.out, content, overwrite=True)
        print(f"{time.perf_counter() - began:5.0f} s  {options.out}: {len(content):,} bytes")
    asked = np.asarray(load_scenes(data, TRAIN_SIZE, 8000).images[:_ASKED])
    for line in recall(read_codes(options.out), images, asked):
        print(line)


def recall(codes: Codes, images: U8, asked: U8, counts: tuple[int, ...] = (100, 200, 300, 500, 1000)) -> list[str]:
    """Compare the candidates of codes with exact distances over all scenes.

    Args:
        codes: what to measure.
        images: (n, 32, 32, 3) all training scenes.
        asked: (m, 32, 32, 3) pictures that are looked for.
        counts: numbers of candidates.
    """
    true = _nearest(images, asked)  # (m, 50)
    lines = ["candidates  nearest found  of the 50 nearest found"]
    for count in counts:
        found = [codes.candidates(picture, count) for picture in asked]
        first = np.mean([row[0] in each for row, each in zip(true, found, strict=True)])
        fifty = np.mean([np.isin(row, each).mean() for row, each in zip(true, found, strict=True)])
        lines.append(f"{count:10}  {first:13.3f}  {fifty:23.3f}")
    return lines


def _bytes(images: U8) -> bytes:
    """Fit, encode every scene, and pack."""
    rng = np.random.default_rng(0)
    sample = images[np.sort(rng.choice(len(images), _SAMPLE, replace=False))]
    mean, axes = _axes(coarse(sample))
    numbers = ((coarse(sample) - mean) @ axes).reshape(len(sample), GROUPS, WIDTH)
    centroids = np.stack([_k_means(numbers[:, group], rng) for group in range(GROUPS)])
    halves = {"mean": mean, "axes": axes, "centroids": centroids}
    arrays = {name: values.astype(np.float16) for name, values in halves.items()}
    first, second = _nouns()
    as_read = {name: values.astype(np.float32) for name, values in arrays.items()}
    kept = Codes(**as_read, codes=np.zeros((GROUPS, 0), np.uint8), first=first, second=second)
    codes = [kept.encode(images[start : start + _CHUNK]) for start in range(0, len(images), _CHUNK)]
    file = io.BytesIO()
    np.savez_compressed(
        file,
        world=np.array([WORLD_VERSION, TRAIN_SIZE], np.int32),
        **arrays,  # type: ignore[arg-type]  # as the stub has no keywords but its own
        codes=np.concatenate(codes, axis=1),
        first=first,
        second=second,
    )
    return file.getvalue()


def _axes(pictures: F32) -> tuple[F32, F32]:
    """Mean and principal axes, dealt out so that the variances of each group have about the same product."""
    mean = pictures.mean(axis=0)
    variances, vectors = np.linalg.eigh(np.cov((pictures - mean).T))
    order = np.argsort(-variances)[: GROUPS * WIDTH]
    groups: list[list[int]] = [[] for _ in range(GROUPS)]
    logs = np.zeros(GROUPS)
    for place in order:
        free = [group for group in range(GROUPS) if len(groups[group]) < WIDTH]
        least = min(free, key=lambda group: (len(groups[group]) > 0, logs[group]))
        groups[least].append(int(place))
        logs[least] += np.log(variances[place])
    return mean, vectors[:, [place for group in groups for place in group]].astype(np.float32)


def _k_means(numbers: Floats, rng: np.random.Generator) -> Floats:
    """256 typical ones of (n, 8) numbers (Lloyd 1982); one that nothing is nearest to is drawn anew."""
    letters = numbers[rng.choice(len(numbers), LETTERS, replace=False)]
    for _ in range(_ROUNDS):
        nearest = nearest_letter(numbers, letters)
        counts = np.bincount(nearest, minlength=LETTERS)
        sums = np.stack([np.bincount(nearest, column, LETTERS) for column in numbers.T], axis=1)
        drawn = numbers[rng.choice(len(numbers), LETTERS)]
        letters = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], drawn).astype(np.float32)
    return letters


def _nouns() -> tuple[U8, U8]:
    """Concept ids of every scene's objects, as `Codes` has them."""
    first, second = np.empty(TRAIN_SIZE, np.uint8), np.empty(TRAIN_SIZE, np.uint8)
    for index in range(TRAIN_SIZE):
        scene, _ = described(index)
        first[index] = scene.objects[0].sprite.concept
        others = {"single": SINGLE, "count": COUNT}
        second[index] = others.get(scene.kind, scene.objects[-1].sprite.concept)
    return first, second


def _nearest(images: U8, asked: U8) -> I64:
    """The 50 nearest of all scenes to each picture, by exact distance, nearest first."""
    wanted = asked.reshape(len(asked), -1).astype(np.float32)
    best: F32 = np.empty((len(asked), 0), np.float32)
    places: I64 = np.empty((len(asked), 0), np.int64)
    for start in range(0, len(images), _CHUNK):
        part = images[start : start + _CHUNK].reshape(-1, wanted.shape[1]).astype(np.float32)
        squared = np.square(part).sum(axis=1) - 2 * wanted @ part.T
        best = np.concatenate([best, squared], axis=1)
        places = np.concatenate([places, np.broadcast_to(np.arange(start, start + len(part)), squared.shape)], axis=1)
        kept = np.argsort(best, axis=1)[:, :NEIGHBOURS]
        best, places = np.take_along_axis(best, kept, 1), np.take_along_axis(places, kept, 1)
    return places


if __name__ == "__main__":
    main()
