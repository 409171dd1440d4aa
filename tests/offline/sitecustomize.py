"""No way out of this machine, for every Python process with this folder on its path: attempts fail and are noted."""

import errno
import os
import sys

_OWN = ("127.", "::1", "localhost", "0.0.0.0")
_NOTES = "TDIFF_OFFLINE_NOTES"
"""Names the file that attempts are noted in."""


def _is_number(host: object) -> bool:
    return isinstance(host, str) and all(part.isdecimal() for part in host.split("."))


def _forbid(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        target = arguments[1]
        host = target[0] if isinstance(target, tuple) else None  # else a socket of this machine, with a path for a name
    elif event == "socket.getaddrinfo" and not _is_number(arguments[0]):  # numbers are looked up nowhere
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str) or not host or host.startswith(_OWN):
        return
    with open(os.environ[_NOTES], "a", encoding="utf-8") as notes:
        notes.write(f"{event} {host!r} by {sys.argv}\n")
    raise OSError(errno.ENETUNREACH, "there is no network in these tests")


if os.environ.get(_NOTES):
    sys.addaudithook(_forbid)
