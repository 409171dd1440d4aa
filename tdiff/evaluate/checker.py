"""A detector that says what is in a picture: which objects, where, in which colour and style, on which ground.

Trained on its own scenes (`tdiff.train.checker`), it shares nothing with the networks that it judges.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import F32, U8
from tdiff.manifest import read_manifest
from tdiff.model.plain import conv3x3, conv_residual, group_norm_silu, unshuffled
from tdiff.model.transformer import Weights
from tdiff.paths import assets_dir
from tdiff.weights import read_weights
from tdiff.world.palette import COLOURS, PALETTE, TINTS
from tdiff.world.sprites import sprites

PARTS = {"centre": 1, "box": 3, "colour": len(COLOURS), "sprite": len(sprites())}
"""Channels of each prediction, in the order of the head."""

_CELL = 4.0  # pixels
_THRESHOLD = 0.5
_APART = 6.0  # pixels: nearer centres are one object seen twice
_SHARE = 0.3  # a colour counts as the object's if the checker gives it at least this


@dataclass(frozen=True, slots=True)
class Seen:
    """One object as the checker sees it.

    Attributes:
        concept: concept id.
        colours: colour terms that it could be called by, likeliest first.
        style: index of the drawing style.
        x, y: centre in pixels.
        side: size in pixels.
        score: how sure the checker is that there is an object, 0…1.
    """

    concept: int
    colours: tuple[str, ...]
    style: int
    x: float
    y: float
    side: float
    score: float


@dataclass(frozen=True, slots=True)
class Look:
    """What the checker sees in a picture: objects, surest first, and colour terms that fit the background."""

    objects: tuple[Seen, ...]
    grounds: tuple[str, ...]


def load_checker(folder: Path | None = None) -> "Checker":
    """Load the checker that ships with tdiff.

    Raises:
        WeightsError: its file is missing or damaged.
    """
    place = assets_dir() / "models" if folder is None else folder
    manifest = read_manifest(place)
    return Checker(read_weights(place / "checker.safetensors", manifest.files["checker"], manifest.shapes["checker"]))


class Checker:
    """The detector.

    Args:
        weights: its tensors.
    """

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def look(self, pictures: U8, batch: int = 64) -> list[Look]:
        """Say what is in each of (n, 32, 32, 3) pictures."""
        looks: list[Look] = []
        for first in range(0, len(pictures), batch):
            part = pictures[first : first + batch]
            cells = self._predict(part.astype(np.float32) / np.float32(127.5) - 1)
            looks += [Look(_objects(c), ground_terms(p)) for c, p in zip(cells, part, strict=True)]
        return looks

    def _predict(self, x: F32) -> F32:
        """(B, 32, 32, 3) → (B, 8, 8, channels)."""
        w = self._weights
        h = conv3x3(unshuffled(x), w, "stem")
        for name in _blocks(w, "fine"):
            h = conv_residual(h, w, name)
        h = conv3x3(h, w, "down", stride=2)
        for name in _blocks(w, "coarse"):
            h = conv_residual(h, w, name)
        result: F32 = group_norm_silu(h, w, "norm") @ w["head.weight"].T + w["head.bias"]
        return result


def ground_terms(picture: U8) -> tuple[str, ...]:
    """Colour terms that fit a plain background, nearest first; empty for an unnamed tint.

    The background is the median colour of the picture's border. A tint that nearly equals a named colour
    (off-white and white) fits both.
    """
    border = np.concatenate([picture[0], picture[-1], picture[1:-1, 0], picture[1:-1, -1]])
    tone = np.median(border, 0)
    named = {name: float(np.linalg.norm(tone - np.array(value))) for name, value in PALETTE.items()}
    tint = min(float(np.linalg.norm(tone - np.array(value))) for value in TINTS)
    nearest = min(named, key=lambda name: named[name])
    if named[nearest] > 60 or named[nearest] > tint + 12:
        return ()
    return (nearest,)


def _blocks(weights: Weights, name: str) -> Sequence[str]:
    return [f"{name}.{i}" for i in range(16) if f"{name}.{i}.conv1.weight" in weights]


def _objects(cells: F32) -> tuple[Seen, ...]:
    """Turn one picture's cells (8, 8, channels) into objects."""
    bounds = np.cumsum(list(PARTS.values()))[:-1]
    centre, box, colour, sprite = np.split(cells, bounds, -1)
    score = 1 / (1 + np.exp(-centre[..., 0]))
    found: list[Seen] = []
    for place in np.argsort(-score, axis=None):
        row, column = divmod(int(place), cells.shape[1])
        if score[row, column] < _THRESHOLD:
            break
        dx, dy, size = box[row, column]
        x, y = (column + 0.5 + dx) * _CELL, (row + 0.5 + dy) * _CELL
        if any(np.hypot(x - other.x, y - other.y) < _APART for other in found):
            continue
        concept, style = _meaning(sprite[row, column])
        found.append(
            Seen(
                concept=concept,
                colours=_colour_terms(colour[row, column]),
                style=style,
                x=float(x),
                y=float(y),
                side=float((size + 1) * 16),
                score=float(score[row, column]),
            )
        )
    return tuple(found)


def _colour_terms(logits: F32) -> tuple[str, ...]:
    shares = np.exp(logits - logits.max())
    shares = shares / shares.sum()
    order = np.argsort(-shares)
    return tuple(COLOURS[i] for i in order if i == order[0] or shares[i] >= _SHARE)


def _meaning(logits: F32) -> tuple[int, int]:
    """The likeliest concept over all its drawings, and the likeliest style for it."""
    concept_of, style_of = _drawings()
    shares = np.exp(logits - logits.max())
    concept = int(np.bincount(concept_of, shares).argmax())
    style = int(np.bincount(style_of, np.where(concept_of == concept, shares, 0)).argmax())
    return concept, style


@cache
def _drawings() -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Concept and style of every drawing."""
    return (
        np.array([sprite.concept for sprite in sprites()], np.intp),
        np.array([sprite.style for sprite in sprites()], np.intp),
    )
