"""What a client makes of a server that is not there, not ours, or not itself."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tdiff.errors import TdiffError, UsageError
from tdiff.recipe import Recipe
from tdiff.serve.address import Port, SocketFile, parse_address
from tdiff.serve.client import Client, LostError
from tdiff.serve.wire import Order

from ..unprivileged import without_privileges

TOKEN = "abcdefghijklmnop"


@contextmanager
def answering(*answers: bytes) -> Iterator[Port]:
    """Something that answers a connection each with these bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            for answer in answers:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield Port("127.0.0.1", listener.getsockname()[1], TOKEN)
        thread.join(60)


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\n<html>hello</html>", TdiffError, "is no tdiff server"),
        (b"HTTP/1.0 200 OK\r\n\r\n{}", TdiffError, "is no tdiff server"),
        (b'HTTP/1.0 200 OK\r\n\r\n{"schema": "tdiff.server/1", "tdiff": "9"}', TdiffError, "is no tdiff server"),
        (
            b'HTTP/1.0 200 OK\r\n\r\n{"schema": "tdiff.server/7", "tdiff": "9\\u001b[2J"}',
            TdiffError,
            "run the same tdiff on both sides",
        ),
        (b'HTTP/1.0 401 No\r\n\r\n{"error": {"message": "no"}}', UsageError, "copy the address that it printed"),
        (b"HTTP/1.0 200 OK\r\n\r\n" + b"[" * 70_000, TdiffError, "is no tdiff server"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", LostError, "no tdiff server answers at 127.0.0.1:"),
        (b"", LostError, "no tdiff server answers at 127.0.0.1:"),
    ],
)
def test_what_answers_and_is_no_server_of_ours_is_said(answer: bytes, kind: type[TdiffError], says: str) -> None:
    with answering(answer) as address, pytest.raises(kind, match=re.escape(says)) as caught:
        Client(address).served()
    assert "\x1b" not in str(caught.value) and TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b'HTTP/1.0 200 OK\r\n\r\n{"step": 1, "of": 20}\n', LostError),
        (b'HTTP/1.0 200 OK\r\n\r\n{"step": 1, "of": 20}\n{"pictures": [', LostError),
        (b'HTTP/1.0 200 OK\r\n\r\n{"error": {"kind": "ending"}}\n', LostError),
        (b'HTTP/1.0 200 OK\r\n\r\n{"pictures": [], "notes": []}\n', TdiffError),
        (b'HTTP/1.0 200 OK\r\n\r\n{"pictures": [{"png": "AAAA"}], "notes": []}\n', TdiffError),
        (b'HTTP/1.0 200 OK\r\n\r\n{"step": "x", "of": {}}\n', LostError),
    ],
)
def test_an_answer_that_breaks_off_or_is_damaged_is_no_picture(answer: bytes, kind: type[TdiffError]) -> None:
    with answering(answer) as address, pytest.raises(TdiffError) as caught:
        Client(address).pictures(Order(Recipe(prompt="a dog"), stream=True))
    assert type(caught.value) is kind


def test_nobody_there_is_said_without_the_token(socket_file: Path, no_names: None) -> None:
    with pytest.raises(LostError, match=r"\(no such file or directory\)"):
        Client(SocketFile(socket_file)).served()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.getsockname()[1]
    with pytest.raises(LostError, match=rf"at 127.0.0.1:{number} \(connection refused\)"):
        Client(Port("127.0.0.1", number, TOKEN)).served()
    with pytest.raises(LostError, match="there is no such host"):
        Client(Port("nowhere.invalid", 80, TOKEN)).served()


def test_the_wrong_token_is_refused(serve) -> None:
    address = serve(port=True).address
    with pytest.raises(UsageError, match="the token is not that of the server"):
        Client(replace(address, token=TOKEN)).served()


def test_somebody_elses_socket_cannot_be_opened(serve) -> None:
    address = serve().address

    def work() -> None:
        with pytest.raises(UsageError, match="is somebody else's"):
            Client(address).served()

    without_privileges(work)


@pytest.mark.parametrize("text", ["http://127.0.0.1:8177/abcdefgh12", "http://[::1]:80/abcdefgh12", "/run/x.sock"])
def test_an_address_reads_as_it_is_written(text: str) -> None:
    assert str(parse_address(text)) == text


def test_auto_is_the_usual_socket() -> None:
    assert parse_address("auto", {"XDG_RUNTIME_DIR": "/run/user/7"}) == SocketFile(Path("/run/user/7/tdiff/api.sock"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("https://127.0.0.1:8177/abcdefgh12", "plain http"),
        ("http://127.0.0.1:8177", "lacks the token"),
        ("http://127.0.0.1:8177/", "lacks the token"),
        ("http://127.0.0.1:8177/a b c d e f g h", "lacks the token"),
        ("http://127.0.0.1:8177/abcdefgh12?x", "lacks the token"),
        ("127.0.0.1:8177", "lacks the token"),
        ("http://127.0.0.1/abcdefgh12", "needs a host and a port"),
        ("http://127.0.0.1:99999/abcdefgh12", "is no address"),
        ("http://[::1/abcdefgh12", "is no address"),
        ("http://me@127.0.0.1:80/abcdefgh12", "needs a host and a port"),
        ("  ", "the name is empty"),
        ("HTTP://127.0.0.1:8177", "lacks the token"),
        ("HTTPS://127.0.0.1:8177/abcdefgh12", "plain http"),
        ("ftp://127.0.0.1:8177/abcdefgh12", "begins with http://, not ftp://: give that, or the path"),
        ("unix:///run/tdiff.sock", "not unix://"),
        ("ws://127.0.0.1:8177/abcdefgh12", "not ws://"),
    ],
)
def test_what_is_no_address_is_one_sentence(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_address(text)
