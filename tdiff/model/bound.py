"""The denoiser bound to a batch of prompts and run in place: a call makes no array of any size.

What hangs on the prompt or the noise level alone is computed beforehand.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tdiff.model.attention import PromptMatrices
from tdiff.model.context import TextContext
from tdiff.model.conv import Conv
from tdiff.model.layout import F32, cells, cells_of_pictures
from tdiff.model.memory import Room
from tdiff.model.norm import silu_of_half
from tdiff.model.stage import Maps, Modulation

if TYPE_CHECKING:
    from tdiff.model.denoiser import SpriteDenoiser


class BoundDenoiser:
    """Predicts v for one batch. It owns its buffers, so it serves one caller at a time.

    Args:
        network: the weights.
        conditions: encoded prompts, one for each picture.
        modulate: times → for each, the modulation of every stage.
        times: every t that will be asked for; others are embedded when they come.
        keep_attention: keep each call's cross-attention maps in `attention`.
    """

    def __init__(
        self,
        network: "SpriteDenoiser",
        conditions: Sequence[TextContext],
        modulate: Callable[[Sequence[float]], list[list[Modulation]]],
        times: Sequence[float],
        keep_attention: bool,
    ) -> None:
        self._network, self._modulate = network, modulate
        self._ready = dict(zip(times, modulate(times), strict=True)) if times else {}
        lengths = [condition.length for condition in conditions]
        batch, longest = len(conditions), max(lengths)
        layers = zip(*(condition.layers for condition in conditions), strict=True)
        self._prompts = [PromptMatrices(contexts, lengths) for contexts in layers]
        room, (a, b, c), fine = Room(batch), network.widths, network.detail.channels_out
        self._stem, self._detail, self._last = Conv(room, 16, 12, a), Conv(room, 16, a, fine), Conv(room, 16, fine, 12)
        self._m16, self._m8, self._m4 = (Maps(room, *shape, longest) for shape in ((16, a), (8, b), (4, c)))
        room.scratch.restart()
        self._cells8, self._cells4 = room.scratch.empty(8, 8, batch, 4 * a), room.scratch.empty(4, 4, batch, 4 * b)
        self._fine = room.kept.empty(16, 16, batch, fine)
        self._tanh = room.kept.empty(16, 16, batch, fine)
        self._pixels = room.kept.empty(16, 16, batch, 12)
        self._v = np.empty((batch, 32, 32, 3), np.float32)
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
        if self.attention is not None:
            self.attention.clear()
        modulations = self._ready[t] if t in self._ready else self._modulate((t,))[0]
        walk = iter(zip(modulations, self._prompts, strict=True))
        m16, m8, m4, net = self._m16, self._m8, self._m4, self._network
        with np.errstate(over="ignore", invalid="ignore"):  # attention looks for overflow itself
            pixels = cells_of_pictures(x_t)
            self._stem.inside.reshape(pixels.shape)[...] = pixels
            self._stem(net.stem, m16.square)
            self._run("down16", m16, walk)
            self._shrink("shrink8", m16, self._cells8, m8)
            self._run("down8", m8, walk)
            self._shrink("shrink4", m8, self._cells4, m4)
            self._run("middle", m4, walk)
            self._grow("grow8", m4, self._cells4, m8)
            self._run("up8", m8, walk)
            self._grow("grow16", m8, self._cells8, m16)
            self._run("up16", m16, walk)
            self._to_pixels()
        return self._v

    def _run(self, part: str, maps: Maps, walk: Iterator[tuple[Modulation, PromptMatrices]]) -> None:
        for stage in self._network.stages[part]:
            attention = maps.run(stage, *next(walk))
            if self.attention is not None:
                self.attention.append(attention.copy())

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
        net, maps = self._network, self._m16
        maps.norm_silu(maps.square, *net.final_norm, self._detail.inside)
        self._detail(net.detail, self._fine)  # comes out halved
        silu_of_half(self._fine, self._tanh, self._last.inside)
        self._last(net.last, self._pixels)
        view = cells_of_pictures(self._v)
        np.copyto(view, self._pixels.reshape(view.shape))
