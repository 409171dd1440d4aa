"""One visitor of the explorer in a browser: a process, a folder, and an end."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

import tdiff
from tdiff.serve.folders import VisitorFolder

MOST_COLUMNS: Final = 500
MOST_ROWS: Final = 200
_QUIT_SECONDS: Final = 5.0
_STORES: Final = ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")


class Visitor(AppService):  # pinned in pyproject.toml: what is overridden is private
    """The explorer of one visitor. `start` begins its process.

    Args:
        websocket: to the visitor's browser.
        keep: let it use the settings, history and progress of whoever serves; otherwise it begins with none, in a
            folder of its own that is removed with it.
    """

    def __init__(self, websocket: web.WebSocketResponse, keep: bool) -> None:
        super().__init__(
            "tdiff",
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=websocket.close,
            download_manager=DownloadManager(),
        )
        self._keep = keep
        self._folder = VisitorFolder()

    @property
    def process_id(self) -> int | None:
        """Of its process, while that runs."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def ended(self) -> None:
        """Wait until the explorer is left, or has crashed."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def end(self) -> None:
        """Have the explorer leave, and see to it that nothing is left of it."""
        try:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.stop(), _QUIT_SECONDS)
        finally:
            if self._process is not None:
                if self._process.returncode is None:
                    with suppress(ProcessLookupError):
                        os.killpg(self._process.pid, signal.SIGKILL)
                await self._process.wait()
            self._folder.remove()

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Any:
        """Start the explorer, in a session of its own, so that ctrl+c reaches the server alone."""
        env = self._build_environment(width, height)
        env.pop("NO_COLOR", None)  # of the terminal that serves: a browser has colours
        ours = str(Path(tdiff.__file__).parents[1])
        env["PYTHONPATH"] = os.pathsep.join(filter(None, (ours, env.get("PYTHONPATH"))))
        if not self._keep:
            env |= dict.fromkeys(_STORES, str(self._folder.path))
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tdiff"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=env,
            cwd=self._folder.path,
            start_new_session=True,
        )
        self._stdin = self._process.stdin
        return self._process


def size_of(width: object, height: object) -> tuple[int, int]:
    """Return a size in cells that a screen can have, whatever a browser says."""
    return _within(width, 80, MOST_COLUMNS), _within(height, 24, MOST_ROWS)


def _within(value: object, usual: int, most: int) -> int:
    try:
        return max(1, min(most, int(value)))  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        return usual
