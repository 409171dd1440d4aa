"""Which weights the recorded table of what marks survive holds for."""

from typing import Final

from tdiff.engines.model import ModelInfo
from tdiff.provenance.watermark_table import RecordedTable

_ROOM: Final = 28  # columns of a table's first cell


def about(recorded: RecordedTable, info: ModelInfo) -> tuple[str, ...]:
    """Return lines that name the weights of a recorded table, and say so where this run has others.

    Args:
        recorded: the table.
        info: of the model that runs now.
    """
    name = recorded.model[:_ROOM]
    return (name,) if recorded.model == f"{info.name} {info.hash}" else (name, "this run: other weights")
