"""Asking a server for pictures."""

import http.client
import os
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from tdiff.errors import TdiffError, UsageError
from tdiff.serve.address import Address, Port, SocketFile
from tdiff.serve.listening import connect
from tdiff.serve.turns import EndingError
from tdiff.serve.wire import (
    ANSWER_LIMIT,
    VERSION,
    Answer,
    Order,
    Served,
    answer_from_json,
    order_to_json,
    served_from_json,
)
from tdiff.strict_json import JsonError, parse_object
from tdiff.text import clean_text

_GREETING_SECONDS: Final = 20.0
"""How long a server may take to say what it is, on a machine that is very busy."""

_STEP_SECONDS: Final = 1800.0
"""How long one step may take: of a large checkpoint on a CPU, minutes."""

_GREETING_LIMIT: Final = 64 * 1024


class LostError(TdiffError):
    """Nobody answers, or not to the end: the work can be done without the server."""


class Client:
    """Speaks with one server.

    Args:
        address: where it is.
    """

    def __init__(self, address: Address) -> None:
        self.address = address

    @property
    def shown(self) -> str:
        """What messages call the server: its address without the token."""
        address = self.address
        return clean_text(str(address) if isinstance(address, SocketFile) else f"{address.host}:{address.number}", 200)

    def served(self) -> Served:
        """Ask what the server is.

        Raises:
            LostError: nobody answers.
            UsageError: we may not ask.
            TdiffError: what answers is no server of ours, or of another version.
        """
        connection = self._open(_GREETING_SECONDS)
        try:
            connection.request("GET", "/", headers=self._headers())
            response = connection.getresponse()
            return served_from_json(self._content(response.status, response.read(_GREETING_LIMIT)))
        except (OSError, http.client.HTTPException) as error:
            raise self._lost(error) from error
        finally:
            connection.close()

    def pictures(self, order: Order, stepped: Callable[[int], None] = lambda steps: None) -> Answer:
        """Have pictures made.

        Args:
            order: with `stream` on.
            stepped: called with the number of steps done since the last call.

        Raises:
            LostError: nobody answers, or not to the end.
            UsageError: the server refuses the order.
            TdiffError: it cannot fulfil the order, or its answer is damaged.
        """
        connection = self._open(_STEP_SECONDS)
        try:
            body = order_to_json(order).encode()
            connection.request("POST", "/pictures", body, self._headers() | {"Content-Type": "application/json"})
            response = connection.getresponse()
            done = 0
            while line := response.readline(ANSWER_LIMIT):
                if not line.endswith(b"\n"):
                    break
                content = self._content(response.status, line)
                if "pictures" in content:
                    return answer_from_json(content, order.count)
                step = content.get("step")
                if isinstance(step, int) and done < step <= order.recipe.steps:
                    stepped(step - done)
                    done = step
        except (OSError, http.client.HTTPException) as error:
            raise self._lost(error) from error
        finally:
            connection.close()
        raise LostError(f"the server at {self.shown} ended before the pictures were made")

    def _open(self, seconds: float) -> http.client.HTTPConnection:
        """A connection that is open.

        Raises:
            LostError: nobody answers.
            UsageError: the socket belongs to somebody else.
        """
        address = self.address
        try:
            if isinstance(address, SocketFile):
                connection = http.client.HTTPConnection("localhost")
                connection.sock = connect(address.path, seconds)
            else:
                connection = http.client.HTTPConnection(address.host, address.number, timeout=seconds)
                connection.connect()
        except PermissionError as error:
            raise UsageError(
                f"{self.shown} is somebody else's", remedy="start a server of your own with tdiff serve --api"
            ) from error
        except (OSError, UnicodeError) as error:
            raise self._lost(error) from error
        return connection

    def _headers(self) -> dict[str, str]:
        headers = {"Tdiff-Api": str(VERSION)}
        if isinstance(self.address, Port):
            headers["Authorization"] = f"Bearer {self.address.token}"
        return headers

    def _content(self, status: int, data: bytes) -> dict[str, Any]:
        """The object in an answer, or the error that it tells of."""
        try:
            content = parse_object(data, "answer", ANSWER_LIMIT, "{}")
        except JsonError as error:
            raise TdiffError(
                f"what answers at {self.shown} is no tdiff server",
                remedy="give the address that tdiff serve --api printed",
            ) from error
        if status == HTTPStatus.UNAUTHORIZED:
            raise UsageError(
                f"the token is not that of the server at {self.shown}",
                remedy="copy the address that it printed when it started",
            )
        refusal = content.get("error")
        if isinstance(refusal, dict):
            if refusal.get("kind") == EndingError.kind:
                raise LostError(f"the server at {self.shown} is ending")
            message, remedy = (clean_text(str(refusal.get(name, "")), 500) for name in ("message", "remedy"))
            kind = UsageError if content.get("status") == HTTPStatus.BAD_REQUEST else TdiffError
            raise kind(f"the server says: {message}", remedy=remedy)
        return content

    def _lost(self, error: Exception) -> LostError:
        return LostError(f"no tdiff server answers at {self.shown} ({_reason(error)})")


def _reason(error: Exception) -> str:
    """What the system says of a connection, in its own words."""
    if isinstance(error, TimeoutError):
        return "it is silent"
    if isinstance(error, socket.gaierror):
        return "there is no such host"
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno).lower()
    return "it broke off"
