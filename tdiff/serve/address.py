"""Where a server listens and is found: a socket file, or a port with a token."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from tdiff.errors import UsageError
from tdiff.paths import user_dirs
from tdiff.text import clean_text
from tdiff.typed_path import path_to_read

USUAL: Final = "auto"
"""Names the socket file that a server takes unless it is told otherwise."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{8,128}")
_SCHEME: Final = re.compile(r"(https?(?=:)|[a-z][a-z0-9+.-]*(?=://)):(?://)?", re.IGNORECASE)
_HOST_AND_PORT: Final = re.compile(r"[\w.-]+:\d{1,5}(?:/.*)?|\[[0-9a-fA-F:]+\]:\d{1,5}(?:/.*)?")


@dataclass(frozen=True, slots=True)
class SocketFile:
    """A Unix socket, which only its owner can open.

    Attributes:
        path: of the file.
    """

    path: Path

    def __str__(self) -> str:
        """As `parse_address` reads it."""
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Port:
    """A TCP port, which whoever knows the token may use.

    Attributes:
        host: name or number of the machine.
        number: of the port.
        token: what every request carries.
    """

    host: str
    number: int
    token: str

    def __str__(self) -> str:
        """As `parse_address` reads it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.number}/{self.token}"


Address: TypeAlias = SocketFile | Port


def usual_socket(env: Mapping[str, str] | None = None) -> Path:
    """Return the socket file that a server takes unless it is told otherwise."""
    return user_dirs(env).runtime / "api.sock"


def parse_address(text: str, env: Mapping[str, str] | None = None) -> Address:
    """Read the address of a server, as `tdiff serve --api` prints it.

    Args:
        text: "auto", the path of a socket file, or http://HOST:PORT/TOKEN.
        env: the environment, which says where "auto" is.

    Raises:
        UsageError: it is none of these.
    """
    stripped = text.strip()
    if stripped == USUAL:
        return SocketFile(usual_socket(env))
    scheme = _SCHEME.match(stripped)
    if scheme is not None and scheme[1].lower() == "https":
        raise UsageError(
            "tdiff serve speaks plain http",
            remedy="reach a server on another machine through ssh -L PORT:localhost:PORT",
        )
    if scheme is not None and scheme[1].lower() == "http":
        return _port(stripped)
    if scheme is not None and scheme[1].lower() != "file":  # which `path_to_read` undoes
        raise UsageError(
            f"a server's address begins with http://, not {clean_text(scheme[0], 30)}",
            remedy="give that, or the path of a socket alone",
        )
    if _HOST_AND_PORT.fullmatch(stripped) and not os.path.lexists(stripped):
        raise UsageError(
            f"the address {clean_text(stripped, 80)} lacks the token",
            remedy="copy the whole one that tdiff serve --api printed: http://HOST:PORT/TOKEN",
        )
    return SocketFile(path_to_read(text))


def _port(text: str) -> Port:
    shown = clean_text(text, 80)
    wanted = "copy the one that tdiff serve --api printed: http://HOST:PORT/TOKEN"
    try:
        parts = urlsplit(text)
        number = parts.port
    except ValueError as error:
        raise UsageError(f"{shown} is no address", remedy=wanted) from error
    if not parts.hostname or not number or parts.username is not None:
        raise UsageError(f"the address {shown} needs a host and a port", remedy=wanted)
    token = parts.path.strip("/")
    if not _TOKEN.fullmatch(token) or parts.query or parts.fragment:
        raise UsageError(f"the address of {clean_text(parts.netloc, 60)} lacks the token", remedy=wanted)
    return Port(parts.hostname, number, token)
