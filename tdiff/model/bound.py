"""The denoiser bound to a batch of prompts and run in place: a call makes no array of any size.

What hangs on the prompt or the noise level alone is computed beforehand.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tdiff.model.attention import PromptMatrices
from tdiff.model.context import TextContext
from tdiff.model.conv import Conv
from tdiff.model.layout import cells
from tdiff.model.norm import normalise_silu_negated, silu_of_negated
from tdiff.model.stage import Maps, Modulation

if TYPE_CHECKING:
    from tdiff.model.denoiser import SpriteDenoiser

F32 = NDArray[np.float32]


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
        a, b, c = (network.stages[part][0].channels for part in ("down16", "down8", "middle"))
        self._m16, self._m8, self._m4 = (
            Maps(batch, side, channels, longest) for side, channels in ((16, a), (8, b), (4, c))
        )
        self._cells8 = np.empty((batch, 8, 8, 4 * a), np.float32)
        self._cells4 = np.empty((batch, 4, 4, 4 * b), np.float32)
        self._stem, self._detail = Conv(batch, 16, 12, a), Conv(batch, 16, a, network.detail.channels_out)
        self._last = Conv(batch, 16, network.detail.channels_out, 12)
        self._fine = np.empty((batch, 16, 16, network.detail.channels_out), np.float32)
        self._fine_scratch = np.empty_like(self._fine)
        self._pixels = np.empty((batch, 16, 16, 12), np.float32)
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
        self._stem.inside.reshape(cells(x_t).shape)[...] = cells(x_t)
        self._stem(net.stem, m16.square, add=False)
        self._run("down16", m16, walk)
        self._shrink("shrink8", m16, self._cells8, m8)
        self._run("down8", m8, walk)
        self._shrink("shrink4", m8, self._cells4, m4)
        self._run("middle", m4, walk)
        self._grow("grow8", m4, self._cells4, m8)
        self._run("up8", m8, walk)
        self._grow("grow16", m8, self._cells8, m16)
        self._run("up16", m16, walk)
        return self._to_pixels()

    def _run(self, part: str, maps: Maps, walk: Iterator[tuple[Modulation, PromptMatrices]]) -> None:
        for stage in self._network.stages[part]:
            modulation, prompt = next(walk)
            scores = maps.run(stage, modulation, prompt)
            if self.attention is not None:
                batch, places, _ = scores.shape
                by_head = scores.reshape(batch, places, prompt.heads, prompt.longest)
                self.attention.append(by_head.transpose(0, 2, 1, 3).copy())

    def _shrink(self, name: str, fine: Maps, buffer: F32, coarse: Maps) -> None:
        """Each cell of 2×2 places becomes one place of the coarser map."""
        matrix, bias = self._network.resamplers[name]
        view = cells(fine.square)
        np.copyto(buffer.reshape(view.shape), view)
        rows = coarse.flat.shape[0] * coarse.flat.shape[1]
        np.matmul(buffer.reshape(rows, -1), matrix, out=coarse.flat.reshape(rows, -1))
        np.add(coarse.flat, bias, out=coarse.flat)

    def _grow(self, name: str, coarse: Maps, buffer: F32, fine: Maps) -> None:
        """Each place becomes a cell of 2×2, added to the finer map that waited since the way down."""
        matrix, bias = self._network.resamplers[name]
        rows = coarse.flat.shape[0] * coarse.flat.shape[1]
        np.matmul(coarse.flat.reshape(rows, -1), matrix, out=buffer.reshape(rows, -1))
        np.add(buffer, bias, out=buffer)
        view = cells(fine.square)
        np.add(view, buffer.reshape(view.shape), out=view)

    def _to_pixels(self) -> F32:
        net, maps = self._network, self._m16
        scale, shift = maps.norm.scale_shift(maps.flat)
        gamma, beta = net.final_norm
        normalise_silu_negated(maps.flat, scale * gamma, shift * gamma + beta, maps.scratch, self._detail.inside)
        self._detail(net.detail, self._fine, add=False)  # comes out negated
        silu_of_negated(self._fine, self._fine_scratch, self._last.inside)
        self._last(net.last, self._pixels, add=False)
        view = cells(self._v)
        np.copyto(view, self._pixels.reshape(view.shape))
        return self._v
