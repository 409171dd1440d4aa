"""Where a server listens: nobody else gets in, nothing is left behind, and what is taken is said."""

import os
import socket
import stat
from pathlib import Path

import pytest

from tdiff.errors import UsageError
from tdiff.serve.address import Port
from tdiff.serve.client import Client
from tdiff.serve.listening import open_port, open_socket_file


def test_only_its_owner_can_open_a_socket_file(socket_file: Path) -> None:
    before = os.umask(0)
    try:
        listening = open_socket_file(socket_file)
    finally:
        os.umask(before)
    assert stat.S_IMODE(socket_file.stat().st_mode) == 0o600
    listening.close()
    assert not socket_file.exists()


def test_a_folder_that_is_made_for_it_is_private_too(socket_file: Path) -> None:
    listening = open_socket_file(socket_file.parent / "new" / "api.sock")
    assert stat.S_IMODE((socket_file.parent / "new").stat().st_mode) == 0o700
    listening.close()


def test_a_socket_left_behind_is_replaced(socket_file: Path, serve) -> None:
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(socket_file))
    assert socket_file.exists()
    assert Client(serve().address).served().name == "sprite-32"


def test_a_socket_in_use_is_left_alone(socket_file: Path, serve) -> None:
    running = serve()
    with pytest.raises(UsageError, match=r"a server listens on .* already: use it with --via"):
        open_socket_file(socket_file)
    assert Client(running.address).served().name == "sprite-32"


def test_a_file_that_is_no_socket_is_left_alone(socket_file: Path) -> None:
    socket_file.write_text("precious")
    with pytest.raises(UsageError, match="is there and is no socket: choose another place with --socket"):
        open_socket_file(socket_file)
    assert socket_file.read_text() == "precious"


def test_a_path_that_no_system_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="longer than 100 bytes"):
        open_socket_file(tmp_path / ("a" * 100))


def test_a_place_that_cannot_be_is_one_sentence(socket_file: Path) -> None:
    socket_file.write_text("a file")
    with pytest.raises(UsageError, match=r"cannot listen on .*; choose another place with --socket"):
        open_socket_file(socket_file / "api.sock")


def test_a_port_in_use_is_said() -> None:
    first = open_port("127.0.0.1", 0)
    assert isinstance(first.address, Port)
    with pytest.raises(UsageError, match=f"port {first.address.number} is in use: choose another with --port"):
        open_port("127.0.0.1", first.address.number)
    first.close()


@pytest.mark.parametrize(
    ("host", "number", "says"),
    [
        ("127.0.0.1", -1, "must be from 0 to 65535"),
        ("127.0.0.1", 70000, "must be from 0 to 65535"),
        ("nowhere.invalid", 0, "there is no host nowhere.invalid"),
        ("192.0.2.1", 0, "192.0.2.1 is no address of this machine"),
    ],
)
def test_a_host_or_port_that_is_none_is_one_sentence(host: str, number: int, says: str, no_names: None) -> None:
    with pytest.raises(UsageError, match=says):
        open_port(host, number)


def test_tokens_are_never_the_same() -> None:
    places = [open_port("127.0.0.1", 0) for _ in range(3)]
    assert len({place.address.token for place in places}) == 3
    for place in places:
        place.close()
