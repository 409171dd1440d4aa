"""How what a model denoises is shown: pixels as they are, latents in the colours that their decoder gives them."""

from collections.abc import Callable
from functools import partial
from typing import Final, Protocol
from weakref import WeakKeyDictionary

from tdiff.arrays import F32, U8
from tdiff.diffusion import COSINE, PICTURE, Schedule, Shape, Trace, noise
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.traces.own import colours_of
from tdiff.traces.rgb import RgbMap, plain_map

NOISE_SCALE: Final = 0.5
"""Noise is drawn at half strength, so that two standard deviations fill the range of colours."""


class Looks(Protocol):
    """What views ask about a model to show its runs."""

    schedule: Schedule
    """Its noise levels."""

    def picture(self, x: F32) -> U8:
        """A noisy or a clean picture (h, w, C) as (H, W, 3) uint8."""
        ...

    def noise(self, eps: F32) -> U8:
        """A prediction (h, w, C), likewise, around grey."""
        ...

    def decoder(self, x0: F32) -> Callable[[], U8] | None:
        """What makes the picture of a clean guess (h, w, C) in full, which takes long; None where `picture` does."""
        ...

    def starting(self, seed: int) -> U8:
        """The noise that a run starts from; no model needed for it."""
        ...

    def develop(self, trace: Trace) -> None:
        """Make ready what takes long, in a thread: the picture of a finished run."""
        ...

    def finished(self, trace: Trace) -> U8:
        """The picture of a finished run, (H, W, 3)."""
        ...


class PixelLooks:
    """Of a model that draws pixels."""

    schedule: Schedule = COSINE

    def picture(self, x: F32) -> U8:
        """Its pixels."""
        return to_pixels(x)

    def noise(self, eps: F32) -> U8:
        """At half strength."""
        return to_pixels(NOISE_SCALE * eps)

    def decoder(self, x0: F32) -> None:
        """None: its pixels are all there is."""

    def starting(self, seed: int) -> U8:
        """The noise of a seed."""
        return to_pixels(noise(seed, PICTURE))

    def develop(self, trace: Trace) -> None:
        """Nothing takes long."""

    def finished(self, trace: Trace) -> U8:
        """What the last step left."""
        return to_pixels(trace.final[0])


class LatentLooks:
    """Of a model that denoises latents.

    Args:
        colours: shows latents while a run is on its way.
        decode: makes a picture of what its last step left.
        shape: of the latents.
        schedule: the model's noise levels.
    """

    def __init__(self, colours: RgbMap, decode: Callable[[F32], U8], shape: Shape, schedule: Schedule) -> None:
        self._colours, self._decode, self._shape = colours, decode, shape
        self.schedule: Schedule = schedule
        self._developed: WeakKeyDictionary[Trace, U8] = WeakKeyDictionary()

    def picture(self, x: F32) -> U8:
        """By the linear map."""
        shown: U8 = self._colours.picture(x[None])[0]
        return shown

    def noise(self, eps: F32) -> U8:
        """Likewise, at half strength."""
        shown: U8 = self._colours.noise(eps[None])[0]
        return shown

    def decoder(self, x0: F32) -> Callable[[], U8]:
        """The checkpoint's own."""
        return lambda: self._decode(x0[None])[0]

    def starting(self, seed: int) -> U8:
        """The noise of a seed."""
        return self.picture(noise(seed, self._shape))

    def develop(self, trace: Trace) -> None:
        """Decode it, once."""
        if trace.finished and trace not in self._developed:
            self._developed[trace] = self._decode(trace.final)[0]

    def finished(self, trace: Trace) -> U8:
        """Decoded; until that is done, by the linear map."""
        developed = self._developed.get(trace)
        return self.picture(trace.final[0]) if developed is None else developed


PIXELS: Final = PixelLooks()
"""Of the model that ships with tdiff."""


def looks_of(pipeline: Pipeline) -> Looks:
    """How the runs of a model are shown; for latents a map to colours is fitted to the decoder, which takes a while."""
    model = pipeline.model
    if model.shape[-1] == PICTURE[-1]:
        return PIXELS
    return LatentLooks(
        colours_of(pipeline) or plain_map(model.shape[-1]), partial(_decoded, pipeline), model.shape, model.schedule
    )


def _decoded(pipeline: Pipeline, x0: F32) -> U8:
    return pipeline.model.decode(x0)
