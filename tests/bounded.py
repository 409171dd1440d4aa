"""Trying a reader on many hostile inputs, in a process of its own with a bound on memory and on CPU time for each."""

import json
import os
import signal
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tdiff.errors import TdiffError

MEMORY = 200 << 20
"""Bytes that an input may take beyond what the process had before."""
SECONDS = 2.0
"""Of CPU time that an input may take, so that a busy machine changes nothing."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of some inputs.

    Attributes:
        tried: how many.
        failures: one sentence for each that raised another error than ours, or took too much.
        worst: most bytes that one of them took.
    """

    tried: int
    failures: tuple[str, ...]
    worst: int


class TooLong(BaseException):
    """An input took its CPU time; not an Exception, so that nothing which is under test catches it."""


def tried(read: Callable[[object], object], inputs: Iterable[tuple[str, object]]) -> Tally:
    """Hand inputs to a reader, one after the other, in a child process.

    Args:
        read: takes one; may return anything, or raise a TdiffError of one line without escapes.
        inputs: their names and what `read` takes; made in the child.
    """
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException), os.fdopen(sending, "w") as out:
            _try_all(read, inputs, lambda line: print(json.dumps(line), file=out, flush=True))
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving) as lines:
        said = [json.loads(line) for line in lines]
    _, status = os.waitpid(child, 0)
    failures = [line["failure"] for line in said if line.get("failure")]
    if not said or not said[-1].get("over"):
        failures.append(f"{said[-1]['name'] if said else 'the first'}: ended the process ({status})")
    return Tally(
        sum("worst" in line for line in said), tuple(failures), max([line.get("worst", 0) for line in said], default=0)
    )


def _try_all(
    read: Callable[[object], object], inputs: Iterable[tuple[str, object]], say: Callable[[object], None]
) -> None:
    signal.signal(signal.SIGPROF, _too_long)
    for name, each in inputs:
        say({"name": name})
        before = _begin_peak()
        failure = ""
        try:
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            read(each)
        except TdiffError as error:
            text = str(error)
            if "\n" in text or "\x1b" in text or not text:
                failure = f"{name}: says {text!r}"
        except TooLong:
            failure = f"{name}: more than {SECONDS} s of CPU time"
        except BaseException as error:
            failure = f"{name}: {type(error).__name__}: {error} {traceback.format_exc()[-600:]}"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        took = max(_peak() - before, 0)
        if took > MEMORY and not failure:
            failure = f"{name}: took {took >> 20} MB"
        say({"name": name, "worst": took, "failure": failure})
    say({"over": True})


def _too_long(*_: object) -> None:
    raise TooLong


def _begin_peak() -> int:
    """Begin to measure the most that is in memory; returns what is there now."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) << 10
    raise AssertionError("the system does not say how much memory a process takes")
