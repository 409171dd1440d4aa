"""Who makes many pictures: the model that is loaded here, or with `--ray` the machines of a cluster."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from tdiff.commands.console import say
from tdiff.engines.choice import EngineChoice
from tdiff.errors import UsageError
from tdiff.recipe import Recipe

if TYPE_CHECKING:
    from tdiff.arrays import U8
    from tdiff.pipeline import Pipeline


class Many(Protocol):
    """Makes one picture for each recipe; `Pipeline` says more of both ways."""

    def generate_many(self, recipes: Sequence[Recipe], progress: Callable[[int], None] | None = None) -> "U8":
        """Return all of them."""
        ...

    def generate_parts(
        self, recipes: Sequence[Recipe], progress: Callable[[int], None] | None = None
    ) -> "Iterator[U8]":
        """Hand them out in order as they are made."""
        ...


def check_spread(choice: EngineChoice, ray: str | None) -> None:
    """Refuse what can be known to fail before anything heavy is imported.

    Args:
        choice: the model, and what runs it.
        ray: address of a cluster; None for this process.

    Raises:
        UsageError: options that do not go together, or what they need is not installed.
        TdiffError: nobody answers at the address.
        WeightsError: the model's folder is none, or not of a kind that is supported.
    """
    choice.check()
    if ray is None:
        return
    if choice.runs_checkpoint or choice.engine not in (None, "numpy"):
        raise UsageError(
            "--ray spreads a model of tdiff's own, run by numpy",
            remedy="leave out --ray, or pass --engine numpy and no checkpoint",
        )
    from tdiff.cluster.joining import check_address

    check_address(ray)


@contextmanager
def spread(pipeline: "Pipeline", ray: str | None) -> Iterator[Many]:
    """Make pictures with a pipeline, or with its weights on a cluster; whatever is left there in the end is stopped.

    Args:
        pipeline: of a model of tdiff's own where `ray` is given.
        ray: address of a cluster; None for the pipeline itself.

    Raises:
        TdiffError: the cluster cannot be joined, or is lost.
    """
    if ray is None:
        yield pipeline
        return
    from tdiff.cluster.driver import driven
    from tdiff.engines.sprite import SpriteModel

    assert isinstance(pipeline.model, SpriteModel)
    with driven(ray, pipeline.model) as cluster:
        machines, cpus = cluster.machines, cluster.cpus
        say(f"on {machines} machine{'s' * (machines > 1)} of a Ray cluster with {cpus} CPU{'s' * (cpus > 1)}")
        yield cluster
