"""False alarms: a thousand keys looked for in one unmarked picture, beside the recorded table of what marks survive."""

from collections.abc import Iterator

from tdiff.diffusion.watermark_noise import DEFAULT_KEY, METHODS
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing
from tdiff.lessons.labels.survival import about
from tdiff.pipeline import to_pixels
from tdiff.provenance.watermark_detect import FALSE_ALARMS, FOUND, find
from tdiff.provenance.watermark_measure import both_noises
from tdiff.provenance.watermark_table import RecordedTable, recorded_table
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_KEYS = 1000
_PORTION = 100
_STEPS = 20
_MANY = 30
_RING = METHODS[0]
_NO, _SOME, _PLENTY = range(3)


def false_alarms(bench: Bench, keys: int = _KEYS) -> Iterator[Outcome]:
    """Look for keys that are in no picture, and count those that seem to be there.

    Args:
        bench: whose picture is looked at.
        keys: how many to look for, a multiple of 100.
    """
    recorded = recorded_table()
    recipe = bench.plain(most=_STEPS)
    total = recipe.steps + keys // _PORTION
    trace = bench.pipeline.trace(recipe)
    yield from playing(trace, ["unmarked"], total=total)

    picture = to_pixels(trace.final)
    noises = both_noises(bench.pipeline, picture)
    names = [f"{number:04x}" for number in range(1, keys + 2) if f"{number:04x}" != DEFAULT_KEY][:keys]
    chances: list[float] = []
    seemed: list[float] = []
    for first in range(0, keys, _PORTION):
        chances += [find(*noises, name, _RING)[0].p_value for name in names[first : first + _PORTION]]
        seemed.append(float(_below(chances, FALSE_ALARMS)))
        pane = Pane("unmarked", picture[0], f"{len(chances)} keys")
        yield Outcome((pane,), progress=(recipe.steps + len(seemed), total))

    alarms, ring = _below(chances, FALSE_ALARMS), recorded.row(_RING, "none")
    false = ring.false_alarms
    yield Outcome(
        panes=(Pane("unmarked", picture[0], f"{alarms} of {keys} keys"),),
        values={
            "alarms": alarms,
            "keys": keys,
            "strict": _below(chances, FOUND),
            "n": f"{recorded.count:,}",
            "found": ring.detected.value,
            "half": recorded.row(_RING, "half the size and back").detected.value,
            "false": false.value,
            "low": false.low,
            "high": false.high,
        },
        answer=_NO if alarms == 0 else _SOME if alarms <= _MANY else _PLENTY,
        table=_table(recorded, about(recorded, bench.pipeline.info)),
        curves=(Curve("seem to be there", tuple(float(_PORTION * (n + 1)) for n in range(len(seemed))), tuple(seemed)),)
        if len(seemed) > 1
        else (),
        x_label="keys looked for",
        y_label="keys that seem to be there",
    )


def _below(chances: list[float], line: float) -> int:
    return sum(chance < line for chance in chances)


def _table(recorded: RecordedTable, weights: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The recorded survival of both marks, and which weights it holds for."""
    attacks = dict.fromkeys(row.attack for row in recorded.measured.rows)
    rows = (
        (attack, *(f"{recorded.row(method, attack).detected.value:.0%}" for method in METHODS)) for attack in attacks
    )
    return ((f"recorded, n = {recorded.count:,}", *METHODS), *rows, *((line, "", "") for line in weights))
