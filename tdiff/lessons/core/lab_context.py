"""What a lab begins with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tdiff.arrays import U8
from tdiff.lessons.core.bench import Bench


@dataclass(frozen=True, slots=True, eq=False)
class LabContext:
    """What there is when a lab opens.

    Attributes:
        bench: the model and the recipe on the bench.
        start: which of the lab's beginnings the card wants; "" for its usual one.
        made: the finished picture on the bench, (32, 32, 3); None where there is none.
        brought: the picture that the bench starts from, likewise.
        found: what the card's experiment has found, where it was run: values of its outcome.
    """

    bench: Bench
    start: str = ""
    made: U8 | None = None
    brought: U8 | None = None
    found: Mapping[str, float | int | str] = field(default_factory=dict)
