"""Step 20 of 50 beside the picture of 20 steps: as many steps taken, but along another plan."""

from collections.abc import Iterator

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import SAME, playing
from tdiff.pipeline import to_pixels
from tdiff.views.figures import Pane

_STOP, _PLAN = 20, 50
_NEARLY = 0.05  # mean difference below which one has to look twice


def twenty_of_fifty(bench: Bench) -> Iterator[Outcome]:
    """Stop a run of 50 steps after 20, finish one of 20, and compare."""
    recipe = bench.plain()
    stopped = bench.pipeline.trace(recipe.replace(steps=_PLAN))
    total = _STOP + 1 + _STOP
    yield from playing(stopped, ["50 planned"], total=total, until=_STOP + 1)
    here = stopped[_STOP]  # the state after 20 steps; the step from it brought its clean guess
    left = Pane("after 20 of 50", to_pixels(here.x_t[0]), f"noise {here.noise_level:.0%}")
    finished = bench.pipeline.trace(recipe.replace(steps=_STOP))
    yield from playing(finished, ["20 planned"], [left], _STOP + 1, total)

    apart = difference(here.x_t[0], finished.final[0])
    guess_apart = difference(here.x0[0], finished.final[0])
    yield Outcome(
        panes=(
            left,
            Pane("its clean guess", to_pixels(here.x0[0]), f"{guess_apart:.3f} apart"),
            Pane("20 steps, finished", to_pixels(finished.final[0]), "noise 0%"),
        ),
        values={"difference": apart, "level": here.noise_level, "guess_difference": guess_apart},
        answer=0 if apart <= SAME else 1 if apart <= _NEARLY else 2,
    )
