"""What a browser is sent, and what becomes of visitors: spoken without a browser, over HTTP and a websocket."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

pytest.importorskip("textual_serve", reason="the explorer in a browser is an extra: pip install '.[serve]'")

import aiohttp
import pyte

from tdiff.serve.browser import BrowserServer, Rules
from tdiff.serve.listening import open_port
from tdiff.serve.visitor import size_of

from ..pty.harness import lives

SECONDS = 120.0


class Site:
    """A server in this process, and a client."""

    def __init__(self, rules: Rules, session: aiohttp.ClientSession) -> None:
        self.told: list[str] = []
        listening = open_port("127.0.0.1", 0)
        self.address, self.session = f"{listening.address}/", session
        self.server = BrowserServer(listening, rules, self.told.append)

    async def said(self, sentence: str) -> None:
        await until(lambda: any(sentence in line for line in self.told))

    def visit(self, size: str = "width=80&height=24"):
        return self.session.ws_connect(f"{self.address}ws?{size}", max_msg_size=0)


@asynccontextmanager
async def site(rules: Rules = Rules()) -> AsyncIterator[Site]:  # noqa: B008  it is frozen
    over = asyncio.Event()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as session:
        here = Site(rules, session)
        serving = asyncio.create_task(here.server.serve(over))
        try:
            yield here
        finally:
            over.set()
            await asyncio.wait_for(serving, SECONDS)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(SECONDS):
        while not true():
            await asyncio.sleep(0.02)


async def shown(websocket: aiohttp.ClientWebSocketResponse, text: str, screen: pyte.Screen | None = None) -> bytes:
    """Read what is drawn until a text is on the screen, or in what else is said."""
    screen = screen or pyte.Screen(80, 24)
    stream, drawn = pyte.ByteStream(screen), b""
    async with asyncio.timeout(SECONDS):
        while text not in "\n".join(screen.display) and text.encode() not in drawn:
            message = await websocket.receive()
            assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), (message, screen.display)
            data = message.data.encode() if isinstance(message.data, str) else message.data
            drawn += data
            stream.feed(data)
    return drawn


async def until_drawn(
    websocket: aiohttp.ClientWebSocketResponse, screen: pyte.Screen, true: Callable[[], object]
) -> None:
    """Draw what is sent on a screen until something is true of it."""
    stream = pyte.ByteStream(screen)
    async with asyncio.timeout(SECONDS):
        while not true():
            message = await websocket.receive()
            assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), screen.display
            if isinstance(message.data, bytes):
                stream.feed(message.data)


async def test_a_visitor_sees_the_explorer_and_its_keys_arrive() -> None:
    async with site() as here, here.visit() as websocket:
        screen = pyte.Screen(80, 24)
        drawn = await shown(websocket, "Four squares of static", screen)
        assert b"38;2;" in drawn  # all colours, whatever the terminal that serves has
        await websocket.send_str(json.dumps(["stdin", "]"]))
        await until_drawn(websocket, screen, lambda: "Four squares of static" not in "\n".join(screen.display))


async def test_a_browser_that_goes_takes_its_process_with_it() -> None:
    async with site() as here:
        async with here.visit() as websocket:
            await shown(websocket, "\x1b[?1049h")
            [process] = here.server.process_ids
            assert lives(process)
        await here.said("a visitor left: 0 of 8")
        assert not lives(process)


async def test_whoever_quits_the_explorer_is_let_go() -> None:
    async with site() as here, here.visit() as websocket:
        await shown(websocket, "Four squares of static")
        await websocket.send_str(json.dumps(["stdin", "\x11"]))
        async with asyncio.timeout(SECONDS):
            while not websocket.closed:
                await websocket.receive()
        await here.said("a visitor left")
        assert here.server.process_ids == []


async def test_the_end_of_the_server_ends_every_process() -> None:
    async with site() as here:
        first, second = await here.visit(), await here.visit()
        await shown(first, "\x1b[?1049h")
        await shown(second, "\x1b[?1049h")
        processes = here.server.process_ids
        assert len(processes) == 2 and all(map(lives, processes))
    assert not any(map(lives, processes))


async def test_one_who_does_nothing_is_sent_away() -> None:
    async with site(Rules(idle_seconds=0.3)) as here, here.visit() as websocket:
        await here.said("did nothing for 0.005 minutes and was sent away")
        async with asyncio.timeout(SECONDS):
            while not websocket.closed:
                await websocket.receive()
        assert here.server.process_ids == []


async def test_no_more_visitors_than_the_limit() -> None:
    async with site(Rules(visitors=1)) as here:
        async with here.visit() as websocket:
            await shown(websocket, "\x1b[?1049h")
            async with here.session.get(here.address) as page:
                assert page.status == 503 and "1 visitors are here already" in await page.text()
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await here.visit()
            assert len(here.server.process_ids) == 1
        await here.said("a visitor left")
        async with here.session.get(here.address) as page:
            assert page.status == 200


async def test_without_the_token_there_is_nothing() -> None:
    async with site() as here:
        token = here.address.rstrip("/").rpartition("/")[2]
        for path in ("", "x" * len(token) + "/", f"{token[:-1]}/", "static/js/textual.js", "ws"):
            async with here.session.get(here.address.replace(f"{token}/", path)) as answer:
                assert answer.status == 403 and "open the address that tdiff serve printed" in await answer.text()
                assert token not in await answer.text()


async def test_the_page_asks_nobody_else_and_keeps_its_address_to_itself() -> None:
    async with site() as here, here.session.get(here.address) as page:
        text = await page.text()
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert "http" not in text.replace("https:", "").replace("http:", "")
        for name in ("css/xterm.css", "js/textual.js", "fonts/RobotoMono-VariableFont_wght.ttf"):
            assert f"static/{name}" in text
            async with here.session.get(f"{here.address}static/{name}") as file:
                assert file.status == 200
        async with here.session.get(f"{here.address}static/%2e%2e/server.py") as file:
            assert file.status in (403, 404)


@pytest.mark.parametrize(
    "message",
    [
        "", "{", "[]", "null", "5", '"stdin"', '["stdin"]', '["stdin", 5]', '["resize", {}]', '["resize", null]',
        '["resize", {"width": "x", "height": []}]', '["resize", {"width": -1, "height": 1e999}]', '["quit", 1]',
        "[" * 5000, '["ping", {"a": 1}]', '["stdin", "\\ud800"]',
    ],
)  # fmt: skip
async def test_messages_that_make_no_sense_end_nothing(message: str) -> None:
    async with site() as here, here.visit() as websocket:
        await shown(websocket, "\x1b[?1049h")
        await websocket.send_str(message)
        await websocket.send_bytes(b"\0\1\2")
        await websocket.send_str(json.dumps(["ping", "1"]))
        await shown(websocket, '["pong", "1"]')


async def test_a_message_beyond_the_limit_ends_that_visit_alone() -> None:
    async with site() as here:
        async with here.visit() as websocket:
            await shown(websocket, "\x1b[?1049h")
            await websocket.send_str(json.dumps(["stdin", "a" * 300_000]))
            await here.said("a visitor left")
        async with here.visit() as websocket:
            await shown(websocket, "\x1b[?1049h")


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ((100, 30), (100, 30)),
        (("100", "30"), (100, 30)),
        ((10**9, -5), (500, 1)),
        ((None, "x"), (80, 24)),
        ((float("inf"), [1]), (80, 24)),
    ],
)
def test_sizes_are_what_a_screen_can_have(given: tuple, taken: tuple[int, int]) -> None:
    assert size_of(*given) == taken


async def test_visitors_neither_see_nor_change_what_the_owner_keeps(tmp_path: Path, monkeypatch) -> None:
    """Each begins afresh; its folder is private, and gone when it leaves."""
    for name in ("STATE", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with site() as here:
        async with here.visit() as websocket:
            await shown(websocket, "Four squares of static")
            [folder] = tmp_path.glob("tdiff-visitor-*")
            assert folder.stat().st_mode & 0o777 == 0o700
            await websocket.send_str(json.dumps(["stdin", "\x11"]))
            await here.said("a visitor left")
        assert list(tmp_path.iterdir()) == []
