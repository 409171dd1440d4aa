"""One giant leap: the clean guess that the model has of pure noise, beside the finished picture."""

from collections.abc import Iterator

from tdiff.diffusion import Trace, run_of
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.measures import difference, edges
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import SAME, playing, side_by_side, start_of
from tdiff.pipeline import options_of

_SOFT = 0.8  # of the finished picture's edges: below it, the eye says blurred
_FINISHED, _BLUR, _ANOTHER, _STATIC = range(4)


def one_leap(bench: Bench) -> Iterator[Outcome]:
    """Compare the guess at step 0 with the finished picture, without guidance and with the bench's.

    Without guidance the guess is the network's estimate of the average of every picture that fits (the best
    one under a squared error), and an average is soft. Guidance exaggerates it, which sharpens it again, so the
    answer is that of the plain guess and the other is shown beside it.
    """
    recipe = bench.plain(least=2, guidance_start=0.0)  # the leap is a first step, and shall be guided
    weights = (1.0, recipe.guidance)
    options = options_of(recipe, weights)
    conditions = bench.pipeline.conditions([recipe.prompt] * 2, [recipe.negative] * 2)
    trace = Trace(run_of(bench.pipeline.denoiser, conditions, (recipe.seed,) * 2, options))
    names = ["guidance 1", f"guidance {recipe.guidance:.3g}"]
    yield from playing(trace, names)

    leap, done = trace[0].x0, trace.final
    apart = [difference(first, second) for first, second in zip(leap, done, strict=True)]
    shares = [float(share) for share in edges(leap) / edges(done).clip(1e-6)]
    static = float(edges(start_of(trace.run))[0] / edges(done).clip(1e-6)[0])
    yield Outcome(
        panes=(
            *side_by_side([f"leap, {name}" for name in names], leap, [f"edges {share:.0%}" for share in shares]),
            *side_by_side([f"finished, {name}" for name in names], done),
        ),
        values={
            "edges": shares[0],
            "difference": apart[0],
            "guided_edges": shares[1],
            "guidance": recipe.guidance,
            "steps": recipe.steps,
        },
        answer=_answer(apart[0], shares[0], static),
        table=(
            ("leap against finished", "edges", "difference"),
            *((name, f"{share:.0%}", f"{far:.3f}") for name, share, far in zip(names, shares, apart, strict=True)),
        ),
    )


def _answer(apart: float, share: float, static: float) -> int:
    """From the difference and the edges, both against the finished picture; `static` is what noise has of them."""
    if apart <= SAME:
        return _FINISHED
    if share >= (1 + static) / 2:
        return _STATIC
    return _BLUR if share < _SOFT else _ANOTHER
