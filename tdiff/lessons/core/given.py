"""What a stage begins with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tdiff.arrays import U8
from tdiff.lessons.core.bench import Bench


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What there is when a stage opens.

    Attributes:
        card: id of the card that it belongs to.
        bench: the model and the recipe on the bench.
        made: the finished picture on the bench, (32, 32, 3); None where there is none.
        brought: the picture that the bench starts from, likewise.
        found: what the card's experiment has found, where it was run: values of its outcome.
    """

    card: str
    bench: Bench
    made: U8 | None = None
    brought: U8 | None = None
    found: Mapping[str, float | int | str] = field(default_factory=dict)
