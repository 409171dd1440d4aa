"""The guard of `TDIFF_OFFLINE=1 python -m pytest`, under which no test may reach another machine, guards."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).with_name("offline")


@pytest.mark.parametrize(
    ("code", "noted"),
    [
        ("socket.create_connection(('192.0.2.1', 80), 1)", "192.0.2.1"),
        ("socket.getaddrinfo('example.invalid', 80)", "example.invalid"),
        ("socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 53))", "192.0.2.1"),
        ("urllib.request.urlopen('http://192.0.2.1/')", "192.0.2.1"),
        ("socket.create_connection(server.getsockname())", ""),
        ("socket.socketpair()", ""),
    ],
)
def test_attempts_fail_and_are_noted(tmp_path: Path, code: str, noted: str) -> None:
    notes = tmp_path / "attempts"
    program = f"import socket, urllib.request; server = socket.create_server(('127.0.0.1', 0)); {code}"
    env = os.environ | {"PYTHONPATH": str(FOLDER), "TDIFF_OFFLINE_NOTES": str(notes)}
    ended = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True)
    assert (ended.returncode == 0) == (not noted), ended.stderr
    assert noted in (notes.read_text() if notes.exists() else "")
    assert notes.exists() == bool(noted)
