"""A cluster driven by a process of its own.

Ray ends the process that has joined a cluster, without a word, where that machine's part of the cluster or its first
machine is lost. So a child joins; what becomes of it is seen, and said, from outside. Whatever Ray writes ends with it.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final

import numpy as np

from tdiff.arrays import U8
from tdiff.cluster.joining import check_address, joined, lost
from tdiff.cluster.work import Parcel, model_of, parcel_of
from tdiff.engines.sprite import SpriteModel
from tdiff.errors import TdiffError
from tdiff.recipe import Recipe
from tdiff.text import clean_text

_SECONDS: Final = 5.0
"""How long a driver may take to stop what runs in the cluster before it is ended itself."""

_RAY: Final = {
    "RAY_gcs_rpc_server_reconnect_timeout_s": "20",  # until a first machine that does not answer is lost: 60 otherwise
    "RAY_ENABLE_AUTO_CONNECT": "0",  # or Ray would start a cluster of its own here where another one is lost
}
"""Settings of Ray that it reads as it is imported; those of the environment go before them."""

_STANDARD: Final = (1, 2)  # file descriptors of standard output and standard error


class DrivenCluster:
    """Makes pictures as `tdiff.cluster.cluster.Cluster` does, from outside the process that has joined.

    Args:
        process: the driver.
        connection: to it.

    Attributes:
        machines, cpus: of the cluster as it was joined.

    Raises:
        TdiffError: it cannot be joined, or was lost meanwhile.
    """

    def __init__(self, process: BaseProcess, connection: "Connection[Any, Any]") -> None:
        self._process, self._connection = process, connection
        self.machines, self.cpus = self._received()

    def generate_many(self, recipes: Sequence[Recipe], progress: Callable[[int], None] | None = None) -> U8:
        """Make one picture for each recipe; see `generate_parts`.

        Returns:
            (n, H, W, 3) uint8, in the order of the recipes.
        """
        return np.concatenate(list(self.generate_parts(recipes, progress)))

    def generate_parts(self, recipes: Sequence[Recipe], progress: Callable[[int], None] | None = None) -> Iterator[U8]:
        """Make one picture for each recipe, and hand them out in order as they are made.

        Args:
            recipes: without start pictures.
            progress: called with the number of pictures done since the last call.

        Yields:
            (k, H, W, 3) uint8: the next k pictures.

        Raises:
            TdiffError: the cluster is lost, or see `tdiff.cluster.cluster.Cluster.generate_parts`.
        """
        self._connection.send(list(recipes))
        left = len(recipes)
        while left:
            done, part = self._received()
            if progress is not None and done:
                progress(done)
            if part is not None:
                left -= len(part)
                yield part

    def _received(self) -> Any:
        """What the driver sends next.

        Raises:
            TdiffError: an error instead, or nothing, since the driver has ended.
        """
        wait([self._connection, self._process.sentinel])
        if not self._connection.poll():
            raise lost()
        try:
            found = self._connection.recv()
        except (EOFError, OSError) as error:
            raise lost() from error
        if isinstance(found, TdiffError):
            raise found
        return found


@contextmanager
def driven(address: str, model: SpriteModel) -> Iterator[DrivenCluster]:
    """Join a cluster, and leave it in the end with nothing of ours running.

    Args:
        address: see `tdiff.cluster.joining.check_address`.
        model: whose weights its workers get.

    Raises:
        UsageError: see `tdiff.cluster.joining.check_address`.
        TdiffError: the cluster cannot be joined, or is lost.
        WeightsError: the model's files are missing or damaged.
    """
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=_drive, args=(theirs, address), daemon=True)
    process.start()
    theirs.close()  # so that its end is seen here
    try:
        ours.send(parcel_of(model))
        yield DrivenCluster(process, ours)
    finally:
        ours.close()
        _end(process)


def _end(process: BaseProcess) -> None:
    """Let a driver stop what it has started."""
    if sys.platform != "win32" and process.pid is not None and process.is_alive():
        os.kill(process.pid, signal.SIGINT)
    process.join(_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()


def _drive(connection: "Connection[Any, Any]", address: str) -> None:
    """What the driver does: it joins, and makes pictures until nobody asks for any."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in _STANDARD:
        os.dup2(nowhere, descriptor)
    os.environ.update(_RAY | os.environ)
    if sys.platform != "win32":
        os.setsid()  # ctrl+c in the terminal is for the command, which then ends this one
    try:
        _serve(connection, address)
    except TdiffError as error:
        connection.send(error)
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        pass  # the command needs no more
    except Exception as error:
        connection.send(_failed(address, error))


def _failed(address: str, error: Exception) -> TdiffError:
    """What is said where Ray raises what it does not document, as its client does where the other end is gone."""
    try:
        check_address(address)
    except TdiffError:
        return lost()
    what = clean_text(f"{type(error).__name__}: {error}".partition("\n")[0].removesuffix(": "), 200)
    return TdiffError(f"Ray failed ({what})", remedy="look at the cluster with ray status")


def _serve(connection: "Connection[Any, Any]", address: str) -> None:
    parcel: Parcel = connection.recv()
    with joined(address, model_of(parcel)) as cluster:
        connection.send((cluster.machines, cluster.cpus))
        try:
            while True:
                recipes: list[Recipe] = connection.recv()
                with closing(cluster.generate_parts(recipes, lambda done: connection.send((done, None)))) as parts:
                    for part in parts:
                        connection.send((0, part))
        except TdiffError as error:
            connection.send(error)  # before the cluster is left, which takes Ray a minute where it is lost
