"""Joining a Ray cluster, and leaving it: whatever keeps it from being joined, or ends it, is one sentence."""

import logging
import os
import re
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from tdiff.engines.sprite import SpriteModel
from tdiff.errors import TdiffError, UsageError
from tdiff.text import clean_text

if TYPE_CHECKING:
    from tdiff.cluster.cluster import Cluster

_ADDRESS: Final = re.compile(r"(?:ray://)?(?P<host>[A-Za-z0-9_.-]+|\[[0-9a-fA-F:.]+\]):(?P<port>\d{1,5})")
_SECONDS: Final = 10.0
"""How long an address may take to accept a connection, and to greet."""

_SETTINGS: Final = 4
"""The type of an HTTP/2 frame that holds settings."""


def check_address(address: str) -> None:
    """Refuse what can be known to fail before anything is loaded.

    Args:
        address: "auto" for the cluster that this machine is part of, HOST:PORT of a cluster that it is part of, or
            ray://HOST:PORT of any other.

    Raises:
        UsageError: Ray is not installed, or it is no address.
        TdiffError: nobody answers there.
    """
    if find_spec("ray") is None:
        raise UsageError("--ray needs Ray", remedy="install it with pip install 'tdiff-explorer[ray]'")
    if address == "auto":
        return
    found = _ADDRESS.fullmatch(address)
    if found is None or not 0 < int(found["port"]) < 2**16:
        raise UsageError(
            f"{clean_text(address, 100)} is no address of a Ray cluster",
            remedy="write auto, HOST:PORT or ray://HOST:PORT",
        )
    try:
        with socket.create_connection((found["host"].strip("[]"), int(found["port"])), _SECONDS) as connection:
            if not (os.environ.get("RAY_USE_TLS") or _speaks_grpc(connection)):
                raise _silent(address)
    except (OSError, UnicodeError) as error:
        raise _silent(address) from error


@contextmanager
def joined(address: str, model: SpriteModel) -> "Iterator[Cluster]":
    """Join a cluster, and leave it in the end with nothing of ours running.

    Ray ends this process, without a word, when the cluster is lost: `tdiff.cluster.driver` joins from another one.

    Args:
        address: see `check_address`.
        model: whose weights its workers get.

    Raises:
        UsageError: see `check_address`.
        TdiffError: no cluster answers, it does not let us in, or it runs another Ray or Python.
    """
    check_address(address)
    import ray
    from ray.exceptions import RayError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ray.init(address, log_to_driver=False, logging_level=logging.CRITICAL)
    except (RayError, OSError, RuntimeError, ValueError) as error:
        raise _refused(address, error) from error
    try:
        from tdiff.cluster.cluster import Cluster

        yield Cluster(model)
    finally:
        ray.shutdown()


def lost() -> TdiffError:
    """What is said of a cluster that has let this machine down."""
    return TdiffError(
        "the Ray cluster is lost: its first machine, or what runs of it on this one, has ended",
        remedy="look at it with ray status, start it again, and then the command; files that are written stay",
    )


def _speaks_grpc(connection: socket.socket) -> bool:
    """Whether a server greets as those of gRPC do, with HTTP/2 settings: Ray would ask any other for minutes."""
    connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, _SETTINGS, 0, 0, 0, 0, 0)))
    head = b""
    while len(head) < 4:
        more = connection.recv(4 - len(head))
        if not more:
            return False
        head += more
    return head[3] == _SETTINGS


def _refused(address: str, error: Exception) -> TdiffError:
    """Why a cluster cannot be joined; at an address of ours something that speaks gRPC has answered."""
    from ray.exceptions import AuthenticationError

    said = clean_text(" ".join(str(error).split()), 300)
    where = "this machine's Ray cluster" if address == "auto" else f"the Ray cluster at {clean_text(address, 100)}"
    if "ersion" in said and ("mismatch" in said or "differ" in said):
        return TdiffError(
            f"{where} runs other versions than this machine ({said})",
            remedy="install the same Ray and Python on all of them",
        )
    if "Could not find any running Ray instance" in said:
        return TdiffError(
            "this machine is part of no Ray cluster", remedy="start one with ray start --head, or give an address"
        )
    if isinstance(error, AuthenticationError) or said.startswith("Failed to connect to Ray cluster"):
        return TdiffError(
            f"{where} does not let this machine in",
            remedy="if it asks for a token, copy ~/.ray/auth_token from its first machine",
        )
    return TdiffError(
        f"cannot join {where} ({said})", remedy="from a machine that is no part of it, give ray://HOST:10001"
    )


def _silent(address: str) -> TdiffError:
    return TdiffError(
        f"no Ray cluster answers at {clean_text(address, 100)}",
        remedy="look whether it runs with ray status, and give the address that ray start printed",
    )
