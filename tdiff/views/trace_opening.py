"""Opening traces to be looked at. Knows no widget."""

from collections.abc import Sequence
from pathlib import Path

from tdiff.errors import UsageError
from tdiff.text import clean_text
from tdiff.traces.reader import open_trace
from tdiff.views.trace_pair import TracePair
from tdiff.views.trace_view import TraceView
from tdiff.views.view import View


def view_of_traces(paths: Sequence[Path]) -> View:
    """Open one trace, or two beside each other.

    Raises:
        UsageError: there are more than two, or one of two has no step to compare.
        TraceError: a file is no trace, is damaged or of a newer schema.
    """
    if len(paths) > 2:
        raise UsageError(f"two traces are looked at side by side, not {len(paths)}", remedy="name one or two")
    traces = [open_trace(path) for path in paths]
    if len(traces) == 1:
        return TraceView(traces[0])
    for trace in traces:
        if not trace.lines:
            raise UsageError(
                f"{clean_text(str(trace.path), 200)} holds no whole step, so there is nothing to compare",
                remedy="open the other one by itself",
            )
    return TracePair(*traces)
