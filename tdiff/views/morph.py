"""A walk from one picture to another, station by station. Knows no widget."""

from collections.abc import Callable, Iterator, Sequence
from typing import Self

from tdiff.arrays import U8
from tdiff.diffusion import Blend, Trace, run_of
from tdiff.pipeline import Pipeline
from tdiff.recipe import Recipe, Switch
from tdiff.text import clean_text
from tdiff.views.curve import Curve
from tdiff.views.figures import Figure, mean_difference
from tdiff.views.page import Link, Page
from tdiff.views.run import Run
from tdiff.views.shown_command import ShownCommand, command_with
from tdiff.views.view import Exhibit, Export, Plot, Reply, Still, Track

_BETWEEN_SEEDS = "no command makes this: its noise lies between those of two seeds"


class Morph(Exhibit):
    """Pictures come one by one, each from a thread.

    Args:
        run: what comes back.
        stations: what each is, such as "B from step 7".
        recipes: of each; None where no recipe repeats it.
        about: what is walked.
        make: makes the picture of a station, (32, 32, 3) uint8.
    """

    def __init__(
        self,
        run: Run,
        stations: Sequence[str],
        recipes: Sequence[Recipe | None],
        about: str,
        make: Callable[[int], U8],
    ) -> None:
        super().__init__(run)
        self._run = run
        self._stations, self._recipes, self._about, self._make = stations, recipes, about, make
        self.pictures: tuple[U8, ...] = ()
        """Those that are made."""
        self.at = 0
        """The station that is shown."""

    @classmethod
    def between_prompts(cls, run: Run, pipeline: Pipeline, prompt: str, count: int) -> Self:
        """Switch to another prompt ever earlier: from never to at once."""
        base = _plain(run.recipe)
        firsts = [round(base.steps * (1 - i / (count - 1)) ** 2) for i in range(count)]  # early steps decide most
        stations = ["A alone", *(f"B from step {first + 1}" for first in firsts[1:-1]), "B alone"]
        about = f"The same noise; each station switches to B, “{clean_text(prompt, 80)}”, earlier."
        recipes = [_switched(base, prompt, first) for first in firsts]
        return cls(run, stations, recipes, about, lambda place: pipeline.generate(recipes[place])[0])

    @classmethod
    def between_seeds(cls, run: Run, pipeline: Pipeline, seed: int, count: int) -> Self:
        """From one starting noise to another along the arc between them."""
        base = _plain(run.recipe)
        options = pipeline.run(base).options
        conditions = pipeline.conditions([base.prompt], [base.negative])
        stations = [f"{i / (count - 1):.0%} of seed {seed}" for i in range(count)]
        about = f"From the noise of seed {base.seed} to that of seed {seed}, along the arc between them."
        recipes = [base, *(None for _ in range(count - 2)), base.replace(seed=seed)]

        def make(place: int) -> U8:
            blend = Blend((seed,), place / (count - 1))
            made = run_of(
                pipeline.denoiser,
                conditions,
                (base.seed,),
                options,
                shape=pipeline.model.shape,
                blend=blend,
                schedule=pipeline.model.schedule,
            )
            picture: U8 = pipeline.model.decode(Trace(made).complete().final)[0]
            return picture

        return cls(run, stations, recipes, about, make)

    @property
    def title(self) -> str:
        """Heading of the guide."""
        return "Morph"

    def page(self) -> Page:
        """What is walked, and how far each station is from the one before."""
        made = len(self.pictures)
        done = "← → walk, p plays" if made == self.total else f"{made} of {self.total} made"
        return Page(
            self.title,
            f"{self._about} {done}; b goes back to the bench.",
            table=self._table(),
            links=(Link("b", "bench", "bench_view"), Link("e", "export", "export")),
            forward=False,
        )

    @property
    def total(self) -> int:
        """How many stations there will be."""
        return len(self._stations)

    def figures(self) -> tuple[Figure, ...]:
        """The station, between the two ends."""
        made, place = self.pictures, self.at
        last = made[-1] if len(made) == self.total else None
        return (
            Figure(
                self._stations[place], made[place] if made else None, f"{place + 1}/{self.total}", (), self.command()
            ),
            Figure("start", made[0] if made else None, command=self._command(0, "start")),
            Figure("end", last, command=self._command(self.total - 1, "end")),
        )

    def command(self) -> ShownCommand:
        """That of the station."""
        return self._command(self.at)

    def export(self) -> Export | str:
        """All stations, as a strip or as a film."""
        if len(self.pictures) < self.total:
            return f"{len(self.pictures)} of {self.total} stations are made: e saves them when all are"
        return Export(_plain(self._run.recipe), self.pictures, tuple(self._stations))

    def track(self) -> Track:
        """The stations; the bars are how far each is from the one before."""
        return Track(self.total - 1, len(self.pictures) - 1, self.at, None, self._gaps(), ("station", "change"))

    def strip(self, count: int) -> tuple[Still, ...]:
        """The stations, as far as they are made."""
        parts = max(min(count, self.total) - 1, 1)
        places = [(self.total - 1) * part // parts for part in range(parts + 1)]
        made = self.pictures
        return tuple(Still(at, str(at + 1), made[at] if at < len(made) else None) for at in places[:count])

    def plot(self) -> Plot:
        """The size of each move."""
        gaps = self._gaps()
        if len(gaps) < 2:
            return self.behind.plot()
        curve = Curve("change", tuple(float(i + 2) for i in range(len(gaps))), gaps)
        return Plot((curve,), "station", "change", float(self.at + 1))

    @property
    def bound(self) -> int:
        """Where it is."""
        return self.at

    @property
    def ending(self) -> str:
        """The last station."""
        return "this is the last station: ← walks back, b goes back to the bench"

    def move(self, place: int) -> Reply | None:
        """To a station that is made."""
        self.at = min(max(place, 0), max(len(self.pictures) - 1, 0))
        return None

    def wish(self) -> str | None:
        """All stations."""
        return None if len(self.pictures) == self.total else "stations"

    def fulfil(self, wish: str) -> Iterator[tuple[U8, ...]]:
        """Make those that are missing; each time all that there are by then."""
        made = self.pictures
        for place in range(len(made), self.total):
            made = (*made, self._make(place))
            yield made

    def take(self, state: tuple[U8, ...]) -> None:
        """More are made."""
        self.pictures = state

    def _command(self, place: int, said: str = "") -> ShownCommand:
        recipe = self._recipes[place]
        return (
            ShownCommand(said=_BETWEEN_SEEDS)
            if recipe is None
            else ShownCommand(command_with(self._run.session.choice, recipe), said)
        )

    def _table(self) -> tuple[tuple[str, ...], ...]:
        if not 1 <= self.at < len(self.pictures):
            return ()
        gap = mean_difference(self.pictures[self.at - 1], self.pictures[self.at])
        return (("from the station before", ""), ("mean absolute difference", f"{gap:.3f}"))

    def _gaps(self) -> tuple[float, ...]:
        return tuple(mean_difference(a, b) for a, b in zip(self.pictures, self.pictures[1:], strict=False))


def _plain(recipe: Recipe) -> Recipe:
    return recipe.replace(switches=(), start=None)


def _switched(recipe: Recipe, prompt: str, first: int) -> Recipe:
    """A recipe that goes over to another prompt at a step; never where that is behind its end."""
    if first == 0:
        return recipe.replace(prompt=prompt)
    return recipe.replace(switches=(Switch(first, prompt=prompt),)) if first < recipe.steps else recipe
