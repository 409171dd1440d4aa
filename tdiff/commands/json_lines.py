"""What `--json` prints: objects, one a line, each of which names its shape; docs/commands.md holds a table of each."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tdiff.commands.console import put


def put_json(shape: str, content: Mapping[str, Any]) -> None:
    """Print one object, in ASCII, so that no text from outside can act on a terminal.

    Args:
        shape: what the object is and its version, such as "tdiff.generate/1". Fields may be added under the same
            version; where one is taken away or means something else, the version goes up.
        content: the other fields. No number in it may be infinite or NaN, which JSON does not know.
    """
    put(json.dumps({"schema": shape, **content}, allow_nan=False))


def asks_for_json(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for JSON, even where the rest of it cannot be read."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options
