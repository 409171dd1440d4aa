"""The matching game: captions laid under pictures, by you and by the text–image pair."""

from dataclasses import replace

import numpy as np

from tdiff.arrays import F32
from tdiff.lessons.core.card import LETTERS
from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import LabView, as_figures
from tdiff.lessons.core.rewording import shortened
from tdiff.lessons.matching.matching_lab import COUNT, MatchingGame, RoundKind, Verdict
from tdiff.lessons.matching.matrix import Matrix
from tdiff.pipeline import to_pixels
from tdiff.recipe import Recipe
from tdiff.views.figures import Figure, Pane
from tdiff.views.places import Places

_NAME = 16  # characters of a file's name
_OWN = "own"  # how the bench's prompt is named among the captions
_NONE = np.zeros((0, 32, 32, 3), np.uint8)
_TWINS = "twins"  # rounds of pictures whose captions have the same words come first


class MatchingView(LabView):
    """The scrubber walks along the pictures. After a round those of the bench are compared too.

    Args:
        context: whose pair plays, and what is on the bench.
    """

    title = "Hands on: match them"
    starts = frozenset({_TWINS})
    keys = (
        ("← →", "picture"),
        ("a–d", "its caption"),
        ("enter", "check"),
        ("o", "own picture"),
        ("l", "closes"),
    )
    brings = "Once the round is checked, the pair compares it with every caption, and with your prompt."
    asking = "press a letter; enter shows who was right"
    takes = frozenset({"prompt"})
    makes = False
    recipe: Recipe

    def __init__(self, context: LabContext) -> None:
        self.recipe = context.bench.recipe
        # Not the seed's own rounds: the card's experiment plays those, with their captions in sight.
        kinds: tuple[RoundKind, ...] = ("twins", "scenes") if context.start == _TWINS else ("scenes", "twins")
        self._game = MatchingGame(context.bench.pipeline, context.bench.recipe.seed + 1, kinds)
        self._made = None if context.made is None else Pane("made on the bench", context.made)
        self._brought = None if context.brought is None else Pane("your start picture", context.brought)
        self._place = 0
        self._verdict: Verdict | None = None
        self._named: tuple[str, ...] = ()
        self._matrix = Matrix((), np.zeros((0, COUNT), np.float32))

    def resume(self, earlier: LabView) -> None:
        """The same game; what is on the bench by now is compared anew."""
        if isinstance(earlier, MatchingView):
            self._game, self._verdict = earlier._game, earlier._verdict
            self._brought = self._brought or earlier._brought
            self._place = min(earlier._place, COUNT - 1)
            if self._verdict is not None:
                self._compare()

    def change(self, recipe: Recipe) -> None:
        """Another caption of your own."""
        self.recipe = recipe
        if self._verdict is not None:
            self._compare()

    def bring(self, picture: F32, name: str) -> None:
        """A picture of one's own, in the place of the one brought before."""
        self._brought = Pane(shortened(name, _NAME), to_pixels(picture))
        if self._verdict is not None:
            self._compare()
            self._place = self.places()[0]

    @property
    def _guests(self) -> tuple[Pane, ...]:
        """Pictures that are none of the round's."""
        return tuple(pane for pane in (self._made, self._brought) if pane is not None)

    def figures(self) -> tuple[Figure, ...]:
        """The four pictures, the chosen one marked; once the round is closed, those of the bench behind them."""
        if self._verdict is None:
            figures = as_figures(self._game.round.panes(self._game.placed))
        else:
            guests = enumerate(as_figures(self._guests), COUNT + 1)
            named = (replace(guest, title=f"{number}: {guest.title}") for number, guest in guests)
            figures = (*as_figures(self._verdict.panes()), *named)
        chosen = figures[self._place]
        return (*figures[: self._place], replace(chosen, title=f"› {chosen.title}"), *figures[self._place + 1 :])

    def front(self) -> int | None:
        return self._place

    def turned(self, place: int) -> None:
        self.move(place)

    def places(self) -> Places:
        """One for each picture."""
        last = COUNT - 1 + (len(self._guests) if self._verdict is not None else 0)
        return last, last, self._place, None, ()

    def text(self) -> str:
        """What to do, or how it ended."""
        game, verdict = self._game, self._verdict
        if verdict is None:
            what = "Unrelated scenes" if game.round.kind == "scenes" else "The same words in four orders"
            laid = [f"{place} {LETTERS[n]}" for place, n in enumerate(game.placed, 1) if n is not None]
            so_far = f"So far: {', '.join(laid)}." if laid else "Give each its caption."
            own = f" “{self._brought.title}” is compared too once you check." if self._brought is not None else ""
            return f"Round {game.round.number}, four pictures. {what}. {so_far}{own}"
        score = verdict.score
        own = f"“{_OWN}” is your prompt, / changes it; " if len(self._matrix.captions) > COUNT else ""
        total = f"So far you {score.you} of {score.answered}, the pair {score.pair} of {score.pictures}."
        return f"{self._said(verdict)} {total} {own}enter draws the next round."

    def question(self) -> tuple[str, tuple[str, ...], int | None, int | None]:
        """Which caption belongs to the picture; nothing once the round is closed."""
        if self._verdict is not None:
            return "", (), None, None
        game = self._game
        return f"Picture {self._place + 1}: which is its caption?", game.round.captions, game.placed[self._place], None

    def table(self) -> tuple[tuple[str, ...], ...]:
        """What the pair says of every caption and picture."""
        return () if self._verdict is None else self._matrix.table()

    def aside(self) -> str:
        """The captions, where so many pictures are compared that the table has no room for them."""
        return " · ".join(self._named) if self._verdict is not None and self._guests else ""

    def move(self, place: int) -> None:
        self._place = min(max(place, 0), self.places()[0])

    def answer(self, index: int) -> None:
        """Lay a caption under the picture, and go on to the next that has none."""
        if self._verdict is not None or index >= COUNT:
            return
        placed = self._game.place(self._place, index)
        if None in placed:
            ahead = [(self._place + n) % COUNT for n in range(COUNT)]
            self._place = next(place for place in ahead if placed[place] is None)

    def go_on(self) -> None:
        """Close the round, or draw the next."""
        if self._verdict is not None:
            self.reseed()
            return
        self._verdict, self._place = self._game.check(), 0
        self._compare()

    def reseed(self) -> None:
        """The next round; one that is open is left unplayed."""
        self._verdict, self._place = None, 0
        self._game.next()

    def _compare(self) -> None:
        """Compare every picture with every caption, the bench's pictures and prompt among them."""
        pictures = np.stack([guest.picture for guest in self._guests]) if self._guests else _NONE
        own = [self.recipe.prompt] if self.recipe.prompt.strip() else []
        found = self._game.bring(pictures, own)
        self._named = tuple(f"{name}: {said}" for name, said in zip((*LETTERS, _OWN), found.captions, strict=False))
        names = (*LETTERS, _OWN)[: len(self._named)] if self._guests else self._named
        self._matrix = Matrix(names, found.scores)

    def _said(self, verdict: Verdict) -> str:
        """What came of the chosen picture."""
        place, best = self._place, (*LETTERS, _OWN)[self._matrix.best[self._place]]
        if place >= COUNT:
            return f"Picture {place + 1} is yours, and “{_OWN}” your prompt: the pair finds that {best} fits it best."
        placed, right = verdict.placed[place], LETTERS[verdict.round.right[place]]
        you = "you gave none" if placed is None else f"you said {LETTERS[placed]}"
        return f"Picture {place + 1}: {right} is its own; {you}, the pair {LETTERS[verdict.matrix.best[place]]}."
