"""What keeps a cluster from being joined is one sentence, whether Ray is here or not."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tdiff.cluster import joining
from tdiff.cluster.driver import _failed
from tdiff.cluster.joining import check_address, lost
from tdiff.errors import TdiffError, UsageError

PROMPTS = ("generate", "--prompts-file", "-", "--out", "many/")


@pytest.fixture
def with_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "find_spec", lambda name: object())


@pytest.fixture
def port() -> Iterator[tuple[int, list[bytes]]]:
    """A port of this machine, and what it answers: nothing, until something is put into the list."""
    answers: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(100)
                connection.sendall(answers[0] if answers else b"")

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1], answers


def test_without_ray_it_says_how_to_install_it(tdiff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "find_spec", lambda name: None)
    code, out, said = tdiff(*PROMPTS, "--ray", "auto", stdin=b"a dog\n")
    assert (code, out) == (2, "")
    assert said == "tdiff: --ray needs Ray: install it with pip install 'tdiff-explorer[ray]'\n"


@pytest.mark.parametrize(
    "address",
    ["", "here", "host", ":1", "host:", "host:0", "host:65536", "http://host:1", "h:1/x", "h\x1b:1", "a b:1"],
)
def test_what_is_no_address_is_refused(with_ray: None, address: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_address(address)
    said = str(refused.value)
    assert "write auto, HOST:PORT or ray://HOST:PORT" in said and said.isprintable()


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_an_address_where_nobody_is_is_said(with_ray: None, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    with pytest.raises(TdiffError, match=f"no Ray cluster answers at {scheme}127.0.0.1:{free}: look whether it runs"):
        check_address(f"{scheme}127.0.0.1:{free}")


def test_what_fails_where_nobody_answers_any_more_is_a_lost_cluster(with_ray: None, port) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    assert str(_failed(f"ray://127.0.0.1:{free}", AssertionError())) == str(lost())
    port[1].append(bytes((0, 0, 6, 4, 0, 0, 0, 0, 0)) + bytes(6))
    assert str(_failed(f"127.0.0.1:{port[0]}", AssertionError())).startswith("Ray failed (AssertionError): look")


@pytest.mark.parametrize("answer", [b"", b"HT", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n"])
def test_another_server_is_not_taken_for_a_cluster(
    with_ray: None, port: tuple[int, list[bytes]], answer: bytes
) -> None:
    port[1].append(answer)
    with pytest.raises(TdiffError, match="no Ray cluster answers"):
        check_address(f"127.0.0.1:{port[0]}")


def test_a_server_that_greets_like_ray_passes(with_ray: None, port: tuple[int, list[bytes]]) -> None:
    port[1].append(bytes((0, 0, 6, 4, 0, 0, 0, 0, 0)) + bytes(6))
    check_address(f"127.0.0.1:{port[0]}")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("generate", "a dog", "--out", "a.png", "--ray", "auto"), "give them with --prompts-file"),
        ((*PROMPTS, "--ray", "auto", "--engine", "torch"), "pass --engine numpy"),
        ((*PROMPTS, "--ray", "auto", "--via", "auto"), "leave out --via"),
    ],
)
def test_what_does_not_go_together_is_refused(tdiff, monkeypatch, arguments: tuple[str, ...], says: str) -> None:
    monkeypatch.setattr("tdiff.engines.devices.require", lambda engine: None)
    code, _, said = tdiff(*arguments, stdin=b"a dog\n")
    assert code == 2 and says in said and said.count("\n") == 1
