"""The server: a model that stays loaded, asked over HTTP by one client after another.

It is built on `http.server` of the standard library, so that the base install serves: the requests are few, small and
slow to fulfil, and nothing but programs of the same user, or who know a token, gets as far as the model. What a public
server needs besides (encryption, accounts, quotas) it has not; ssh forwards either kind of socket.
"""

import hmac
import json
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING, Any, Final

from tdiff import __version__
from tdiff.ending import ERROR_SHAPE
from tdiff.errors import TdiffError, UsageError
from tdiff.prompt.explain import explain_cut, require_effect
from tdiff.serve.address import Port
from tdiff.serve.listening import Listening
from tdiff.serve.turns import BusyError, EndingError, Turns
from tdiff.serve.wire import (
    BODY_LIMIT,
    VERSION,
    Answer,
    Order,
    Served,
    answer_to_json,
    order_from_json,
    served_to_json,
)
from tdiff.text import clean_text, escaped

if TYPE_CHECKING:
    from tdiff.pipeline import Pipeline

QUEUE_LIMIT: Final = 32
_CONNECTIONS_LIMIT: Final = 64
_SILENCE_SECONDS: Final = 30.0
"""How long a client may take over its next byte."""

_PIECE: Final = 64 * 1024

_LAST_STEP_SECONDS: Final = 10.0
"""How long the step that is under way may take when the server ends."""


class ClientGoneError(Exception):
    """Nobody waits for the answer any more."""


class ApiServer:
    """Serves one model on one listening socket.

    Args:
        pipeline: makes the pictures.
        checkpoint: whether its model is a checkpoint of diffusers.
        listening: where clients connect; a port's token is asked of every request.
        tell: is given a sentence for each order and each trouble.
    """

    def __init__(
        self,
        pipeline: "Pipeline",
        checkpoint: bool,
        listening: Listening,
        tell: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self.pipeline, self.listening, self.tell = pipeline, listening, tell
        info = pipeline.info
        self.served = Served(__version__, info.name, info.hash, checkpoint, info.engine, info.dtype)
        self.turns = Turns(QUEUE_LIMIT)
        self._http = _Http(listening.socket, self)

    def serve(self) -> None:
        """Answer until `stop` is called from another thread, or something is raised in this one."""
        self._http.serve_forever(poll_interval=0.2)

    def stop(self) -> None:
        """Have `serve` return; from another thread than the one that it runs in."""
        self._http.shutdown()

    def close(self) -> None:
        """End what is under way and leave nothing behind."""
        self.listening.close()
        self.turns.close(_LAST_STEP_SECONDS)

    def fulfil(self, order: Order, waiting: Callable[[int], None], stepped: Callable[[int, int], None]) -> Answer:
        """Make an order's pictures when its turn has come.

        Args:
            order: what to make.
            waiting: called about once a second with how many orders are in front.
            stepped: called after each step with the number done and of how many; what either raises ends the work.

        Raises:
            UsageError: the order asks for what this model cannot do.
            BusyError: too many wait already.
            EndingError: the server ends.
        """
        tokens = self.pipeline.tokens(order.recipe.prompt)
        notes = order.notes
        if self.served.checkpoint:
            notes += tuple(_cuts(self.pipeline, order))
        else:
            require_effect(tokens, order.allow_unknown)
        with self.turns.turn(waiting):
            began = time.perf_counter()
            for step in self.pipeline.sample(order.recipe, order.count, order.picture):
                if self.turns.closed:
                    raise EndingError("the server is ending")
                stepped(step.index + 1, order.recipe.steps)
            pixels = self.pipeline.model.decode(step.x_next)
        seconds = (time.perf_counter() - began) / order.count
        self.tell(f"{order.count} × {clean_text(order.recipe.prompt, 60)} · {seconds:.2f} s a picture")
        return Answer(pixels, tokens.words, seconds, notes)


def _cuts(pipeline: "Pipeline", order: Order) -> list[str]:
    """What of an order's texts does not reach a checkpoint's encoder."""
    texts = (("prompt", order.recipe.prompt), ("negative", order.recipe.negative))
    notes = (explain_cut(pipeline.tokens(text), what) for what, text in texts)
    return [note for note in notes if note is not None]


class _Http(ThreadingTCPServer):
    """Accepts connections, a thread each, from a socket that is open already."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, listener: socket.socket, api: ApiServer) -> None:
        super().__init__(("", 0), _Request, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.api = api
        self._free = threading.BoundedSemaphore(_CONNECTIONS_LIMIT)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection a thread, unless there are too many."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer in a thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nobody reads the answer any more, or we have a fault: the next request is answered all the same."""
        import sys

        error = sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.api.tell(f"internal error ({type(error).__name__}: {clean_text(str(error), 200)})")


class _Request(BaseHTTPRequestHandler):
    """One request: what the server is, or an order."""

    server: _Http
    timeout = _SILENCE_SECONDS
    server_version, sys_version = f"tdiff/{__version__}", ""

    def do_GET(self) -> None:
        """Say what the server is."""
        if self._may():
            if self.path != "/":
                self._refuse(HTTPStatus.NOT_FOUND, TdiffError("there is only / and /pictures"))
                return
            self._answer(HTTPStatus.OK, served_to_json(self.server.api.served))

    def do_POST(self) -> None:
        """Fulfil an order."""
        if not self._may():
            return
        if self.path != "/pictures":
            self._refuse(HTTPStatus.NOT_FOUND, TdiffError("orders are posted to /pictures"))
            return
        body = self._body()
        if body is None:
            return
        try:
            order = order_from_json(body)
        except TdiffError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, error)
            return
        if order.stream:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "application/x-ndjson")
            self.end_headers()
        self._fulfil(order)

    def _fulfil(self, order: Order) -> None:
        api = self.server.api
        try:
            answer = api.fulfil(order, lambda front: self._told(order, {"waiting": front}), self._stepped(order))
            recipe = api.pipeline.named(order.recipe)
            self._answer(HTTPStatus.OK, answer_to_json(answer, recipe), begun=order.stream)
        except ClientGoneError:
            api.tell("a client left before its pictures were made")
        except (BusyError, EndingError) as error:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, error, begun=order.stream)
        except UsageError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, error, begun=order.stream)
        except OSError:
            raise
        except Exception as error:
            what = TdiffError(f"internal error ({type(error).__name__}: {clean_text(str(error), 200)})")
            api.tell(str(what))
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, what, begun=order.stream)

    def _stepped(self, order: Order) -> Callable[[int, int], None]:
        return lambda step, of: self._told(order, {"step": step, "of": of})

    def _told(self, order: Order, line: dict[str, int]) -> None:
        """Look whether the client is still there, and tell it how far its order is."""
        if select.select([self.connection], [], [], 0)[0] and not self._sends_more():
            raise ClientGoneError
        if order.stream:
            try:
                self.wfile.write(json.dumps(line).encode() + b"\n")
            except OSError as error:
                raise ClientGoneError from error

    def _sends_more(self) -> bool:
        """Whether a connection that can be read holds more than its end."""
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def _may(self) -> bool:
        """Whether the request carries the token of a port, and speaks as we do."""
        address = self.server.api.listening.address
        if isinstance(address, Port):
            given = self.headers.get("Authorization", "")
            if not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {address.token}".encode()):
                error = UsageError(
                    "the token is missing or wrong", remedy="send the header Authorization: Bearer TOKEN"
                )
                self._refuse(HTTPStatus.UNAUTHORIZED, error)
                return False
        spoken = self.headers.get("Tdiff-Api", str(VERSION))
        if spoken != str(VERSION):
            said = f"this server speaks version {VERSION} of the protocol, not {clean_text(spoken, 12)}"
            self._refuse(HTTPStatus.BAD_REQUEST, UsageError(said, remedy="run the same tdiff on both sides"))
            return False
        return True

    def _body(self) -> bytes | None:
        """What was sent, or None where that was refused."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal()) or len(length) > 15:
            self._refuse(HTTPStatus.LENGTH_REQUIRED, UsageError("a request says its length in Content-Length"))
            return None
        if int(length) > BODY_LIMIT:
            said = f"a request has at most {BODY_LIMIT // 2**20} MB, this has {int(length) // 2**20} MB"
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, UsageError(said, remedy="shrink the start picture"))
            self._take_in(int(length))
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self._refuse(HTTPStatus.BAD_REQUEST, UsageError("the request is cut short"))
            return None
        return body

    def _take_in(self, length: int) -> None:
        """Read some of what is refused: whoever is still sending would not see the answer."""
        with suppress(OSError):
            for _ in range(min(length, 4 * BODY_LIMIT) // _PIECE):
                if not self.rfile.read(_PIECE):
                    return

    def _refuse(self, status: HTTPStatus, error: TdiffError, begun: bool = False) -> None:
        """Answer with an error of the shape that commands have."""
        said = {"kind": error.kind, "message": clean_text(error.message), "remedy": clean_text(error.remedy)}
        content = {"schema": ERROR_SHAPE, "error": {**said, "exit_code": error.exit_code}, "status": int(status)}
        self._answer(status, content, begun)

    def _answer(self, status: HTTPStatus, content: dict[str, Any], begun: bool = False) -> None:
        """Send one JSON object: all of the answer, or its last line."""
        data = escaped(json.dumps(content, ensure_ascii=False)).encode("utf-8", "replace") + b"\n"
        if not begun:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
        self.wfile.write(data)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no HTTP that we know in our own words, not in HTML that repeats it."""
        self.close_connection, self.request_version = True, "HTTP/1.0"  # of a request line that it could not read
        status = HTTPStatus(code)
        with suppress(OSError):
            self._refuse(status, UsageError(f"this is no request that the server understands ({status.phrase})"))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: orders are told, and what hostile clients ask for is nobody's news."""
