"""`tdiff serve`: the explorer in a browser, or a model that stays loaded for commands and programs."""

import importlib.util
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from tdiff.commands.console import put, say
from tdiff.commands.json_lines import put_json
from tdiff.engines.choice import EngineChoice
from tdiff.errors import UsageError
from tdiff.recipe.command import quoted
from tdiff.serve.address import usual_socket
from tdiff.serve.listening import LOCAL_HOST, Listening, is_local, open_port, open_socket_file

VISITORS_LIMIT: Final = 200
IDLE_LIMIT: Final = 1440
BROWSER_PORT: Final = 8000


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


def serve_browser(host: str | None, port: int | None, visitors: int, idle: float, keep: bool, as_json: bool) -> None:
    """Serve the explorer to browsers, until ctrl+c.

    Args:
        host: interface to listen on; None for this machine alone.
        port: to listen on; 0 for a free one, None for BROWSER_PORT or else a free one.
        visitors: how many may be here at once.
        idle: minutes that one may do nothing.
        keep: whether they use our settings, history and progress.
        as_json: print where it listens as JSON.

    Raises:
        UsageError: textual-serve is not installed, or the port is taken or impossible.
    """
    if importlib.util.find_spec("textual_serve") is None:
        raise UsageError(
            "the explorer in a browser needs textual-serve",
            remedy="install it with pip install 'tdiff-explorer[serve]'",
        )
    from tdiff.serve.browser import BrowserServer, Rules, serve_until_told
    from tdiff.serve.folders import sweep

    if not 1 <= visitors <= VISITORS_LIMIT:
        raise UsageError(f"--visitors must be from 1 to {VISITORS_LIMIT}, not {visitors}")
    if not 0 < idle <= IDLE_LIMIT:
        raise UsageError(f"--idle must be above 0 and at most {IDLE_LIMIT} minutes, not {idle:g}")
    listening = _port(host, BROWSER_PORT if port is None else port)
    sweep()
    server = BrowserServer(listening, Rules(visitors, 60 * idle, keep), say)
    say(f"up to {visitors} visitors; ctrl+c ends it; open this address in a browser:")
    if as_json:
        put_json("tdiff.serve-browser/1", {"address": f"{listening.address}/", "visitors": visitors})
    else:
        put(f"{listening.address}/")
    sys.stdout.flush()
    serve_until_told(server, say)
    say("ended")


def _listening(path: Path | None, host: str | None, port: int | None) -> Listening:
    if host is None and port is None:
        return open_socket_file(usual_socket() if path is None else path)
    return _port(host, 0 if port is None else port)


def _port(host: str | None, number: int) -> Listening:
    """Listen on a port, and say what it means where others reach it."""
    place = LOCAL_HOST if host is None else host
    if not is_local(place):
        say(
            f"warning: on {place} everybody who can reach this machine and has the token can use tdiff as you, files "
            "included, and what is sent is not encrypted; leave out --host, and reach it through ssh -L instead"
        )
    return open_port(place, number)


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
