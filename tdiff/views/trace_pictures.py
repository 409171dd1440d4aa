"""The pictures of a recorded run, read from its file as they are looked at. Knows no widget."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.diffusion.guidance import guided_estimate
from tdiff.errors import TdiffError
from tdiff.traces.reader import TraceFile
from tdiff.traces.rgb import RgbMap, map_of

_KEPT: Final = 256
"""Steps whose pictures are kept in memory."""
_LEAST_ALPHA: Final = 1e-3
"""Share of picture in x_t below which dividing by it leaves nothing but rounding errors."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a step looked like: (H, W, 3) uint8 each."""

    x_t: U8
    eps: U8
    x0: U8


class TracePictures:
    """The steps of one picture of a trace.

    Args:
        trace: where they lie.
        number: which picture of its batch, from 0.
    """

    def __init__(self, trace: TraceFile, number: int = 0) -> None:
        self._trace, self._number = trace, number
        self._colours: RgbMap | None = map_of(trace.head)
        self._clip = bool((trace.head.recipe or {}).get("clip")) and trace.head.preview == "pixels"
        self._kept: OrderedDict[int, Seen] = OrderedDict()
        self._final: U8 | None = None

    def at(self, step: int) -> Seen:
        """What a step looked like.

        Raises:
            TraceError: the file has changed since it was opened.
        """
        if step in self._kept:
            self._kept.move_to_end(step)
            return self._kept[step]
        found = self._trace.previews(step)
        x_t, eps, x0 = (picture[self._number].copy() for picture in (found.x_t, found.eps, found.x0))
        seen = self._kept[step] = Seen(x_t, eps, x0)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return seen

    def final(self) -> U8 | None:
        """The finished picture in full size, or a preview of what the last step left; None where neither is there.

        Raises:
            TraceError: the file has changed since it was opened.
        """
        if self._final is None:
            found = self._trace.picture()
            found = self._trace.final() if found is None else found
            self._final = None if found is None else found[self._number].copy()
        return self._final

    def why_apart(self, step: int) -> str:
        """Why the two predictions of a step cannot be told apart; "" where they can."""
        if not self._trace.has_tensors:
            return "only previews were recorded: with tensors=True both predictions are kept"
        if self._trace.lines[step].apart is None:
            return "one prediction was recorded here, and w joins two: the model was not asked about the negative"
        if self._colours is None:
            return "this trace does not say how its latents become colours: record it again with this tdiff"
        return ""

    def why_fixed(self, step: int) -> str:
        """Why another guidance cannot be shown at a step; "" where it can."""
        why = self.why_apart(step)
        if not why and self._trace.lines[step].alpha < _LEAST_ALPHA:
            why = "x_t is pure noise at this step, so no clean guess follows from ε̂: → goes on"
        return why

    def guided(self, step: int, guidance: float) -> Seen:
        """What a step would have looked like with another guidance: both predictions are there, so no model is asked.

        Args:
            step: one at which `why_fixed` has no objection.
            guidance: w.

        Raises:
            TraceError: the file has changed since it was opened.
        """
        tensors, line, colours = self._trace.tensors(step), self._trace.lines[step], self._colours
        assert tensors is not None and tensors.eps_neg is not None and colours is not None
        own = slice(self._number, self._number + 1)
        weight: F32 = np.full((1, 1, 1, 1), guidance, np.float32)
        with np.errstate(all="ignore"):  # recorded numbers may be anything; what is not finite is shown as grey
            found = guided_estimate(
                tensors.x_t[own], tensors.eps_pos[own], tensors.eps_neg[own], weight, line.alpha, line.sigma, self._clip
            )
            eps, x0 = colours.noise(found.eps)[0], colours.picture(found.x0)[0]
        return Seen(self.at(step).x_t, eps, x0)

    def predictions(self, step: int) -> dict[str, U8]:
        """The predictions behind ε̂: with the prompt, with the negative, and what the prompt adds; {} for none.

        Raises:
            TraceError: the file has changed since it was opened.
        """
        if self.why_apart(step):
            return {}
        tensors, colours = self._trace.tensors(step), self._colours
        assert tensors is not None and tensors.eps_neg is not None and colours is not None
        own = slice(self._number, self._number + 1)
        positive, negative = tensors.eps_pos[own], tensors.eps_neg[own]
        with np.errstate(all="ignore"):
            parts = {"pos": positive, "neg": negative, "gap": positive - negative}
            return {name: colours.noise(part)[0] for name, part in parts.items()}

    def guess(self, place: int) -> U8 | None:
        """The clean guess of a step, or behind the last one the finished picture; None where it cannot be read."""
        try:
            return self.at(place).x0 if place < len(self._trace) else self.final()
        except TdiffError:
            return None
