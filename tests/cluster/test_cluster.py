"""Pictures made by a cluster of two nodes on this machine."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("ray", reason="needs Ray: pip install '.[ray]'")

import ray
from ray.exceptions import AuthenticationError

from tdiff.cluster.cluster import _even, _task
from tdiff.cluster.driver import driven
from tdiff.cluster.joining import joined
from tdiff.engines.sprite import sprite_model
from tdiff.errors import RecipeError, TdiffError
from tdiff.pipeline import Pipeline, load
from tdiff.recipe import Recipe

STORE = 80 << 20  # bytes; by default it takes a third of the memory
RECIPES = [Recipe(prompt="a red apple", steps=3 + seed % 4, seed=seed) for seed in range(12)]


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """Two nodes with a CPU each."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        head = {
            "num_cpus": 1,
            "object_store_memory": STORE,
            "include_dashboard": False,
            "ray_client_server_port": _free(),
        }
        cluster = Cluster(initialize_head=True, head_node_args=head)
        cluster.add_node(num_cpus=1, object_store_memory=STORE)
        yield cluster
        cluster.shutdown()


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return load()


def agree(made: np.ndarray, expected: np.ndarray) -> bool:
    """Whether pictures are the same within one level."""
    return made.shape == expected.shape and int(np.abs(made.astype(int) - expected).max()) <= 1


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as file:
        return np.asarray(file)


def failing(error: Exception) -> Callable[..., None]:
    """Something that fails, whatever it is asked."""

    def fail(*arguments: object, **options: object) -> None:
        raise error

    return fail


def workers() -> list[str]:
    """Processes that make pictures for a cluster."""
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return [line for line in found.stdout.splitlines() if line.startswith("ray::pictures")]


def refusal(address: str, module: str, name: str, value: object) -> str:
    """Why a machine is refused that has something else in a module: said by a process of its own, as Ray wants it."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_refusal, address, module, name, value).result()


def _refusal(address: str, module: str, name: str, value: object) -> str:
    setattr(import_module(module), name, value)
    try:
        with joined(address, sprite_model()) as cluster:
            list(cluster.generate_parts(RECIPES[:1]))
    except TdiffError as error:
        return str(error)
    return ""


def test_every_cpu_gets_as_many_pictures() -> None:
    assert [_even(*sizes) for sizes in ((1, 8), (8, 8), (32, 16), (40, 2), (64, 4), (65, 4))] == [1, 1, 2, 10, 16, 9]


def test_pictures_are_those_of_one_machine_in_order(nodes: Any, pipeline: Pipeline) -> None:
    done: list[int] = []
    with driven(nodes.address, sprite_model()) as cluster:
        assert (cluster.machines, cluster.cpus) == (2, 2)
        parts = list(cluster.generate_parts(RECIPES, done.append))
    assert sum(done) == len(RECIPES) and len(parts) > 1
    assert agree(np.concatenate(parts), pipeline.generate_many(RECIPES))


def test_a_machine_that_is_no_part_of_a_cluster_has_the_same_pictures(nodes: Any, pipeline: Pipeline) -> None:
    port = nodes.head_node._ray_params.ray_client_server_port
    with driven(f"ray://127.0.0.1:{port}", sprite_model()) as cluster:
        assert (cluster.machines, cluster.cpus) == (2, 2)
        assert agree(cluster.generate_many(RECIPES), pipeline.generate_many(RECIPES))


def test_commands_write_what_they_write_alone(nodes: Any, tdiff) -> None:
    Path("prompts.txt").write_text("a red apple\na dog\na blue house\na cat\na green frog\n")
    many = ("generate", "--prompts-file", "prompts.txt", "--steps", "4", "--seed", "5", "--json", "--out")
    grid = ("grid", "a red apple", "--x", "guidance=1,4", "--y", "seed=1..2", "--steps", "4", "--json", "--out")
    said = {}
    for way, options in (("alone", ()), ("spread", ("--ray", nodes.address))):
        code, out, err = tdiff(*many, f"{way}/", *options)
        assert code == 0, err
        assert ("on 2 machines of a Ray cluster with 2 CPUs" in err) == bool(options)
        said[way] = [json.loads(line)["recipe"] for line in out.splitlines()]
        assert tdiff(*grid, f"{way}.png", *options)[0] == 0
    assert said["alone"] == said["spread"] and len(said["alone"]) == 5
    for number in range(5):
        assert agree(*(pixels(Path(way) / f"{number:04d}.png") for way in ("alone", "spread")))
    assert agree(pixels(Path("alone.png")), pixels(Path("spread.png")))


def test_eval_counts_what_it_counts_alone(nodes: Any, tdiff) -> None:
    counted = []
    for options in ((), ("--ray", nodes.address)):
        code, out, err = tdiff("eval", "--quick", "--only", "single", "--json", *options)
        assert code == 0, err
        counted.append(json.loads(out)["following"])
    assert counted[0] == counted[1]


def test_what_is_wrong_with_a_recipe_is_said_as_here(nodes: Any) -> None:
    wrong = Recipe(prompt="a dog", steps=2, model="00000000")
    with driven(nodes.address, sprite_model()) as cluster, pytest.raises(RecipeError, match="made with model 00000000"):
        cluster.generate_many([wrong])


def test_another_tdiff_on_the_cluster_is_refused(nodes: Any) -> None:
    said = refusal(nodes.address, "tdiff.cluster.cluster", "installed", partial(str, "tdiff 9.9 with weights 00000000"))
    assert "and this one tdiff 9.9 with weights 00000000: install the same tdiff on every" in said


def test_a_machine_without_tdiff_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    task = _task()
    monkeypatch.setitem(sys.modules, "tdiff.cluster.work", None)
    assert "has no tdiff of this kind" in task("tdiff 0.1.0", ray, b"")


def test_another_ray_on_the_cluster_is_refused(nodes: Any) -> None:
    said = refusal(nodes.address, "ray", "__version__", "9.9.9")
    assert "9.9.9" in said and said.endswith("install the same Ray and Python on all of them") and "\n" not in said


def test_a_machine_that_is_part_of_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "init", failing(ConnectionError("Could not find any running Ray instance. Please …")))
    with pytest.raises(TdiffError) as refused, joined("auto", sprite_model()):
        pass
    assert str(refused.value).endswith("part of no Ray cluster: start one with ray start --head, or give an address")


@pytest.mark.parametrize(
    "error",
    [ConnectionError("Failed to connect to Ray cluster at 10.0.0.1:6379"), AuthenticationError("Token …")],
)
def test_a_cluster_that_lets_nobody_in_is_told_from_a_silent_one(monkeypatch, error: Exception) -> None:
    monkeypatch.setattr(ray, "init", failing(error))
    with (
        pytest.raises(TdiffError, match=r"does not let this machine in: .* copy ~/\.ray/auth_token"),
        joined("auto", sprite_model()),
    ):
        pass


def test_whatever_else_keeps_it_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "init", failing(RuntimeError("This node has\nno raylet\x1b[31m")))
    with pytest.raises(TdiffError) as refused, joined("auto", sprite_model()):
        pass
    assert "(This node has no raylet" in str(refused.value) and str(refused.value).isprintable()


def test_ctrl_c_leaves_nothing_running(nodes: Any, tmp_path: Path) -> None:
    (tmp_path / "prompts.txt").write_text("a red apple\n" * 200)
    command = ["generate", "--prompts-file", "prompts.txt", "--out", "many/", "--steps", "6", "--ray", nodes.address]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-m", "tdiff", *command],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stdout is not None and running.stderr is not None
        assert running.stdout.readline() == "many/0000.png\n"
        assert workers()
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate()
    assert running.returncode == 130 and said == "on 2 machines of a Ray cluster with 2 CPUs\n"
    while workers():  # they have been told to end
        pass
    assert 0 < len(list((tmp_path / "many").iterdir())) < 200


def test_the_batch_of_a_killed_worker_is_made_again(nodes: Any, pipeline: Pipeline) -> None:
    killed: list[int] = []

    def kill(done: int) -> None:
        if not killed:
            found = subprocess.run(["pgrep", "-f", "^ray::pictures"], capture_output=True, text=True, check=True)
            killed.append(int(found.stdout.split()[0]))
            os.kill(killed[0], signal.SIGKILL)

    with driven(nodes.address, sprite_model()) as cluster:
        made = cluster.generate_many(RECIPES, kill)
    assert killed and agree(made, pipeline.generate_many(RECIPES))


def test_the_batches_of_a_killed_node_are_made_again(nodes: Any, pipeline: Pipeline) -> None:
    """One node is left afterwards."""
    done: list[int] = []

    def kill(count: int) -> None:
        done.append(count)
        if len(done) == 1:
            nodes.remove_node(next(iter(nodes.worker_nodes)), allow_graceful=False)

    with driven(nodes.address, sprite_model()) as cluster:
        made = cluster.generate_many(RECIPES, kill)
    assert sum(done) == len(RECIPES) and agree(made, pipeline.generate_many(RECIPES))


def test_a_cluster_that_is_lost_is_said(nodes: Any, capfd) -> None:
    """The last test: no node is left afterwards. Ray ends a process that has joined, so only another one can say it."""
    with pytest.raises(TdiffError) as lost, driven(nodes.address, sprite_model()) as cluster:
        cluster.generate_many(RECIPES, lambda done: nodes.head_node.kill_raylet())
    assert str(lost.value).startswith("the Ray cluster is lost: its first machine, or what runs of it on this one")
    assert capfd.readouterr() == ("", "")
