"""The forward process: a real scene, a noise level, and the mixture, one jump from one to the other."""

from dataclasses import replace

import numpy as np

from tdiff.arrays import F32
from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import LabView, as_figures
from tdiff.lessons.core.rewording import bare
from tdiff.lessons.forward.forward_lab import BLIND, Forward
from tdiff.pipeline import from_pixels
from tdiff.views.figures import Figure
from tdiff.views.places import Places

_LEVELS = 20
_CAPTIONS = 24  # that a picture is matched to, as many as on the card
_MATCHED = "matched"  # the model is told nothing, and mixture and guess are matched to captions


class ForwardView(LabView):
    """The scrubber is the noise level.

    Args:
        context: whose model says what noise it sees.
    """

    starts = frozenset({_MATCHED})
    scrubber_words = ("level", "change")
    title = "Hands on: add noise"
    keys = (
        ("← →", "noise"),
        ("r", "other noise"),
        ("enter", "other scene"),
        ("o", "own picture"),
        ("l", "closes"),
    )
    brings = "It is cut square and reduced to 32×32; then any level of noise is one jump from it."

    def __init__(self, context: LabContext) -> None:
        self._pipeline = context.bench.pipeline
        self._place, self._seed = _LEVELS // 2, 0
        self._matched = context.start == _MATCHED
        self._captions: tuple[str, ...] = ()
        self._fits: tuple[str, ...] = ()
        if context.brought is None:
            self._take(Forward.of_scene(0))
        else:
            self._take(Forward(from_pixels(context.brought)), "the start picture on the bench")

    def _take(self, forward: Forward, name: str = "") -> None:
        """Another picture, and the captions that it is matched to; they stay while level and noise change."""
        self._forward, self._name = forward, name
        if self._matched:
            self._captions = forward.captions(_CAPTIONS)
        self._look()

    def _look(self) -> None:
        asked = replace(self._forward, caption="") if self._matched else self._forward
        self.state = asked.at(self._place / _LEVELS, self._pipeline)
        if self._matched and self.state.x0_hat is not None:
            pictures = np.stack([self.state.x_t, self.state.x0_hat]).clip(-1, 1)
            fits = self._pipeline.similarity(self._captions, pictures)
            self._fits = tuple(self._captions[best] for best in fits.argmax(axis=0))

    def figures(self) -> tuple[Figure, ...]:
        """Mixture, noise, what the model takes for it, by how much it is wrong, and the clean picture."""
        return as_figures(self.state.panes())

    def places(self) -> Places:
        """One for each twentieth of noise."""
        return _LEVELS, _LEVELS, self._place, self.state.sigma, ()

    def text(self) -> str:
        """The formula with live numbers."""
        if self._forward.scene is None:
            said = f"Your picture, {self._name}: the model is told nothing of it. "
        else:
            said = f"Training scene {self._forward.scene}, “{self._forward.caption}”. "
            said += "The model is told nothing. " if self._matched else ""
        return f"{said}Any level is one jump, not a chain:\n\n{self.state.formula}"

    def table(self) -> tuple[tuple[str, ...], ...]:
        """How wrong the model is here."""
        if self.state.error is None:
            return ()
        return (
            ("", "here"),
            ("noise level σ", f"{self.state.sigma:.0%}"),
            ("model's ε̂ is off by", f"{self.state.error:.3f}"),
            ("a blind guess by", f"{BLIND:.2f}"),
            *zip(("mixture matched to", "clean guess to"), map(bare, self._fits), strict=False),
        )

    def move(self, place: int) -> None:
        self._place = min(max(place, 0), _LEVELS)
        self._look()

    def go_on(self) -> None:
        self._take(self._forward.browse(1))

    def bring(self, picture: F32, name: str) -> None:
        """A picture of one's own, with the same noise."""
        self._take(Forward(picture, self._seed), name)

    def reseed(self) -> None:
        self._seed += 1
        self._forward = self._forward.reseeded(self._seed)
        self._look()
