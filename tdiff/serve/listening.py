"""Opening a socket file or a port, and leaving nothing behind."""

import errno
import os
import secrets
import socket
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tdiff.errors import TdiffError, UsageError
from tdiff.serve.address import Address, Port, SocketFile
from tdiff.text import clean_text

LOCAL_HOST: Final = "127.0.0.1"
_BACKLOG: Final = 64
_PATH_LIMIT: Final = 100
"""Bytes of a socket file's path; systems take 104 or 108."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A place where clients can connect.

    Attributes:
        socket: that listens.
        address: where it is.
    """

    socket: socket.socket
    address: Address

    def close(self) -> None:
        """Listen no more, and leave no file behind."""
        self.socket.close()
        if isinstance(self.address, SocketFile):
            with suppress(OSError):
                self.address.path.unlink()


def new_token() -> str:
    """Return a token that nobody guesses: 128 bits."""
    return secrets.token_urlsafe(16)


def is_local(host: str) -> bool:
    """Whether only programs on this machine can reach a host, as far as its name tells."""
    return host in ("localhost", "::1") or host.startswith("127.")


def open_port(host: str, number: int) -> Listening:
    """Listen on a port.

    Args:
        host: an interface of this machine, by name or number.
        number: of the port; 0 takes a free one.

    Returns:
        The place, with a fresh token in its address.

    Raises:
        UsageError: there is no such host or port, or it is taken.
    """
    shown = clean_text(host, 60)
    if not 0 <= number <= 65535:
        raise UsageError(f"--port must be from 0 to 65535, not {number}")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise UsageError(f"there is no host {shown}", remedy=f"leave out --host for {LOCAL_HOST}") from error
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere it would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _port_trouble(error, shown, number) from error
    return Listening(listener, Port(host, listener.getsockname()[1], new_token()))


def open_socket_file(path: Path) -> Listening:
    """Listen on a Unix socket that only its owner can open; one that a killed server left behind is replaced.

    Raises:
        UsageError: the path is taken, too long, or this system has no Unix sockets.
    """
    shown = clean_text(str(path), 200)
    if not hasattr(socket, "AF_UNIX"):
        raise UsageError("this system has no Unix sockets", remedy="listen on a port with --port 8177")
    if len(os.fsencode(path.absolute())) > _PATH_LIMIT:
        raise UsageError(
            f"the socket's path is longer than {_PATH_LIMIT} bytes, which no system takes",
            remedy="choose a shorter one",
        )
    _clear(path, shown)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        before = os.umask(0o177)  # so that it is private from the moment it is there
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(f"{shown} is in use", remedy="choose another with --socket") from error
        raise UsageError(
            f"cannot listen on {shown}: {error.strerror}", remedy="choose another place with --socket"
        ) from error
    return Listening(listener, SocketFile(path))


def connect(path: Path, seconds: float | None) -> socket.socket:
    """Open a connection to a socket file.

    Raises:
        OSError: nobody answers there.
    """
    if not hasattr(socket, "AF_UNIX"):
        raise OSError(errno.EAFNOSUPPORT, "this system has no Unix sockets")
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect(str(path))
    except BaseException:
        connection.close()
        raise
    return connection


def _clear(path: Path, shown: str) -> None:
    """Make room where a killed server left its socket behind."""
    try:
        mode = path.lstat().st_mode
    except OSError:  # nothing there, or a folder that bind will complain of
        return
    if not stat.S_ISSOCK(mode):
        raise UsageError(f"{shown} is there and is no socket", remedy="choose another place with --socket")
    try:
        connect(path, 5).close()
    except ConnectionRefusedError:
        try:
            path.unlink()
        except OSError as error:
            raise TdiffError(
                f"{shown} was left behind and cannot be removed: {error.strerror}", remedy="remove it"
            ) from error
        return
    except OSError as error:
        raise UsageError(
            f"{shown} cannot be used: {error.strerror or error}", remedy="choose another place with --socket"
        ) from error
    raise UsageError(
        f"a server listens on {shown} already", remedy="use it with --via, or choose another place with --socket"
    )


def _port_trouble(error: OSError, host: str, number: int) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(f"port {number} is in use", remedy="choose another with --port, or a free one with --port 0")
    if error.errno == errno.EADDRNOTAVAIL:
        return UsageError(f"{host} is no address of this machine", remedy=f"leave out --host for {LOCAL_HOST}")
    if error.errno == errno.EACCES:
        return UsageError(f"port {number} is kept for the system", remedy="choose one above 1023 with --port")
    return UsageError(f"cannot listen on {host}, port {number}: {error.strerror}", remedy="choose another with --port")
