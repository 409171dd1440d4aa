"""A jigsaw? If pieces were pasted in one after another, half of them would be final after half the steps."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from tdiff.arrays import I16, U8, Mask
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing
from tdiff.pipeline import to_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_TILE = 8  # pixels along a side: 16 tiles
_CLOSE = 4  # levels of 255 that the eye does not see
_MOST = 0.9  # of a tile's pixels
_FEW, _MANY = 3, 13
_GRAY = 128


def jigsaw(bench: Bench) -> Iterator[Outcome]:
    """Count the tiles of each clean guess that already are as in the finished picture."""
    recipe = bench.plain(least=8)
    trace = bench.pipeline.trace(recipe)
    yield from playing(trace, ["now"])

    guesses = [to_pixels(step.x0[0]).astype(np.int16) for step in trace]
    finished = to_pixels(trace.final[0]).astype(np.int16)
    final = [_final_tiles(guess, finished) for guess in guesses]  # each (4, 4) bool
    changed = [float((np.abs(after - before).max(axis=-1) >= 1).mean()) for before, after in pairwise(guesses)]
    half = len(trace) // 2
    settled = int(final[half - 1].sum())
    yield Outcome(
        panes=(
            Pane("guess 1", to_pixels(trace[0].x0[0])),
            Pane(f"guess {half}: half way", to_pixels(trace[half - 1].x0[0])),
            Pane("its final tiles", _only(guesses[half - 1], final[half - 1]), f"{settled} of {final[0].size}"),
            Pane("finished", to_pixels(trace.final[0])),
        ),
        values={
            "settled": settled,
            "changed": float(np.mean(changed)),
            "parameters": f"{bench.pipeline.info.parameters / 1e6:.1f} million",
            "half": half,
            "steps": len(trace),
        },
        answer=0 if settled <= _FEW else 2 if settled >= _MANY else 1,
        curves=(
            Curve("final tiles", _numbers(1, len(final)), tuple(100 * float(tiles.mean()) for tiles in final)),
            Curve("pixels changed", _numbers(2, len(changed)), tuple(100 * share for share in changed)),
        ),
        x_label="clean guess",
        y_label="share, %",
    )


def _final_tiles(guess: I16, finished: I16) -> Mask:
    """Which tiles show what they will show in the end, but for a tenth of their pixels: (4, 4)."""
    count = len(guess) // _TILE
    close = np.abs(guess - finished).max(axis=-1) <= _CLOSE  # (H, W)
    tiles: Mask = close.reshape(count, _TILE, count, _TILE).mean(axis=(1, 3)) >= _MOST
    return tiles


def _only(guess: I16, tiles: Mask) -> U8:
    """The guess with every other tile in gray."""
    mask = tiles.repeat(_TILE, axis=0).repeat(_TILE, axis=1)[..., None]
    return np.where(mask, guess, _GRAY).astype(np.uint8)


def _numbers(first: int, count: int) -> tuple[float, ...]:
    return tuple(float(number) for number in range(first, first + count))
