"""`tdiff generate --via`: a server makes the pictures, and this process does where that is lost."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tdiff.commands.console import progress, say
from tdiff.commands.making import Here, Made
from tdiff.commands.outputs import Output
from tdiff.engines.choice import OURS
from tdiff.errors import TdiffError
from tdiff.recipe import Recipe
from tdiff.recipe.command import quoted

if TYPE_CHECKING:
    from tdiff.arrays import F32
    from tdiff.engines.model import ModelInfo
    from tdiff.serve.client import Client
    from tdiff.serve.wire import Served


class Found:
    """A server that has answered.

    Args:
        client: speaks with it.
        served: what it says of itself.
    """

    def __init__(self, client: "Client", served: "Served") -> None:
        self.client, self.served = client, served

    @property
    def runs_checkpoint(self) -> bool:
        """Whether its model is a checkpoint of diffusers."""
        return self.served.checkpoint


def found_at(text: str) -> Found | None:
    """Look for the server at an address; that nobody answers there is said.

    Raises:
        UsageError: it is no address, or the server refuses us.
        TdiffError: what answers there is no server of ours, or of another version.
    """
    from tdiff.serve.address import parse_address
    from tdiff.serve.client import Client, LostError

    client = Client(parse_address(text))
    try:
        return Found(client, client.served())
    except LostError as error:
        say(f"{error}: going on alone; tdiff serve --api starts one")
        return None


class There:
    """A server's model.

    Args:
        server: that has answered.
        allow_unknown: have pictures made of a prompt without a known word too.
    """

    def __init__(self, server: Found, allow_unknown: bool) -> None:
        self._server, self._allow_unknown = server, allow_unknown
        self._alone = False

    @property
    def info(self) -> "ModelInfo":
        """Of its model, as far as the server tells."""
        from tdiff.engines.model import ModelInfo

        served = self._server.served
        return ModelInfo(served.name, served.hash, 0, 0, 0, 0, served.engine, served.dtype)

    @property
    def options(self) -> tuple[str, ...]:
        """The server's address, as long as it is there."""
        return () if self._alone else ("--via", quoted(str(self._server.client.address)))

    def make(self, recipe: Recipe, count: int, start: "F32 | None", output: Output) -> Iterator[Made]:
        """Hand out pictures, an order at a time; where the server is lost, that is said, and the rest made here."""
        from tdiff.engines.differing import maker_named
        from tdiff.serve.client import LostError
        from tdiff.serve.wire import PICTURES_LIMIT, Order

        named = maker_named(recipe, self.info)
        firsts = range(0, count, PICTURES_LIMIT)
        with progress(recipe.steps * len(firsts), "denoising", quiet_below=60, plain=output.plain) as advance:
            for first in firsts:
                size = min(PICTURES_LIMIT, count - first)
                part = named.replace(seed=recipe.seed + first)
                order = Order(part, size, start, self._allow_unknown, stream=True)
                try:
                    answer = self._server.client.pictures(order, advance)
                except LostError as error:
                    lost = error
                    break
                for note in answer.notes if first == 0 else ():
                    say(note)
                for place, pixels in enumerate(answer.pixels):
                    yield Made(part.replace(seed=part.seed + place), pixels, answer.words, answer.seconds)
            else:
                return
        yield from self._here(lost).make(part, count - first, start, output)

    def _here(self, lost: TdiffError) -> Here:
        """The same model in this process.

        Raises:
            TdiffError: it is not here.
        """
        served = self._server.served
        if served.checkpoint:
            raise TdiffError(
                f"{lost}, and its model {served.name} is not given here",
                remedy="start the server again, or name the model with --model in place of --via",
            )
        here = Here(OURS)
        if here.info.hash != served.hash:
            raise TdiffError(
                f"{lost}, and it ran model {served.hash} where this is {here.info.hash}",
                remedy="start the server again",
            )
        say(f"{lost}: going on alone")
        self._alone = True
        return here
