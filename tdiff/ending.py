"""How a command ends: its exit code, and one sentence for whatever went wrong."""

import os
import sys
from collections.abc import Callable

from tdiff.errors import TdiffError
from tdiff.text import clean_text


def run_to_exit(command: Callable[[], int | None]) -> None:
    """Run a command and leave the process with its exit code; every refusal is one sentence on stderr.

    Args:
        command: does the work and returns an exit code, or None for 0.

    Raises:
        SystemExit: if the code is not 0.
        Exception: faults of our own, where TDIFF_DEBUG is set.
    """
    try:
        code = command()
    except TdiffError as error:
        _say(f"tdiff: {error}")
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:  # the reader left, as in `tdiff … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except Exception as error:
        if os.environ.get("TDIFF_DEBUG"):
            raise
        _say(
            f"tdiff: a fault of its own ({type(error).__name__}: {clean_text(str(error), 200)}): "
            "set TDIFF_DEBUG=1 to see where, and please report it"
        )
        raise SystemExit(1) from None
    if code:
        raise SystemExit(code)


def _say(message: str) -> None:
    print(message, file=sys.stderr)  # noqa: T201
