"""What a scrubber says: its places, and the bars beside them."""

from collections.abc import Sequence

Places = tuple[int, int, int, float | None, tuple[float, ...]]
"""How many places, those that need no work, the cursor, the noise level (None for none), the bars."""

WORDS = ("step", "change")
"""What places are called, and what the bars beside them show, where nobody says otherwise."""

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int, top: float | None = None) -> str:
    """Bars for the values, pooled where they are too many; "" for none.

    Args:
        values: below 0 they are drawn as 0.
        width: most cells.
        top: value of the tallest bar; by default the largest.
    """
    if not len(values) or width < 1:
        return ""
    pooled = [max(values[a:b]) for a, b in spans(len(values), width)]
    top = max(top if top is not None else max(pooled), 0) or 1.0
    return "".join(_BARS[min(7, int(7.999 * max(value, 0) / top))] for value in pooled)


def spans(count: int, width: int) -> list[tuple[int, int]]:
    """Cut `count` things into at most `width` runs of nearly equal length."""
    parts = min(count, width)
    return [(count * i // parts, count * (i + 1) // parts) for i in range(parts)]
