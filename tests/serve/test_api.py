"""Pictures over a socket: the same ones, one client after another, whatever others send."""

import base64
import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tdiff.errors import TdiffError, UsageError
from tdiff.provenance.recipe_file import recipe_of
from tdiff.recipe import Recipe
from tdiff.recipe.json import to_json
from tdiff.serve.api import QUEUE_LIMIT
from tdiff.serve.client import Client, LostError
from tdiff.serve.turns import EndingError
from tdiff.serve.wire import BODY_LIMIT, Order

RECIPE = Recipe(prompt="a red apple", seed=7, steps=3)


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "never came"
        time.sleep(0.01)


def sent(address, data: bytes, no_more: bool = False) -> tuple[int, dict]:
    """What a server answers to bytes."""
    with socket.create_connection((address.host, address.number), 60) as connection:
        connection.sendall(data)
        if no_more:
            connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def request(address, content: object) -> bytes:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    lines = ["POST /pictures HTTP/1.0", f"Authorization: Bearer {address.token}", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def posted(address, content: object) -> tuple[int, dict]:
    return sent(address, request(address, content))


@pytest.mark.parametrize("port", [False, True])
def test_a_server_makes_the_pictures_that_are_made_alone(serve, pipeline, port: bool) -> None:
    client = Client(serve(port=port).address)
    served = client.served()
    assert (served.name, served.hash, served.checkpoint) == (pipeline.info.name, pipeline.info.hash, False)
    steps: list[int] = []
    answer = client.pictures(Order(RECIPE, 3, stream=True), steps.append)
    assert (answer.pixels == pipeline.generate(RECIPE, count=3)).all()
    assert [word.reads for word in answer.words if word.reads][:2] == ["red", "apple"]
    assert sum(steps) == RECIPE.steps


def test_a_start_picture_goes_along(serve, pipeline) -> None:
    from tdiff.pipeline import start_picture

    picture = pipeline.generate("a cat", seed=3, steps=3)[0].astype(np.float32) / 127.5 - 1
    recipe = RECIPE.replace(start=start_picture(picture, 0.7))
    answer = Client(serve().address).pictures(Order(recipe, 1, picture))
    assert (answer.pixels == pipeline.generate(recipe, picture=picture)).all()


def test_a_program_sends_a_recipe_and_gets_files_that_say_how_they_came_to_be(serve, pipeline) -> None:
    status, answer = posted(serve(port=True).address, {"recipe": json.loads(to_json(RECIPE)), "count": 2})
    assert status == 200
    first, second = answer["pictures"]
    assert (first["recipe"]["seed"], second["recipe"]["seed"]) == (7, 8)
    png = base64.b64decode(second["png"])
    made_with = {"model": pipeline.info.hash, "model_name": "sprite-32", "engine": "numpy", "dtype": "float32"}
    assert recipe_of(png, "it").recipe == RECIPE.replace(seed=8, **made_with)
    with Image.open(BytesIO(png)) as image:
        assert (np.asarray(image.convert("RGB")) == pipeline.generate(RECIPE, count=2)[1]).all()


def test_a_program_sends_a_start_picture_as_a_file(serve) -> None:
    file = BytesIO()
    Image.new("RGB", (50, 40), (250, 0, 0)).save(file, "JPEG")
    start = base64.b64encode(file.getvalue()).decode()
    status, answer = posted(
        serve(port=True).address, {"recipe": json.loads(to_json(RECIPE)), "start": start, "strength": 0.5}
    )
    assert status == 200
    assert answer["pictures"][0]["recipe"]["start"]["strength"] == 0.5
    assert any("start picture: " in note for note in answer["notes"])


def test_clients_are_served_in_the_order_they_came(serve) -> None:
    running = serve()
    turns, answers = running.server.turns, {}

    def ask(prompt: str) -> None:
        order = Order(RECIPE.replace(prompt=prompt), stream=True)
        answers[prompt] = Client(running.address).pictures(order)

    threads = []
    with turns.turn(lambda front: None):
        for place, prompt in enumerate(("a dog", "a cat", "a fish"), 2):
            threads.append(threading.Thread(target=ask, args=(prompt,)))
            threads[-1].start()
            until(lambda place=place: turns.length == place)
    for thread in threads:
        thread.join(60)
    assert [line.split(" · ")[0] for line in running.told] == ["1 × a dog", "1 × a cat", "1 × a fish"]
    assert len(answers) == 3


def test_a_client_that_leaves_gives_up_its_place(serve) -> None:
    running = serve(port=True)
    turns = running.server.turns
    with turns.turn(lambda front: None):
        connection = socket.create_connection((running.address.host, running.address.number))
        connection.sendall(request(running.address, {"recipe": json.loads(to_json(RECIPE))}))
        until(lambda: turns.length == 2)
        connection.close()
        until(lambda: turns.length == 1)
    assert running.told == ["a client left before its pictures were made"]


def test_a_client_that_leaves_ends_the_work_for_it(serve) -> None:
    running = serve(port=True)
    long = {"recipe": json.loads(to_json(RECIPE.replace(steps=1000))), "count": 16, "stream": True}
    with socket.create_connection((running.address.host, running.address.number)) as connection:
        connection.sendall(request(running.address, long))
        assert connection.recv(65536)  # it has begun
    until(lambda: running.told == ["a client left before its pictures were made"])
    assert Client(running.address).pictures(Order(RECIPE)).pixels.shape == (1, 32, 32, 3)


def test_more_than_a_queue_full_is_turned_away(serve) -> None:
    running = serve()
    turns = running.server.turns

    def wait() -> None:
        with suppress(EndingError), turns.turn(lambda front: None):
            pass

    with turns.turn(lambda front: None):
        waiting = [threading.Thread(target=wait) for _ in range(QUEUE_LIMIT - 1)]
        for thread in waiting:
            thread.start()
        until(lambda: turns.length == QUEUE_LIMIT)
        with pytest.raises(TdiffError, match="requests wait already; try again later"):
            Client(running.address).pictures(Order(RECIPE))
    for thread in waiting:
        thread.join(60)
    assert Client(running.address).pictures(Order(RECIPE)).pixels.any()


def test_a_server_that_ends_lets_its_clients_go_on_alone(serve) -> None:
    running = serve()
    caught: list[Exception] = []
    begun = threading.Event()

    def ask() -> None:
        long = Order(RECIPE.replace(steps=1000), 16, stream=True)
        try:
            Client(running.address).pictures(long, lambda steps: begun.set())
        except TdiffError as error:
            caught.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    assert begun.wait(60)
    running.end()
    thread.join(60)
    assert [type(error) for error in caught] == [LostError]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "is not JSON"),
        (b"[]", "is a JSON object such as"),
        (b"\xff\xfe\x00", "is not"),
        (b"{" * 1000 + b"}" * 1000, "nested"),
        ({}, "needs a recipe"),
        ({"recipe": "a red apple"}, "needs a recipe"),
        ({"recipe": {"schema": 1}, "cuont": 2}, "has the fields recipe, count"),
        ({"recipe": {"schema": 1}, "count": 0}, "count must be a whole number from 1 to 16"),
        ({"recipe": {"schema": 1}, "count": True}, "count must be a whole number"),
        ({"recipe": {"schema": 1}, "count": 17}, "send several requests"),
        ({"recipe": {"schema": 2}}, "schema version 2"),
        ({"recipe": {"schema": 1, "steps": 10**9}}, "steps must be from 1 to 1000"),
        ({"recipe": {"schema": 1, "guidance": "\x1b[31m"}}, "guidance must be a number"),
        ({"recipe": {"schema": 1, "seed": 2**63 - 1}, "count": 2}, "seeds would lie above"),
        ({"recipe": {"schema": 1, "prompt": "qqxz"}}, "no word of this prompt is known"),
        ({"recipe": {"schema": 1, "model": "00000000"}}, "was made with model 00000000"),
        ({"recipe": {"schema": 1, "start": {"sha256": "0" * 64, "strength": 0.5}}}, "send it as start"),
        ({"recipe": {"schema": 1}, "start": "not base64"}, "picture file in base64"),
        ({"recipe": {"schema": 1}, "start": 5}, "picture file in base64"),
        ({"recipe": {"schema": 1}, "start": base64.b64encode(b"GIF89a").decode()}, "damaged"),
        ({"recipe": {"schema": 1}, "strength": 0.5}, "send one as start"),
        ({"recipe": {"schema": 1}, "stream": 1}, "stream must be true or false"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(serve, content: object, says: str) -> None:
    status, answer = posted(serve(port=True).address, content)
    assert status == 400 and says in f"{answer['error']['message']}: {answer['error']['remedy']}"
    assert "\x1b" not in answer["error"]["message"] and "\n" not in answer["error"]["message"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"POST /pictures HTTP/1.0\r\nAUTH\r\n\r\n{}", 411),
        (b"POST /pictures HTTP/1.0\r\nAUTH\r\nContent-Length: -1\r\n\r\n", 411),
        (b"POST /pictures HTTP/1.0\r\nAUTH\r\nContent-Length: 10\r\n\r\n{}", 400),
        (
            b"POST /pictures HTTP/1.0\r\nAUTH\r\nContent-Length: %d\r\n\r\n" % (BODY_LIMIT + 1),
            413,
        ),
        (
            b"POST /pictures HTTP/1.0\r\nAUTH\r\nTdiff-Api: 99\r\nContent-Length: 2\r\n\r\n{}",
            400,
        ),
        (b"POST / HTTP/1.0\r\nAUTH\r\nContent-Length: 2\r\n\r\n{}", 404),
        (b"GET /etc/passwd HTTP/1.0\r\nAUTH\r\n\r\n", 404),
        (b"DELETE / HTTP/1.0\r\nAUTH\r\n\r\n", 501),
        (b"GET / HTTP/1.0\r\n\r\n", 401),
        (b"GET / HTTP/1.0\r\nAuthorization: Bearer WRONG\r\n\r\n", 401),
        (b"GET / HTTP/1.0\r\nAUTH\xe9\r\n\r\n", 401),
        (b"POST /pictures HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}", 401),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.0\r\n\r\n", 414),
        (b"GET / HTTP/1.0\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
        (b"<script>alert(1)</script> HTTP/9.9\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"\x16\x03\x01\x02\x00\x01 \x00 HTTP/1.0\r\n\r\n", 501),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_hostile_requests_are_refused_and_the_next_one_served(serve, data: bytes, status: int) -> None:
    running = serve(port=True)
    token = f"Authorization: Bearer {running.address.token}".encode()
    answered, content = sent(running.address, data.replace(b"AUTH", token), no_more=True)
    assert answered == status
    assert content["schema"] == "tdiff.error/1" and content["error"]["message"] and "<script" not in str(content)
    assert Client(running.address).served().name == "sprite-32"
    assert not [line for line in running.told if "internal error" in line]


def test_a_body_of_the_largest_size_is_read_and_refused(serve) -> None:
    assert posted(serve(port=True).address, b'"' + b"a" * (BODY_LIMIT - 2) + b'"')[0] == 400


def test_a_fault_of_the_model_is_told_and_the_next_client_served(serve, pipeline, monkeypatch) -> None:
    running = serve()
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "sample", lambda *arguments: 1 / 0)
        with pytest.raises(TdiffError, match=r"the server says: internal error \(ZeroDivisionError"):
            Client(running.address).pictures(Order(RECIPE))
    assert Client(running.address).pictures(Order(RECIPE)).pixels.shape == (1, 32, 32, 3)


def test_what_the_server_refuses_is_the_persons_own_mistake(serve) -> None:
    with pytest.raises(UsageError, match="the server says: no word of this prompt is known"):
        Client(serve().address).pictures(Order(RECIPE.replace(prompt="qqxz"), stream=True))
    assert Client(serve(port=True).address).pictures(Order(RECIPE.replace(prompt="qqxz"), 1, None, True)).pixels.any()
