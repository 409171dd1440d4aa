"""Scrubbing: when does the clean guess agree with the finished picture in its layout, and when in its detail?"""

from collections.abc import Callable, Iterator

from tdiff.arrays import F32
from tdiff.diffusion import Trace, correlation
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.measures import detail, layout
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing
from tdiff.pipeline import to_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_AGREES = 0.9


def layout_first(bench: Bench) -> Iterator[Outcome]:
    """Correlate every clean guess with the finished picture, in blocks of 4×4 pixels and in what they leave."""
    trace = bench.pipeline.trace(bench.plain(least=8))
    yield from playing(trace, ["now"])

    steps = len(trace)
    coarse, fine = _agreement(trace, layout), _agreement(trace, detail)
    early, late = _settled(coarse), _settled(fine)
    numbers = tuple(float(n) for n in range(1, steps + 1))
    yield Outcome(
        panes=(
            _guess(trace, 0, coarse, fine),
            _guess(trace, early, coarse, fine),
            _guess(trace, late, coarse, fine),
            Pane("finished", to_pixels(trace.final[0])),
        ),
        values={
            "layout_step": early + 1,
            "detail_step": late + 1,
            "layout_level": trace[early].noise_level,
            "detail_level": trace[late].noise_level,
            "steps": steps,
        },
        answer=0 if early < late else 1 if late < early else 2,
        curves=(Curve("layout", numbers, coarse), Curve("detail", numbers, fine)),
        x_label="clean guess",
        y_label="correlation with the finished picture",
    )


def _agreement(trace: Trace, of: Callable[[F32], F32]) -> tuple[float, ...]:
    finished = of(trace.final.clip(-1, 1))
    return tuple(float(correlation(of(step.x0), finished)[0]) for step in trace)


def _settled(agreement: tuple[float, ...]) -> int:
    """The first guess from which on all agree; the last one where none does."""
    place = len(agreement) - 1
    while place > 0 and agreement[place - 1] > _AGREES:
        place -= 1
    return place


def _guess(trace: Trace, place: int, coarse: tuple[float, ...], fine: tuple[float, ...]) -> Pane:
    title, note = f"{place + 1}: layout {coarse[place]:.2f}", f"detail {fine[place]:.2f}"
    return Pane(title, to_pixels(trace[place].x0[0]), note)
