"""A server of the shipped model in a thread, on a socket file or a port."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tdiff.pipeline import Pipeline, load
from tdiff.serve.api import ApiServer
from tdiff.serve.listening import Listening, open_port, open_socket_file


class Running:
    """A server, and what it has told."""

    def __init__(self, pipeline: Pipeline, listening: Listening, checkpoint: bool) -> None:
        self.told: list[str] = []
        self.server = ApiServer(pipeline, checkpoint, listening, self.told.append)
        self.address = listening.address
        self._thread = threading.Thread(target=self.server.serve, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self.server.stop()
        self.server.close()
        self._thread.join(10)


@contextmanager
def running(pipeline: Pipeline, listening: Listening, checkpoint: bool = False) -> Iterator[Running]:
    server = Running(pipeline, listening, checkpoint)
    try:
        yield server
    finally:
        server.end()


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that end in .invalid are of no host, without anybody being asked for them (RFC 6761)."""
    asked = socket.getaddrinfo

    def answer(host: str, *options: Any, **more: Any) -> Any:
        if str(host).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return asked(host, *options, **more)

    monkeypatch.setattr(socket, "getaddrinfo", answer)


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    return load()


@pytest.fixture
def socket_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A path that is short enough for a socket, whatever the test is called."""
    return tmp_path_factory.mktemp("s") / "api.sock"


@pytest.fixture
def serve(pipeline: Pipeline, socket_file: Path) -> Iterator[Callable[..., Running]]:
    """Starts servers, on a port or on the socket file."""
    with ExitStack() as stack:

        def start(port: bool = False, checkpoint: bool = False, served: Pipeline = pipeline) -> Running:
            listening = open_port("127.0.0.1", 0) if port else open_socket_file(socket_file)
            return stack.enter_context(running(served, listening, checkpoint))

        yield start
