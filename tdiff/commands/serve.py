"""`tdiff serve`: a model that stays loaded, for commands and programs."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tdiff.commands.console import put, say
from tdiff.commands.json_lines import put_json
from tdiff.engines.choice import EngineChoice
from tdiff.errors import UsageError
from tdiff.recipe.command import quoted
from tdiff.serve.address import usual_socket
from tdiff.serve.listening import LOCAL_HOST, Listening, is_local, open_port, open_socket_file


def serve_api(choice: EngineChoice, path: Path | None, host: str | None, port: int | None, as_json: bool) -> None:
    """Load a model and make the pictures that clients ask for, until ctrl+c.

    Args:
        choice: the model, and what runs it.
        path: of a socket file; None for the usual one, unless host or port are given.
        host: interface to listen on; None for this machine alone.
        port: to listen on; 0 for a free one.
        as_json: print where it listens as JSON, in place of a command that uses it.

    Raises:
        UsageError: the place is taken or impossible, or options do not go together.
        WeightsError: the model cannot be loaded.
    """
    from tdiff.pipeline import load_chosen
    from tdiff.serve.api import ApiServer

    if path is not None and (host is not None or port is not None):
        raise UsageError("--socket names a file, --host and --port a port", remedy="choose one of them")
    listening = _listening(path, host, port)
    close = listening.close
    with ended_by_signals():
        try:
            pipeline = load_chosen(choice)
            pipeline.generate("", steps=1)  # so that the weights are read, and found damaged, before a client waits
            server = ApiServer(pipeline, choice.runs_checkpoint, listening, say)
            close = server.close
            say(f"{pipeline.info.name} {pipeline.info.hash} is loaded; ctrl+c ends it; use it with:")
            if as_json:
                model = {"name": pipeline.info.name, "hash": pipeline.info.hash}
                put_json("tdiff.serve/1", {"address": str(listening.address), "model": model})
            else:
                put(f'tdiff generate "a red apple" --via {quoted(str(listening.address))}')
            sys.stdout.flush()
            server.serve()
        except KeyboardInterrupt:
            say("ended")
        finally:
            close()


def _listening(path: Path | None, host: str | None, port: int | None) -> Listening:
    if host is None and port is None:
        return open_socket_file(usual_socket() if path is None else path)
    place = LOCAL_HOST if host is None else host
    if not is_local(place):
        warn_of_others(place)
    return open_port(place, 0 if port is None else port)


def warn_of_others(host: str) -> None:
    """Say what listening on an interface that others reach means."""
    say(
        f"warning: on {host} everybody who can reach this machine and has the token can use it, and what is sent is "
        "not encrypted; leave out --host, and reach it through ssh -L instead"
    )


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Have SIGTERM and SIGHUP end a server as ctrl+c does, so that it leaves nothing behind either way."""

    def end(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = {name: signal.signal(name, end) for name in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
