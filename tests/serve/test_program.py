"""`tdiff serve --api` as a program: what it prints is all a client needs, and it leaves nothing behind."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tdiff.serve.address import Port, SocketFile, parse_address
from tdiff.serve.client import Client

from ..commands.test_json import wrong

ROOT = Path(__file__).parents[2]


class Program:
    """One run of `tdiff serve --api`."""

    def __init__(self, runtime: Path, *options: str) -> None:
        env = os.environ | {"XDG_RUNTIME_DIR": str(runtime), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tdiff", "serve", "--api", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
            cwd=runtime,
        )

    def ready(self):
        """Wait for it, and return the address in the command that it prints."""
        command = shlex.split(self.process.stdout.readline())
        assert command[:2] == ["tdiff", "generate"], self.process.communicate(timeout=60)
        return parse_address(command[command.index("--via") + 1])

    def ended(self) -> tuple[int, str]:
        _, said = self.process.communicate(timeout=120)
        return self.process.returncode, said


@pytest.fixture
def start(socket_file: Path) -> Iterator:
    programs: list[Program] = []

    def run(*options: str) -> Program:
        programs.append(Program(socket_file.parent, *options))
        return programs[-1]

    yield run
    for program in programs:
        if program.process.poll() is None:
            program.process.kill()
        program.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_cleanly_and_leaves_nothing_behind(start, socket_file: Path, number: signal.Signals) -> None:
    program = start()
    address = program.ready()
    assert address == SocketFile(socket_file.parent / "tdiff" / "api.sock")
    assert Client(address).served().name == "sprite-32"
    program.process.send_signal(number)
    code, said = program.ended()
    assert code == 0 and said.endswith("ended\n") and "Traceback" not in said
    assert not address.path.exists()


def test_a_killed_one_is_replaced_by_the_next(start) -> None:
    first = start()
    address = first.ready()
    first.process.kill()
    first.ended()
    assert address.path.exists()
    second = start()
    assert second.ready() == address
    assert Client(address).served().name == "sprite-32"


def test_on_a_port_its_address_carries_the_token(start) -> None:
    address = start("--port", "0").ready()
    assert isinstance(address, Port) and address.host == "127.0.0.1"
    assert Client(address).served().name == "sprite-32"


def test_a_program_that_starts_it_reads_where_it_listens(start) -> None:
    program = start("--json")
    found = json.loads(program.process.stdout.readline())
    assert wrong("tdiff.serve/1", found) == []
    assert Client(parse_address(found["address"])).served().hash == found["model"]["hash"]


def test_another_interface_is_warned_of(start) -> None:
    program = start("--host", "0.0.0.0", "--port", "0")
    program.ready()
    program.process.send_signal(signal.SIGINT)
    code, said = program.ended()
    assert code == 0 and said.startswith("warning: on 0.0.0.0 everybody who can reach this machine")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--port", "-1"), "--port must be from 0 to 65535"),
        (("--socket", "a.sock", "--port", "0"), "choose one of them"),
        (("--model", "nowhere"), "there is no nowhere"),
        (("--socket", "a" * 120), "longer than 100 bytes"),
    ],
)
def test_what_cannot_be_is_one_sentence(start, options: tuple[str, ...], says: str, socket_file: Path) -> None:
    code, said = start(*options).ended()
    assert code in (1, 2) and says in said and said.count("\n") == 1
    assert not list(socket_file.parent.rglob("*.sock"))
