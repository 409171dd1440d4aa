"""The forward process: a clean picture at any noise level, and what the model takes for noise there."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Level, add_noise, mean_abs_difference, noise
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.asking import ask, level_at
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.showing import noise_pixels
from tdiff.pipeline import Pipeline, from_pixels, to_pixels
from tdiff.views.figures import Pane
from tdiff.world.dataset import TRAIN_SIZE, example, offered_from

BLIND: Final = 1.13
"""How far apart two independent noises are, 2/√π: what a guess without a look would be off by."""


@dataclass(frozen=True, slots=True, eq=False)
class ForwardState:
    """A picture at a noise level; arrays are (32, 32, 3) float32.

    Attributes:
        x0: the clean picture.
        eps: the noise that was mixed in.
        x_t: the mixture.
        level: time, α and σ.
        eps_hat: what the model takes for noise; None where it was not asked.
        x0_hat: what is left without that, not clipped; None likewise.
    """

    x0: F32
    eps: F32
    x_t: F32
    level: Level
    eps_hat: F32 | None = None
    x0_hat: F32 | None = None

    @property
    def alpha(self) -> float:
        return self.level.alpha

    @property
    def sigma(self) -> float:
        """Share of noise: the noise level."""
        return self.level.sigma

    @property
    def formula(self) -> str:
        """The mixture in numbers, such as "x_t = 0.71·x₀ + 0.70·ε"."""
        return f"x_t = {self.alpha:.2f}·x₀ + {self.sigma:.2f}·ε"

    @property
    def difference(self) -> F32 | None:
        """|ε̂ − ε|; None where the model was not asked."""
        return None if self.eps_hat is None else np.abs(self.eps_hat - self.eps)

    @property
    def error(self) -> float | None:
        """Mean of that: 0 exact, `BLIND` as far as another noise."""
        return None if self.eps_hat is None else float(mean_abs_difference(self.eps_hat[None], self.eps[None])[0])

    def panes(self) -> tuple[Pane, ...]:
        """The picture, the mixture and the noise; where the model was asked, what it says is before the picture."""
        clean = Pane("clean picture x₀", to_pixels(self.x0))
        mixture = Pane("mixture x_t", to_pixels(self.x_t), f"noise level {self.sigma:.0%}")
        noise_pane = Pane("noise ε", noise_pixels(self.eps))
        if self.eps_hat is None or self.x0_hat is None or self.difference is None:
            return clean, mixture, noise_pane
        # Scaled as the noise is, from black: 2 and more is white.
        apart = to_pixels(self.difference - 1)
        return (
            mixture,
            noise_pane,
            Pane("the model's ε̂", noise_pixels(self.eps_hat)),
            Pane("difference |ε̂ − ε|", apart, f"{self.error:.3f}"),
            clean,
            Pane("clean guess x̂₀", to_pixels(self.x0_hat)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Forward:
    """A clean picture and a seed, to be mixed at any level; each level is one jump from the clean picture.

    Attributes:
        picture: x_0, (32, 32, 3) float32 in [-1, 1].
        seed: of the noise, 0 … 2^64 − 1.
        caption: what the model is told of the picture; "" for nothing.
        scene: index of the training scene, None for a picture from elsewhere.

    Raises:
        LessonError: the picture has another shape, or holds numbers outside its range.
    """

    picture: F32
    seed: int = 0
    caption: str = ""
    scene: int | None = None

    def __post_init__(self) -> None:
        if self.picture.shape != PICTURE:
            raise LessonError(
                f"only a picture of {PICTURE} can be noised here, not {self.picture.shape}", remedy="resize it"
            )
        if not np.isfinite(self.picture).all() or np.abs(self.picture).max() > 1:
            raise LessonError("the picture holds numbers outside -1 … 1", remedy="scale it first")

    @classmethod
    def of_scene(cls, index: int, seed: int = 0, step: int = 1) -> "Forward":
        """Take a training scene with its caption; indices are counted round, so that browsing has no end.

        One of a noun that the model is not asked for is passed over, `step` indices on.
        """
        scene = example(offered_from(index % TRAIN_SIZE, step) % TRAIN_SIZE)
        return cls(from_pixels(scene.image), seed, scene.caption, scene.index)

    def browse(self, by: int) -> "Forward":
        """Return the training scene so many further on, with the same noise; from a picture of one's own, scene 0."""
        return self.of_scene(0 if self.scene is None else self.scene + by, self.seed, by)

    def reseeded(self, seed: int) -> "Forward":
        """Return the same picture with other noise."""
        return replace(self, seed=seed)

    def captions(self, count: int) -> tuple[str, ...]:
        """Its own caption, where it has one, and those of the training scenes that come next: so many in all."""
        own = [self.caption] if self.caption else []
        scene = self
        while len(own) < count:
            scene = scene.browse(1)
            own.append(scene.caption)
        return tuple(own)

    def at(self, sigma: float, pipeline: Pipeline | None = None) -> ForwardState:
        """Mix at a noise level.

        Args:
            sigma: 0 … 1; at the ends the schedule keeps 1 % of noise and 2 % of picture.
            pipeline: whose network is asked once, without guidance and with the caption; None asks none.

        Raises:
            SettingError: the level or the seed is out of range.
        """
        level = level_at(sigma)
        eps = noise(self.seed, PICTURE)
        x_t = add_noise(self.picture, eps, level.alpha, level.sigma)
        if pipeline is None:
            return ForwardState(self.picture, eps, x_t, level)
        said = ask(pipeline, x_t[None], level, [self.caption])
        return ForwardState(self.picture, eps, x_t, level, said.eps[0], said.x0[0])
