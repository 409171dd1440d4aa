"""The real one: recorded snapshots of the shipped model's training, and the model itself on the same noise."""

from collections.abc import Callable, Iterator

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Conditions, SamplerOptions, Start, Trace, correlation, run_of
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.measures import detail, difference, layout
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.training.recorded import GUIDANCE, STEPS, Recording, training_recording
from tdiff.pipeline import from_pixels, to_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_AGREES = 0.5  # correlation with the last snapshot from which on one can speak of likeness
_ROWS = 5  # snapshots in the table, besides those that the answer is about
_LAYOUT, _DETAIL, _BOTH = range(3)


def real_training(bench: Bench) -> Iterator[Outcome]:
    """Compare every snapshot with the last, in layout and in detail, and let the model paint one of them anew."""
    recording = training_recording()
    chosen = bench.recipe.seed % len(recording.prompts)
    last = len(recording.steps) - 1
    yield Outcome((_recorded(recording, 0, chosen),), progress=(0, STEPS))

    trace = _trace(bench, recording, chosen)
    for step in trace.play():
        shown = 1 + step.index * (last - 1) // STEPS
        panes = (_recorded(recording, shown, chosen), Pane("this run", to_pixels(step.x_next[0])))
        yield Outcome(panes, progress=(step.index + 1, STEPS))

    coarse, fine = (_likeness(recording, of) for of in (layout, detail))
    early, late = _first(coarse), _first(fine)
    seen = tuple(float(count) / 1000 for count in recording.pictures_seen)
    newest = recording.pictures_seen[-1]
    apart = difference(trace.final[0], from_pixels(recording.pictures[-1, chosen]))
    yield Outcome(
        panes=(
            *(_recorded(recording, place, chosen) for place in (early, late, last)),
            Pane("made now", to_pixels(trace.final[0]), f"{apart:.3f} from the last"),
        ),
        values={
            "prompt": recording.prompts[chosen],
            "layout": f"{recording.pictures_seen[early]:,}",
            "detail": f"{recording.pictures_seen[late]:,}",
            "last": f"{newest:,}",
            "difference": apart,
            "prompts": len(recording.prompts),
        },
        answer=_LAYOUT if early < late else _DETAIL if late < early else _BOTH,
        table=(
            ("recorded at", "layout", "detail"),
            *(
                (f"{recording.pictures_seen[place]:,} pictures", f"{coarse[place]:.2f}", f"{fine[place]:.2f}")
                for place in sorted({early, late, *(round(last * row / (_ROWS - 1)) for row in range(_ROWS))})
            ),
        ),
        curves=(Curve("layout, recorded", seen, coarse), Curve("detail, recorded", seen, fine)),
        x_label="thousand pictures seen",
        y_label="correlation with the last snapshot",
    )


def _recorded(recording: Recording, place: int, chosen: int) -> Pane:
    count = recording.pictures_seen[place]
    short = f"{count}" if count < 1000 else f"{count / 1000:,.0f}k"
    return Pane(f"recorded at {short}", recording.pictures[place, chosen], "pictures")


def _trace(bench: Bench, recording: Recording, chosen: int) -> Trace:
    """The model's run from the very noise that the snapshots of a prompt started from."""
    # As the snapshots were made: without the usual style that a prompt is read with.
    said = bench.pipeline.encode_caption(recording.prompts[chosen])
    conditions = Conditions.repeat(said, bench.pipeline.encode_caption(""))
    options = SamplerOptions(STEPS, guidance=GUIDANCE)
    start = Start(recording.noises()[chosen : chosen + 1])
    return Trace(run_of(bench.pipeline.denoiser, conditions, 0, options, start))


def _likeness(recording: Recording, of: Callable[[F32], F32]) -> tuple[float, ...]:
    """How much each snapshot's pictures are like those of the last, on average over all prompts."""
    parts = [of(from_pixels(pictures)) for pictures in recording.pictures]
    return tuple(float(np.mean(correlation(part, parts[-1]))) for part in parts)


def _first(likeness: tuple[float, ...]) -> int:
    return next(place for place, value in enumerate(likeness) if round(value, 2) >= _AGREES)  # as shown
