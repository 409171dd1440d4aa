"""One guided step in numpy, ONNX Runtime and PyTorch, side by side: `python benchmarks/engine.py`.

Same network, same float32 weights (the shipped ones), same number of threads; batch 2 (a prompt and the empty prompt)
at 32×32. No engine encodes the text in a step: numpy has its prompt matrices, the others the encoded context. numpy has
embedded the noise level beforehand too, as it does in use; for the others that is part of the network.

Each engine lives in a process of its own, and there is a rest between them, since idle thread pools go on spinning for
tens of milliseconds and would slow the next. A round lets each run for a moment in turn, so that a busy machine slows
all alike. Figures are medians over rounds, ratios medians of each round's ratio. Needs the extra `bench`.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

PROMPT = "a blue frog on a yellow background"
SECONDS_PER_ROUND, SECONDS_OF_REST = 0.1, 0.1
ENGINES = ("numpy", "onnxruntime", "pytorch")


def main() -> None:
    """Prepare inputs once, then measure each number of threads with fresh processes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", default="1,2", help="numbers of threads, separated by commas")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--batch", type=int, default=2, help="2 is one guided picture")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--worker", nargs=3, metavar=("ENGINE", "THREADS", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker[0], int(options.worker[1]), Path(options.worker[2]))
        return
    with TemporaryDirectory() as folder:
        prepare(Path(folder), options.batch)
        for threads in map(int, options.threads.split(",")):
            result = measure(Path(folder), threads, options.rounds, options.batch)
            print(json.dumps(result) if options.json else as_text(result), flush=True)


def as_text(result: dict[str, Any]) -> str:
    """One paragraph for people."""
    lines = [f"{result['threads']} thread(s), batch {result['batch']}: numpy at {result['share_of_sgemm']:.0%} of "
             f"{result['sgemm_gflops']:.0f} GFLOP/s"]  # fmt: skip
    for name in ENGINES:
        ratio = "" if name == "numpy" else f"   numpy takes {result['numpy_over'][name]:.2f} of it"
        lines.append(f"  {name:12} {result['ms'][name]:7.2f} ms{ratio}")
    return "\n".join(lines)


def measure(folder: Path, threads: int, rounds: int, batch: int) -> dict[str, Any]:
    """Let the engines take turns."""
    with ExitStack() as stack:
        workers = {name: stack.enter_context(_start(name, threads, folder)) for name in ENGINES}
        outputs = {name: np.load(_ask(worker, "output")) for name, worker in workers.items()}
        for name, output in outputs.items():
            if not np.abs(output - outputs["numpy"]).max() < 1e-4:
                raise SystemExit(f"{name} and numpy do not agree")
        seconds = {name: [] for name in ENGINES}
        rates = []
        for _ in range(rounds):
            for name, worker in workers.items():
                time.sleep(SECONDS_OF_REST)
                seconds[name].append(float(_ask(worker, "round")))
            rates.append(float(_ask(workers["numpy"], "sgemm")))
    peak = float(np.median(rates))
    ms = {name: float(np.median(values)) * 1e3 for name, values in seconds.items()}
    ours = np.array(seconds["numpy"])
    return {
        "threads": threads,
        "batch": batch,
        "ms": {name: round(value, 3) for name, value in ms.items()},
        "numpy_over": {name: round(float(np.median(ours / np.array(seconds[name]))), 3) for name in ENGINES[1:]},
        "sgemm_gflops": round(peak, 1),
        "share_of_sgemm": round(_flop() * batch / 1e9 / ms["numpy"] * 1e3 / peak, 3),
    }


def _flop() -> int:
    """Arithmetic of the plain network for one picture."""
    from tdiff.pipeline import load

    return load().info.flop


def _start(name: str, threads: int, folder: Path) -> "subprocess.Popen[str]":
    variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    env = os.environ | dict.fromkeys(variables, str(threads))
    command = [sys.executable, __file__, "--worker", name, str(threads), str(folder)]
    return subprocess.Popen(command, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _ask(worker: "subprocess.Popen[str]", request: str) -> str:
    assert worker.stdin is not None and worker.stdout is not None
    print(request, file=worker.stdin, flush=True)
    return worker.stdout.readline().strip()


def work(name: str, threads: int, folder: Path) -> None:
    """Answer requests until the parent goes away."""
    step = {"numpy": numpy_step, "onnxruntime": onnxruntime_step, "pytorch": pytorch_step}[name](threads, folder)
    for request in map(str.strip, sys.stdin):
        if request == "output":
            path = folder / f"{name}.npy"
            np.save(path, step())
            print(path, flush=True)
        elif request == "sgemm":
            print(sgemm_gflops(), flush=True)
        else:
            print(seconds_a_call(step), flush=True)


def seconds_a_call(step: Callable[[], object]) -> float:
    """Median over as many calls as fill a short round, after one to warm up."""
    step()
    times, end = [], time.perf_counter() + SECONDS_PER_ROUND
    while time.perf_counter() < end:
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    return float(np.median(times))


def sgemm_gflops(size: int = 1024) -> float:
    """Rate of a large float32 product in numpy."""
    a = np.ones((size, size), np.float32)
    out = np.empty_like(a)
    return 2 * size**3 / seconds_a_call(lambda: np.matmul(a, a, out=out)) / 1e9


def prepare(folder: Path, batch: int) -> None:
    """Write inputs and the exported network, for all engines alike."""
    import torch

    from tdiff.pipeline import load

    pipeline = load()
    prompts = [pipeline.tokens(PROMPT).ids, pipeline.tokens("").ids] * (batch // 2)
    ids = np.zeros((batch, max(map(len, prompts))), np.int64)
    states = np.zeros((*ids.shape, 128), np.float32)
    for row, prompt in enumerate(prompts):
        ids[row, : len(prompt)], states[row, : len(prompt)] = prompt, pipeline.model.text_tower.states(prompt)
    with torch.no_grad():
        context, mask = torch_unet().context(torch.from_numpy(ids), torch.from_numpy(states))
    x = np.random.default_rng(0).standard_normal((batch, 3, 32, 32)).astype(np.float32)
    inputs = {"x": x, "t": np.full(batch, 0.5, np.float32), "context": context.numpy(), "mask": mask.numpy()}
    np.savez(folder / "inputs.npz", **inputs)
    export_onnx({name: torch.from_numpy(value) for name, value in inputs.items()}, folder / "unet.onnx")


def numpy_step(threads: int, folder: Path) -> Callable[[], np.ndarray]:
    """Our engine; BLAS took its number of threads from the environment."""
    from tdiff.pipeline import load

    pipeline = load()
    x = np.ascontiguousarray(np.load(folder / "inputs.npz")["x"].transpose(0, 2, 3, 1))
    conditions = [pipeline.encode(pipeline.tokens(text).ids) for text in (PROMPT, "")] * (len(x) // 2)
    bound = pipeline.denoiser.bind(conditions, (0.5,))
    return lambda: bound(x, 0.5)


def onnxruntime_step(threads: int, folder: Path) -> Callable[[], np.ndarray]:
    """The exported network in ONNX Runtime, with all its graph optimisations."""
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(folder / "unet.onnx", settings, providers=["CPUExecutionProvider"])
    inputs = dict(np.load(folder / "inputs.npz"))
    return lambda: session.run(None, inputs)[0].transpose(0, 2, 3, 1)


def pytorch_step(threads: int, folder: Path) -> Callable[[], np.ndarray]:
    """PyTorch eager, channels last, which is faster here than its default."""
    import torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    net = torch_unet().to(memory_format=torch.channels_last)
    x, t, context, mask = (torch.from_numpy(value) for value in np.load(folder / "inputs.npz").values())
    x = x.contiguous(memory_format=torch.channels_last)

    def step() -> np.ndarray:
        with torch.inference_mode():
            return net.predict(x, t, context, mask).permute(0, 2, 3, 1).numpy()

    return step


def torch_unet() -> Any:
    """The PyTorch module with the shipped weights."""
    from safetensors.torch import load_file

    from tdiff.paths import asset_path
    from tdiff.torch_model.unet import unet_of

    tensors = load_file(asset_path("models/denoiser.safetensors"))
    return unet_of({name: value.float() for name, value in tensors.items()})


def export_onnx(inputs: dict[str, Any], path: Path) -> None:
    """Export the part of the network that a step runs."""
    import torch

    class Predict(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = torch_unet()

        def forward(self, x: Any, t: Any, context: Any, mask: Any) -> Any:
            return self.net.predict(x, t, context, mask)

    names = list(inputs)
    torch.onnx.export(
        Predict(),
        tuple(inputs.values()),
        str(path),
        dynamo=False,
        opset_version=17,
        input_names=names,
        do_constant_folding=True,
    )


if __name__ == "__main__":
    main()
