"""What each word of a prompt does to the picture, at any step: leave it out, or look where the network looks."""

from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Trace, correlation
from tdiff.diffusion.parametrization import x0_from_v
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.rewording import effective, ids_without, shortened
from tdiff.lessons.core.showing import map_pixels
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.prompt.tokenizer import Fate, Word
from tdiff.recipe import Recipe
from tdiff.views.figures import Pane

_SIDE = 32
_NAME = 10  # characters of a word that fit into a pane's title


@dataclass(frozen=True, slots=True, eq=False)
class WordMap:
    """One word at one step; maps are (32, 32) float32.

    Attributes:
        word: of the prompt.
        left_out: how much the clean guess changes without the word, x̂_0 in [-1, 1], averaged over channels.
        looked_at: share of the network's cross-attention that goes to the word, 0 … 1, averaged over layers and heads.
        without: the clean guess without it, (32, 32, 3).
    """

    word: Word
    left_out: F32
    looked_at: F32
    without: F32

    @property
    def effect(self) -> float:
        return float(self.left_out.mean())

    @property
    def attention(self) -> float:
        """Mean of `looked_at`; over all words of the prompt these add up to 1."""
        return float(self.looked_at.mean())

    @property
    def agreement(self) -> float:
        """Pearson's r of the two maps: 1 where they say the same, 0 for unrelated ones."""
        return float(correlation(self.left_out[None], self.looked_at[None])[0])

    @property
    def name(self) -> str:
        """The word, short enough for a title; "+flat" for the usual style, as beside the prompt."""
        sign = "+" if self.word.fate is Fate.USUAL else ""
        return shortened(f"{sign}{self.word.text}", _NAME)

    def panes(self) -> tuple[Pane, Pane]:
        """Both maps, each by brightness from 0 to its own largest value."""
        return (
            Pane(f"left out: {self.name}", map_pixels(self.left_out), f"up to {self.left_out.max():.2f}"),
            Pane(f"looked at: {self.name}", map_pixels(self.looked_at), f"up to {self.looked_at.max():.0%}"),
        )


@dataclass(frozen=True, slots=True, eq=False)
class WordsState:
    """All words at one step.

    Attributes:
        step: from 0.
        noise_level: there.
        guess: x̂_0 told the whole prompt, not guided and not clipped, (32, 32, 3).
        maps: one for each word that has an effect.
        chosen: index of the word that the panes are about.
    """

    step: int
    noise_level: float
    guess: F32
    maps: tuple[WordMap, ...]
    chosen: int

    def panes(self, over: bool = False) -> tuple[Pane, ...]:
        """The clean guess, both maps of the chosen word, and the clean guess without it.

        Args:
            over: lay the maps over the clean guess, so that it can be seen where they are bright.
        """
        chosen = self.maps[self.chosen]
        maps = tuple(self._laid_over(pane) if over else pane for pane in chosen.panes())
        return (
            Pane("clean guess", to_pixels(self.guess), f"noise {self.noise_level:.0%}"),
            *maps,
            Pane(f"without: {chosen.name}", to_pixels(chosen.without), f"{chosen.effect:.3f} off"),
        )

    def table(self) -> tuple[tuple[str, ...], ...]:
        """For each word what leaving it out changes, how much it is looked at, and how far the two agree."""
        return (
            ("word", "left out", "looked at", "agree"),
            *((m.name, f"{m.effect:.3f}", f"{m.attention:.0%}", f"{m.agreement:+.2f}") for m in self.maps),
        )

    def _laid_over(self, pane: Pane) -> Pane:
        """A map as a veil over the clean guess."""
        return Pane(pane.title, (to_pixels(self.guess) * (pane.picture / 255.0)).astype(np.uint8), pane.note)


class Words:
    """A run of a prompt, in which every step can be asked about every word: one batch of questions a step."""

    def __init__(self, pipeline: Pipeline, recipe: Recipe) -> None:
        """Ask nothing yet.

        Args:
            pipeline: whose network is asked.
            recipe: what is made; its prompt needs a word with an effect.

        Raises:
            LessonError: it has none.
        """
        self.words = effective(recipe.prompt)
        if not self.words:
            raise LessonError(
                "no word of this prompt has an effect, so none can be left out", remedy="use one that is known"
            )
        self._pipeline, self._tokens = pipeline, pipeline.tokens(recipe.prompt)
        self._trace: Trace = pipeline.trace(recipe)
        self._known: dict[int, WordsState] = {}

    @property
    def steps(self) -> int:
        """Steps of the run."""
        return self._trace.run.options.steps

    def at(self, step: int, chosen: int = 0) -> WordsState:
        """Look at a step; the steps before it are taken first, and a step is asked about once.

        Args:
            step: from the run's first to `steps` - 1; beyond, the nearest.
            chosen: index of a word; counted round.
        """
        step = min(max(step, self._trace.first), self.steps - 1)
        if step not in self._known:
            self._known[step] = self._asked(step)
        known = self._known[step]
        return WordsState(known.step, known.noise_level, known.guess, known.maps, chosen % len(self.words))

    def _asked(self, step: int) -> WordsState:
        playing = self._trace.play()
        while self._trace.first + len(self._trace) <= step:
            next(playing)
        taken = self._trace[step - self._trace.first]
        pipeline, tokens = self._pipeline, self._tokens
        prompts = [tokens.ids, *(ids_without(tokens, word) for word in self.words)]
        x_t = np.repeat(taken.x_t, len(prompts), axis=0)
        look = pipeline.model.look(x_t, taken.t, [pipeline.encode(ids) for ids in prompts])
        if not look.attention:
            raise LessonError(
                "this network has no cross-attention to look at", remedy="take another model for this card"
            )
        guesses = x0_from_v(x_t, look.v, taken.alpha, taken.sigma)
        attention = _averaged(look.attention)
        maps = tuple(
            WordMap(
                word=word,
                left_out=np.abs(guess - guesses[0]).mean(axis=-1),
                looked_at=attention[..., list(word.tokens)].sum(axis=-1),
                without=guess,
            )
            for word, guess in zip(self.words, guesses[1:], strict=True)
        )
        return WordsState(step, taken.sigma, guesses[0], maps, 0)


def _averaged(layers: tuple[F32, ...]) -> F32:
    """Attention of the first picture, averaged over heads and layers: (32, 32, L); coarse maps are repeated."""
    maps: list[F32] = []
    for layer in layers:  # (B, heads, rows, columns, L)
        mean_of_heads = layer[0].mean(axis=0)
        rows, columns = mean_of_heads.shape[:2]
        maps.append(mean_of_heads.repeat(_SIDE // rows, axis=0).repeat(_SIDE // columns, axis=1))
    mean: F32 = np.mean(maps, axis=0, dtype=np.float32)
    return mean
