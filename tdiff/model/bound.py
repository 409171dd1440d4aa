"""The denoiser bound to a batch of prompts and run in place: a call makes no array of any size.

What hangs on the prompt or the noise level alone is computed beforehand.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tdiff.arrays import F32
from tdiff.model.attention import PromptMatrices
from tdiff.model.context import TextContext
from tdiff.model.layout import cells, cells_of_pictures
from tdiff.model.norm import silu_of_half
from tdiff.model.stage import Maps, Modulation
from tdiff.model.workspace import Workspace

if TYPE_CHECKING:
    from tdiff.model.denoiser import SpriteDenoiser

Modulate = Callable[[Sequence[float], F32], list[list[Modulation]]]
"""Times and pooled prompts (B, 256) → for each time, the modulation of every stage."""


class BoundDenoiser:
    """Predicts v for a batch. It owns its buffers, so it serves one caller at a time.

    A large batch is run a few pictures at a time, so that maps stay in the processor's cache.

    Args:
        network: the weights.
        conditions: encoded prompts, one for each picture.
        modulate: how times and prompts become modulations.
        times: every t that will be asked for; others are embedded when they come.
        keep_attention: keep each call's cross-attention maps in `attention`.
    """

    MOST = 8
    """Pictures run side by side (docs/performance.md)."""

    def __init__(
        self,
        network: "SpriteDenoiser",
        conditions: Sequence[TextContext],
        modulate: Modulate,
        times: Sequence[float],
        keep_attention: bool = False,
    ) -> None:
        count = len(conditions)
        longest = max(condition.length for condition in conditions)
        rounds = -(-count // self.MOST)
        pieces = [slice(a, b) for a, b in pairwise(count * i // rounds for i in range(rounds + 1))]
        spaces = {
            size: Workspace(size, network.widths, network.detail.channels_out, longest)
            for size in {piece.stop - piece.start for piece in pieces}
        }
        self._parts = [
            (piece, _Part(network, conditions[piece], modulate, times, spaces[piece.stop - piece.start]))
            for piece in pieces
        ]
        self._v = np.empty((count, 32, 32, 3), np.float32)
        self.attention: list[F32] | None = [] if keep_attention else None
        """After a call: for each cross-attention layer (B, heads, HW, L), rows summing to 1."""

    def __call__(self, x_t: F32, t: float) -> F32:
        """Predict v.

        Args:
            x_t: (B, 32, 32, 3) float32.
            t: in [0, 1].

        Returns:
            (B, 32, 32, 3) float32: a buffer that the next call overwrites.
        """
        maps: list[list[F32]] = []
        with np.errstate(over="ignore", invalid="ignore"):  # attention looks for overflow itself
            for places, part in self._parts:
                seen: list[F32] | None = None if self.attention is None else []
                self._v[places] = part.predict(x_t[places], t, seen)
                maps.append(seen or [])
        if self.attention is not None:
            self.attention[:] = [np.concatenate(layer) for layer in zip(*maps, strict=True)]
        return self._v


class _Part:
    """The network bound to as many pictures as run side by side, in a workspace that others may share."""

    def __init__(
        self,
        network: "SpriteDenoiser",
        conditions: Sequence[TextContext],
        modulate: Modulate,
        times: Sequence[float],
        workspace: Workspace,
    ) -> None:
        self._network, self._modulate, self._workspace = network, modulate, workspace
        self._pooled = np.stack([condition.pooled for condition in conditions])
        self._ready = dict(zip(times, modulate(times, self._pooled), strict=True)) if times else {}
        layers = zip(*(condition.layers for condition in conditions), strict=True)
        self._prompts = [PromptMatrices(contexts, workspace.longest) for contexts in layers]

    def predict(self, x_t: F32, t: float, seen: list[F32] | None) -> F32:
        """Return v, a buffer; append the cross-attention maps to `seen`."""
        modulations = self._ready[t] if t in self._ready else self._modulate((t,), self._pooled)[0]
        walk = iter(zip(modulations, self._prompts, strict=True))
        space, net = self._workspace, self._network
        pixels = cells_of_pictures(x_t)
        space.stem.inside.reshape(pixels.shape)[...] = pixels
        space.stem(net.stem, space.maps16.square)
        self._run("down16", space.maps16, walk, seen)
        self._shrink("shrink8", space.maps16, space.cells8, space.maps8)
        self._run("down8", space.maps8, walk, seen)
        self._shrink("shrink4", space.maps8, space.cells4, space.maps4)
        self._run("middle", space.maps4, walk, seen)
        self._grow("grow8", space.maps4, space.cells4, space.maps8)
        self._run("up8", space.maps8, walk, seen)
        self._grow("grow16", space.maps8, space.cells8, space.maps16)
        self._run("up16", space.maps16, walk, seen)
        self._to_pixels()
        return space.v

    def _run(
        self, part: str, maps: Maps, walk: Iterator[tuple[Modulation, PromptMatrices]], seen: list[F32] | None
    ) -> None:
        for stage in self._network.stages[part]:
            attention = maps.run(stage, *next(walk))
            if seen is not None:
                seen.append(attention.copy())

    def _shrink(self, name: str, fine: Maps, buffer: F32, coarse: Maps) -> None:
        """Each cell of 2×2 places becomes one place of the coarser map."""
        matrix, bias = self._network.resamplers[name]
        view = cells(fine.square)
        np.copyto(buffer.reshape(view.shape), view)
        np.matmul(buffer.reshape(len(coarse.rows), -1), matrix, coarse.rows)
        np.add(coarse.rows, bias, coarse.rows)

    def _grow(self, name: str, coarse: Maps, buffer: F32, fine: Maps) -> None:
        """Each place becomes a cell of 2×2, added to the finer map that waited since the way down."""
        matrix, bias = self._network.resamplers[name]
        rows = buffer.reshape(len(coarse.rows), -1)
        np.matmul(coarse.rows, matrix, rows)
        np.add(rows, bias, rows)
        view = cells(fine.square)
        np.add(view, buffer.reshape(view.shape), view)

    def _to_pixels(self) -> None:
        space, net = self._workspace, self._network
        space.maps16.norm_silu(space.maps16.square, *net.final_norm, space.detail.inside)
        space.detail(net.detail, space.fine)  # comes out halved
        silu_of_half(space.fine, space.tanh, space.last.inside)
        space.last(net.last, space.pixels)
        view = cells_of_pictures(space.v)
        np.copyto(view, space.pixels.reshape(view.shape))
