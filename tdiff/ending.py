"""How a command ends: its exit code, and one sentence for whatever went wrong."""

import errno
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tdiff.errors import TdiffError
from tdiff.text import clean_text, shortened

ERROR_SHAPE: Final = "tdiff.error/1"
_OUTPUT_GONE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})
"""What a device or a full disk behind a pipe answers."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a command ended early.

    Attributes:
        kind: of the error, for programs; see `TdiffError.kind`.
        message: what is wrong, and why.
        remedy: what to do about it, "" where nothing helps.
        exit_code: of the process.
    """

    kind: str
    message: str
    remedy: str = ""
    exit_code: int = 1

    def sentence(self) -> str:
        return str(TdiffError(self.message, remedy=self.remedy))

    def as_json(self) -> str:
        content = {"kind": self.kind, "message": self.message, "remedy": self.remedy, "exit_code": self.exit_code}
        return json.dumps({"schema": ERROR_SHAPE, "error": content})


def run_to_exit(command: Callable[[], int | None], as_json: bool = False) -> None:
    """Run a command and leave the process with its exit code; every refusal is one sentence on stderr.

    Args:
        command: does the work and returns an exit code, or None for 0.
        as_json: whether stdout holds JSON, so that a refusal is an object there too: a program that reads stdout
            alone learns how it ended.

    Raises:
        SystemExit: if the code is not 0.
        Exception: faults of our own, where TDIFF_DEBUG is set.
    """
    try:
        code = command()
    except BrokenPipeError:  # the reader left, as in `tdiff … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        if as_json:
            _put(_Refusal("interrupted", "it was interrupted", exit_code=130))
        raise SystemExit(130) from None
    except Exception as error:
        if os.environ.get("TDIFF_DEBUG") and not isinstance(error, TdiffError):
            raise
        refusal = _refusal(error)
        _say(f"tdiff: {refusal.sentence()}")
        if as_json:
            _put(refusal)
        raise SystemExit(refusal.exit_code) from None
    if code:
        raise SystemExit(code)


def _refusal(error: BaseException) -> _Refusal:
    if isinstance(error, TdiffError):
        return _Refusal(error.kind, error.message, error.remedy, error.exit_code)
    if isinstance(error, OSError) and error.filename is not None:
        name = clean_text(os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else "a file")
        return _Refusal("system", f"cannot use {name}: {error.strerror}", "mend that, or choose another place")
    if isinstance(error, OSError) and error.errno in _OUTPUT_GONE:
        return _Refusal("system", f"the output cannot be written ({error.strerror})", "send it somewhere with room")
    if isinstance(error, MemoryError):
        return _Refusal("system", "not enough memory", "close other programs, or ask for fewer or smaller pictures")
    what = f"{type(error).__name__}: {clean_text(str(error), 200)}"
    return _Refusal("internal", f"internal error ({what})", "set TDIFF_DEBUG=1 to see where, and please report it")


def _put(refusal: _Refusal) -> None:
    try:
        print(refusal.as_json(), flush=True)  # noqa: T201
    except OSError:  # what was refused may be stdout itself
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  nothing of it is written at the end either


def fault_sentence(error: BaseException) -> str:
    """What a person is told of an error that nobody foresaw."""
    return f"tdiff: {_refusal(error).sentence()}"


def _say(message: str) -> None:
    print(shortened(clean_text(message, len(message))), file=sys.stderr)  # noqa: T201
