"""The explorer in a browser: a page, a websocket, and a process for each visitor.

textual-serve has the page's terminal (xterm.js) and the protocol between it and a Textual app. What it leaves open is
ours: a token in the address, how many may come, when they have to leave, and messages that make no sense.
"""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

import textual_serve
from aiohttp import WSMsgType, web

from tdiff.serve.address import Port
from tdiff.serve.listening import Listening
from tdiff.serve.visitor import Visitor, size_of
from tdiff.text import clean_text

_STATIC: Final = Path(textual_serve.__file__).parent / "static"
_PAGE: Final = Path(__file__).parent / "page.html"
_MESSAGE_LIMIT: Final = 256 * 1024
_HEARTBEAT_SECONDS: Final = 15.0
"""A browser that vanished without a word is missed after so long."""

_HEADERS: Final = {
    "Referrer-Policy": "no-referrer",  # the token is in the address
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'self' 'unsafe-inline' data:; connect-src 'self' ws: wss:; "
    "frame-ancestors 'none'",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What visitors may do.

    Attributes:
        visitors: how many may be here at once.
        idle_seconds: how long one may do nothing.
        keep: whether they use the settings, history and progress of whoever serves.
    """

    visitors: int = 8
    idle_seconds: float = 1800.0
    keep: bool = False


class BrowserServer:
    """Serves the explorer on one port.

    Args:
        listening: where browsers connect; its address has the token.
        rules: what visitors may do.
        tell: is given a sentence when a visitor comes or goes.
    """

    def __init__(self, listening: Listening, rules: Rules, tell: Callable[[str], None] = lambda sentence: None) -> None:
        self._listening, self._rules, self._tell = listening, rules, tell
        self._visitors: set[Visitor] = set()
        self._coming = 0

    @property
    def process_ids(self) -> list[int]:
        """Of the visitors' processes."""
        return [found for visitor in self._visitors if (found := visitor.process_id) is not None]

    async def serve(self, over: asyncio.Event) -> None:
        """Serve until an event; then end every visitor's process."""
        runner = web.AppRunner(self._application(), handle_signals=False, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.SockSite(runner, self._listening.socket).start()
            await over.wait()
        finally:
            await asyncio.gather(*(visitor.end() for visitor in tuple(self._visitors)))
            await runner.cleanup()
            self._listening.close()

    def _application(self) -> web.Application:
        address = self._listening.address
        assert isinstance(address, Port)
        inside = web.Application(middlewares=[_with_headers])
        inside.add_routes(
            [
                web.get("/", self._page),
                web.get("/ws", self._websocket),
                web.static("/static", _STATIC, show_index=False),
            ]
        )
        outside = web.Application(client_max_size=1024)
        outside.add_subapp(f"/{address.token}", inside)
        outside.router.add_route("*", "/{rest:.*}", _refuse)
        return outside

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if self._full:
            return web.Response(status=503, text=f"{self._crowd} Try again later.\n")
        return web.Response(text=_PAGE.read_text("utf-8"), content_type="text/html")

    @property
    def _full(self) -> bool:
        return self._coming >= self._rules.visitors

    @property
    def _crowd(self) -> str:
        return f"{self._rules.visitors} visitors are here already, which is as many as tdiff serve lets in."

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if self._full:
            return web.Response(status=503, text=f"{self._crowd}\n")
        websocket = web.WebSocketResponse(heartbeat=_HEARTBEAT_SECONDS, max_msg_size=_MESSAGE_LIMIT)
        self._coming += 1
        try:
            await websocket.prepare(request)
            await self._visit(websocket, *size_of(request.query.get("width"), request.query.get("height")))
        finally:
            self._coming -= 1
        return websocket

    async def _visit(self, websocket: web.WebSocketResponse, width: int, height: int) -> None:
        """Run one visitor's explorer until the explorer, the visitor or its time ends."""
        visitor = Visitor(websocket, self._rules.keep)
        self._visitors.add(visitor)
        closing: asyncio.Task[None] | None = None
        try:
            await visitor.start(width, height)
            self._tell(f"a visitor came: {len(self._visitors)} of {self._rules.visitors}")
            closing = asyncio.create_task(_close_after(visitor, websocket))
            why = await self._listen(websocket, visitor)
        finally:
            if closing is not None:
                closing.cancel()
            await visitor.end()
            self._visitors.discard(visitor)
        self._tell(f"a visitor {why}: {len(self._visitors)} of {self._rules.visitors}")
        with suppress(ConnectionError, RuntimeError):
            await websocket.close()

    async def _listen(self, websocket: web.WebSocketResponse, visitor: Visitor) -> str:
        """Pass on what the browser sends, until it goes or is silent for too long; says which."""
        while True:
            try:
                message = await websocket.receive(self._rules.idle_seconds)
            except TimeoutError:
                return f"did nothing for {self._rules.idle_seconds / 60:g} minutes and was sent away"
            if message.type is not WSMsgType.TEXT:
                if message.type is WSMsgType.BINARY:
                    continue
                return "left"
            await _pass_on(message.data, websocket, visitor)


async def _pass_on(text: str, websocket: web.WebSocketResponse, visitor: Visitor) -> None:
    """Hand one message of a browser to the explorer; one that makes no sense is left out."""
    try:
        envelope = json.loads(text)
    except (ValueError, RecursionError):
        return
    match envelope:
        case ["stdin", str(keys)]:
            await visitor.send_bytes(keys.encode("utf-8", "replace"))
        case ["resize", {"width": width, "height": height}]:
            await visitor.set_terminal_size(*size_of(width, height))
        case ["ping", str(data)]:
            await websocket.send_json(["pong", data[:40]])
        case ["blur", *_]:
            await visitor.blur()
        case ["focus", *_]:
            await visitor.focus()


async def _close_after(visitor: Visitor, websocket: web.WebSocketResponse) -> None:
    await visitor.ended()
    await websocket.close()


@web.middleware
async def _with_headers(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    response = await handler(request)
    if not response.prepared:
        response.headers.update(_HEADERS)
    return response


async def _refuse(request: web.Request) -> web.StreamResponse:
    return web.Response(
        status=403, text="The token in this address is missing or wrong: open the address that tdiff serve printed.\n"
    )


class _Told(StringIO):
    """What textual-serve prints, which is what a visitor's process wrote to stderr, made harmless."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._tell = tell

    def write(self, text: str) -> int:
        for line in text.splitlines():
            if line.strip():
                self._tell(f"a visitor's explorer says: {clean_text(line, 500)}")
        return len(text)


def serve_until_told(server: BrowserServer, tell: Callable[[str], None]) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP."""

    async def serve() -> None:
        over = asyncio.Event()
        loop: Any = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, over.set)
        await server.serve(over)

    with redirect_stdout(_Told(tell)):
        asyncio.run(serve())
