"""Where the network looks for each word of the prompt, at any step that was taken. Knows no widget."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.diffusion import Trace
from tdiff.errors import UsageError
from tdiff.pipeline import Pipeline
from tdiff.prompt.tokenizer import Tokens
from tdiff.render.pixels import resized
from tdiff.text import clean_text
from tdiff.views.figures import Figure
from tdiff.views.page import Link, Page
from tdiff.views.run import Run
from tdiff.views.steps import track
from tdiff.views.view import Exhibit, Hint, Reply, Track

_ROWS: Final = 7  # words in the table
_NAME: Final = 14  # characters of a word in a title


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A word, and its tokens among those that the network is told.

    Attributes:
        text: as it is written.
        tokens: places of its tokens.
    """

    text: str
    tokens: tuple[int, ...]


def words_of(tokens: Tokens) -> tuple[LookedAt, ...]:
    """The words that have tokens; pieces that stand together without a space are one word."""
    found: list[LookedAt] = []
    end = -1
    for word in tokens.words:
        if not word.tokens:
            continue
        if word.start == end and word.end > word.start:
            before = found.pop()
            found.append(LookedAt(before.text + word.text, before.tokens + word.tokens))
        else:
            found.append(LookedAt(word.text or word.reads, word.tokens))
        end = word.end
    return tuple(found)


class Looking(Exhibit):
    """One word's map of attention beside the clean guess; the network is asked once a step.

    Args:
        run: whose steps these are, and what comes back.
        pipeline: whose network is asked.
        trace: the steps that were taken, at least one.

    Raises:
        UsageError: no word of the prompt reaches the network.
    """

    ending = "this is the last step that was taken: b goes back to the bench, where space takes more"

    def __init__(self, run: Run, pipeline: Pipeline, trace: Trace) -> None:
        super().__init__(run)
        self._run, self._pipeline, self._trace = run, pipeline, trace
        self._tokens = pipeline.tokens(run.recipe.prompt)
        self.asked = words_of(self._tokens)
        if not self.asked:
            raise UsageError("no word of the prompt reaches the network, so it looks at none")
        self.at = min(run.session.cursor, len(trace) - 1)
        """The step."""
        self.chosen = 0
        """The word."""
        self._maps: dict[int, F32] = {}

    @property
    def title(self) -> str:
        """Heading of the guide."""
        return "Where it looks"

    @property
    def keys(self) -> tuple[Hint, ...]:
        """Steps and words."""
        return (("← →", "step"), ("enter", "next word"), ("b", "bench"))

    def figures(self) -> tuple[Figure, ...]:
        """The clean guess, the word's map, and the one as a veil over the other."""
        guess = self._run.session.looks.picture(self._trace[self.at].x0[0])
        name, shares = clean_text(self.asked[self.chosen].text, _NAME), self._shares()
        if shares is None:
            return (Figure("clean guess x̂₀", guess), Figure(f"looked at: {name}", None), Figure("laid over", None))
        map_ = resized(_by_brightness(shares), *guess.shape[:2])
        over: U8 = (guess * (map_ / 255.0)).astype(np.uint8)
        looked = Figure(f"looked at: {name}", map_, f"up to {shares.max():.0%}", main=True)
        return (Figure("clean guess x̂₀", guess), looked, Figure("laid over", over))

    def front(self) -> int:
        """The word's map."""
        return 1

    def track(self) -> Track:
        """The steps that were taken."""
        return track(self._trace, self._run.session.total, self.at)

    def page(self) -> Page:
        """What share of its attention each word gets."""
        return Page(
            self.title,
            f"Step {self._trace[self.at].index + 1}: for each place the share of its attention to the text that goes "
            "to the word, a mean over layers and heads. The brightest place is white. Enter turns to the next word.",
            table=self._table(),
            links=(Link("enter", "next word", "finish"), Link("b", "bench", "bench_view")),
            forward=False,
        )

    def why_not(self, key: str) -> str:
        """No step is taken here."""
        return "p plays on the bench: b goes back to it" if key == "play" else super().why_not(key)

    @property
    def bound(self) -> int:
        """Where it is."""
        return self.at

    def move(self, place: int) -> Reply | None:
        """To a step that was taken."""
        self.at = min(max(place, 0), len(self._trace) - 1)
        return Reply(self.ending) if place > self.at else None

    def go_on(self) -> Reply | None:
        """The next word."""
        self.chosen = (self.chosen + 1) % len(self.asked)
        return None

    def wish(self) -> int | None:
        """This step's maps."""
        return None if self.at in self._maps else self.at

    def fulfil(self, wish: int) -> Iterator[tuple[int, F32]]:
        """Ask the network once, as it was asked then, for what it looks at."""
        step, pipeline = self._trace[wish], self._pipeline
        look = pipeline.model.look(step.x_t[:1], step.t, [pipeline.encode(self._tokens.ids)])
        if not look.attention:
            raise UsageError(f"{pipeline.info.name} has no cross-attention to look at", remedy="press b for the bench")
        yield wish, _averaged(look.attention)

    def take(self, state: tuple[int, F32]) -> None:
        """They are there."""
        self._maps[state[0]] = state[1]

    def _shares(self, word: int | None = None) -> F32 | None:
        """A word's map at this step, (rows, columns), 0 … 1."""
        maps = self._maps.get(self.at)
        if maps is None:
            return None
        shares: F32 = maps[..., list(self.asked[self.chosen if word is None else word].tokens)].sum(axis=-1)
        return shares

    def _table(self) -> tuple[tuple[str, ...], ...]:
        """The chosen word among its neighbours."""
        rows = []
        for place, word in enumerate(self.asked):
            shares = self._shares(place)
            mark = "›" if place == self.chosen else " "
            share = "…" if shares is None else f"{shares.mean():.1%}"
            rows.append((f"{mark} {clean_text(word.text, _NAME)}", share))
        first = min(max(self.chosen - _ROWS // 2, 0), max(len(rows) - _ROWS, 0))
        return (("  word", "looked at"), *rows[first : first + _ROWS])


def _averaged(layers: Sequence[F32]) -> F32:
    """Attention of the first picture, a mean over heads and layers: (rows, columns, L); coarse maps are repeated."""
    rows, columns = max(layer.shape[2] for layer in layers), max(layer.shape[3] for layer in layers)
    across = [np.arange(size) for size in (rows, columns)]
    maps = []
    for layer in layers:  # (B, heads, rows, columns, L)
        mean = layer[0].mean(axis=0)
        row, column = across[0] * mean.shape[0] // rows, across[1] * mean.shape[1] // columns
        maps.append(mean[row][:, column])
    result: F32 = np.mean(maps, axis=0, dtype=np.float32)
    return result


def _by_brightness(shares: F32) -> U8:
    """Black for 0, white for the map's own largest."""
    level = 255 * shares / max(float(shares.max()), 1e-12)
    return np.repeat(np.rint(level)[..., None], 3, axis=-1).astype(np.uint8)
