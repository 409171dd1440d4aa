"""A jigsaw? If the model pasted a picture together, each piece would come in a single step."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from tdiff.arrays import F64, U8
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing
from tdiff.pipeline import options_of, to_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_TILE = 8  # pixels along a side: 16 tiles
_MOST = 0.5  # of all that a tile changes: a step that makes more makes most of it
_FEW, _MANY = 3, 13  # tiles, as the options say


def jigsaw(bench: Bench) -> Iterator[Outcome]:
    """Count the tiles of the clean guess that make most of their change in a single step."""
    recipe = bench.plain(least=8)
    trace = bench.pipeline.trace(recipe)
    yield from playing(trace, ["now"])

    # Where guidance sets in, every tile changes at once: that is no piece, so only guesses from there on are followed.
    first = min(options_of(recipe).guided_from, len(trace) - 2)
    guesses = [to_pixels(step.x0[0]) for step in trace][first:]
    moves = np.stack([_moved(before, after) for before, after in pairwise(guesses)])  # (steps - 1, 4, 4)
    way = moves.sum(axis=0)
    # A tile that moves by less than one level of 255 in all was whole from the first guess on.
    largest = np.where(way >= 1, moves.max(axis=0) / np.maximum(way, 1), 1.0)
    pasted = int((largest > _MOST).sum())
    changed = [float((before != after).any(axis=-1).mean()) for before, after in pairwise(guesses)]
    half = max(len(trace) // 2, first + 1)
    yield Outcome(
        panes=(
            Pane(f"guess {first + 1}", guesses[0]),
            Pane(f"guess {half}: half way", guesses[half - 1 - first]),
            Pane("largest step, by tile", _map(largest), f"{largest.min():.0%} to {largest.max():.0%}"),
            Pane("finished", to_pixels(trace.final[0])),
        ),
        values={
            "pasted": pasted,
            "tiles": largest.size,
            "least": float(largest.min()),
            "most": float(largest.max()),
            "parameters": f"{bench.pipeline.info.parameters / 1e6:.1f} million",
            "steps": len(trace),
        },
        answer=0 if pasted <= _FEW else 1 if pasted < _MANY else 2,
        curves=(
            Curve("way covered", _numbers(first + 2, len(moves)), _covered(moves)),
            Curve("pixels changed", _numbers(first + 2, len(changed)), tuple(100 * each for each in changed)),
        ),
        x_label="clean guess",
        y_label="share, %",
    )


def _moved(before: U8, after: U8) -> F64:
    """How far each tile is from how it was a step before, on average over its pixels: (4, 4)."""
    count = len(before) // _TILE
    gap = np.abs(before.astype(np.float64) - after).mean(axis=-1)
    tiles: F64 = gap.reshape(count, _TILE, count, _TILE).mean(axis=(1, 3))
    return tiles


def _covered(moves: F64) -> tuple[float, ...]:
    """How much of the way of all tiles is behind after each step, in percent."""
    so_far = moves.sum(axis=(1, 2)).cumsum()
    return tuple(float(each) for each in 100 * so_far / max(float(so_far[-1]), 1e-12))


def _map(shares: F64) -> U8:
    """Shares (4, 4), 0 … 1, by brightness, as a picture."""
    level = np.rint(255 * shares).astype(np.uint8).repeat(_TILE, axis=0).repeat(_TILE, axis=1)
    return np.repeat(level[..., None], 3, axis=-1)


def _numbers(first: int, count: int) -> tuple[float, ...]:
    return tuple(float(number) for number in range(first, first + count))
