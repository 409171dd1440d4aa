"""How much noise can be seen through? Captions matched to mixtures, and to the model's clean guesses of them."""

from collections.abc import Iterator

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import add_noise, noise
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.asking import ask, level_at
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.scenes import Scenes, unseen_scenes
from tdiff.pipeline import to_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_SCENES = 24
_PORTION = 8  # scenes the network is asked about at once, so that a run can be left soon
_LEVELS = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
_ASKED = 0.8
_HARDLY, _HALF, _MOST = range(3)


def lost_in_noise(bench: Bench) -> Iterator[Outcome]:
    """Match each of 24 scenes to its caption among all 24, with more and more noise; the network is told no caption."""
    scenes = unseen_scenes(bench, _SCENES)
    clean = Pane("clean, never seen", to_pixels(scenes.pictures[0]))
    yield Outcome((clean,), progress=(0, len(_LEVELS)))

    eps = np.stack([noise((bench.recipe.seed + place) % 2**64, PICTURE) for place in range(_SCENES)])
    mixtures: dict[float, F32] = {}
    guesses: dict[float, F32] = {}
    matched: dict[float, tuple[float, float]] = {}
    for done, sigma in enumerate(_LEVELS):
        level = level_at(sigma)
        mixtures[sigma] = add_noise(scenes.pictures, eps, level.alpha, level.sigma)
        parts: list[F32] = []
        for first in range(0, _SCENES, _PORTION):
            parts.append(ask(bench.pipeline, mixtures[sigma][first : first + _PORTION], level, [""] * _PORTION).x0)
            panes = (clean, Pane("mixture", to_pixels(mixtures[sigma][0]), f"noise level {sigma:.0%}"))
            guess = Pane("the model's clean guess", to_pixels(parts[0][0]))
            yield Outcome((*panes, guess), progress=(done, len(_LEVELS)))
        guesses[sigma] = np.concatenate(parts)
        matched[sigma] = (_matched(bench, scenes, mixtures[sigma]), _matched(bench, scenes, guesses[sigma]))

    mixture, guess_share = matched[_ASKED]
    last = _LEVELS[-1]
    levels = tuple(100 * sigma for sigma in _LEVELS)
    yield Outcome(
        panes=(
            clean,
            Pane(f"mixture at {_ASKED:.0%}", to_pixels(mixtures[_ASKED][0]), f"{mixture:.0%} matched"),
            Pane(f"guess at {_ASKED:.0%}", to_pixels(guesses[_ASKED][0]), f"{guess_share:.0%} matched"),
            Pane(f"guess at {last:.0%}", to_pixels(guesses[last][0]), f"{matched[last][1]:.0%} matched"),
        ),
        values={
            "level": _ASKED,
            "mixture": mixture,
            "guess": guess_share,
            "chance": 1 / _SCENES,
            "last": last,
            "last_guess": matched[last][1],
            "scenes": _SCENES,
        },
        answer=_HARDLY if guess_share < 1 / 3 else _HALF if guess_share < 2 / 3 else _MOST,
        table=(
            ("matched at", "mixture", "clean guess"),
            *((f"{sigma:.0%}", f"{seen:.0%}", f"{guessed:.0%}") for sigma, (seen, guessed) in matched.items()),
        ),
        curves=(
            Curve("the mixture itself", levels, tuple(100 * pair[0] for pair in matched.values())),
            Curve("the model's clean guess", levels, tuple(100 * pair[1] for pair in matched.values())),
        ),
        x_label="noise level, %",
        y_label="matched to its caption, %",
    )


def _matched(bench: Bench, scenes: Scenes, pictures: F32) -> float:
    """Share of pictures whose own caption fits best; equal captions count as the same."""
    best = bench.pipeline.similarity(scenes.captions, pictures.clip(-1, 1)).argmax(axis=0)
    return float(
        np.mean([scenes.captions[place] == caption for place, caption in zip(best, scenes.captions, strict=True)])
    )
