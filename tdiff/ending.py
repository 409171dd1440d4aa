"""How a command ends: its exit code, and one sentence for whatever went wrong."""

import errno
import os
import sys
from collections.abc import Callable
from typing import Final, NoReturn

from tdiff.errors import TdiffError
from tdiff.text import clean_text, shortened

_OUTPUT_GONE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})
"""What a device or a full disk behind a pipe answers."""


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
    except OSError as error:
        if os.environ.get("TDIFF_DEBUG"):
            raise
        if error.filename is not None:
            name = clean_text(os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else "a file")
            _say(f"tdiff: cannot use {name}: {error.strerror}; mend that, or choose another place")
        elif error.errno in _OUTPUT_GONE:
            _say(f"tdiff: the output cannot be written ({error.strerror}): send it somewhere with room")
        else:
            _fault(error)
        raise SystemExit(1) from None
    except Exception as error:
        _fault(error)
    if code:
        raise SystemExit(code)


def _fault(error: Exception) -> NoReturn:
    """Tell of an error that nobody foresaw."""
    if os.environ.get("TDIFF_DEBUG"):
        raise error
    _say(
        f"tdiff: a fault of its own ({type(error).__name__}: {clean_text(str(error), 200)}): "
        "set TDIFF_DEBUG=1 to see where, and please report it"
    )
    raise SystemExit(1) from None


def _say(message: str) -> None:
    print(shortened(clean_text(message, len(message))), file=sys.stderr)  # noqa: T201
