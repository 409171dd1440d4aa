"""A Ray cluster that makes pictures; the only place that imports Ray."""

import pickle
import platform
from collections.abc import Callable, Generator, Iterator, Sequence
from math import ceil
from typing import Any, Final

import numpy as np
import ray
from ray.exceptions import LocalRayletDiedError, RayError, RayTaskError

from tdiff.arrays import U8
from tdiff.batches import BATCH, batches, in_order
from tdiff.cluster.joining import lost
from tdiff.cluster.work import installed, parcel_of
from tdiff.engines.sprite import SpriteModel
from tdiff.errors import TdiffError
from tdiff.recipe import Recipe
from tdiff.text import clean_text

_TRIES: Final = 5
"""How often a batch may be lost with its worker before that is taken to be the batch's fault."""

_WAITING: Final = 64
"""Batches that wait in the cluster, beyond four for each CPU: machines that join later find work at once."""


class Cluster:
    """Makes pictures on all machines of the cluster that this process has joined.

    Args:
        model: whose weights are put into the object store, once.

    Raises:
        WeightsError: the model's files are missing or damaged.
        TdiffError: the cluster has no CPU for work.
    """

    def __init__(self, model: SpriteModel) -> None:
        self.machines = sum(bool(node["Alive"]) for node in ray.nodes())
        self.cpus = int(ray.cluster_resources().get("CPU", 0))
        if not self.cpus:
            raise TdiffError(
                "no machine of the Ray cluster has a CPU for work", remedy="start it with ray start --num-cpus"
            )
        self._parcel = ray.put(parcel_of(model))
        self._task = ray.remote(num_cpus=1, max_retries=_TRIES)(_task())

    def generate_parts(self, recipes: Sequence[Recipe], progress: Callable[[int], None] | None = None) -> Generator[U8]:
        """Make one picture for each recipe, and hand them out in order as they are made.

        A batch whose worker is lost is made again elsewhere. What is left when the iterator is closed is stopped.

        Args:
            recipes: without start pictures.
            progress: called with the number of pictures done since the last call.

        Yields:
            (k, H, W, 3) uint8: the next k pictures; each within one level of 255 of its single run.

        Raises:
            TdiffError: a worker has another tdiff or none, or a batch cannot be made.
        """

        def made() -> Iterator[tuple[list[int], U8]]:
            for places, pictures in self._made(recipes):
                if progress is not None:
                    progress(len(places))
                yield places, pictures

        yield from in_order(made())

    def _made(self, recipes: Sequence[Recipe]) -> Iterator[tuple[list[int], U8]]:
        """Batches as they are finished, in any order."""
        left = batches(recipes, _even(len(recipes), self.cpus))
        left.reverse()
        running: dict[Any, list[int]] = {}
        try:
            while left or running:
                while left and len(running) < 4 * self.cpus + _WAITING:
                    places = left.pop()
                    work = pickle.dumps([recipes[place] for place in places])
                    running[self._task.remote(installed(), self._parcel, work)] = places
                done, _ = ray.wait(list(running))
                for ref in done:
                    pictures = _result(ref)
                    yield running.pop(ref), pictures
        finally:
            for ref in running:
                ray.cancel(ref, force=True)


def _even(count: int, cpus: int) -> int:
    """The size of batches that gives every CPU as many pictures, BATCH at the most."""
    rounds = max(1, ceil(count / (BATCH * cpus)))
    return max(1, ceil(count / (cpus * rounds)))


def _task() -> Callable[[str, Any, bytes], Any]:
    """What a worker runs.

    A function within a function travels as code, and what it takes is plain, so that a machine with another tdiff, or
    none, can say so.
    """

    def pictures(wanted: str, parcel: Any, recipes: bytes) -> Any:
        try:
            from tdiff.cluster.work import installed, make
        except ImportError as error:
            return f"{platform.node()} has no tdiff of this kind ({error})"
        if installed() != wanted:
            return f"{platform.node()} has {installed()}"
        return make(parcel, pickle.loads(recipes))

    return pictures


def _result(ref: Any) -> U8:
    """Pictures that are finished.

    Raises:
        TdiffError: there are none.
    """
    try:
        found = ray.get(ref)
    except RayTaskError as error:
        cause = error.cause
        if isinstance(cause, TdiffError):
            raise cause from error
        what = clean_text(f"{type(cause).__name__}: {cause}".partition("\n")[0], 200)
        raise TdiffError(f"a worker of the Ray cluster failed ({what})", remedy="see its logs") from error
    except LocalRayletDiedError as error:
        raise lost() from error
    except RayError as error:
        what = type(error).__name__
        raise TdiffError(
            f"pictures were lost with their workers {_TRIES + 1} times ({what})",
            remedy="look whether its machines run out of memory, and start it again",
        ) from error
    if isinstance(found, str):
        raise TdiffError(
            f"the machine {clean_text(found, 300)}, and this one {installed()}",
            remedy="install the same tdiff on every machine of the cluster",
        )
    return np.asarray(found)
