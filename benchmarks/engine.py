"""One guided step in numpy, ONNX Runtime and PyTorch, side by side: `python benchmarks/engine.py`.

Same network, same float32 weights, same threads, batch 2 (prompt and empty prompt), 32×32. The text is
encoded beforehand for all three. Rounds are interleaved, so that a busy machine slows all alike; figures
are medians, and the ratios are medians of each round's ratio. Needs the extra `bench`.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

PROMPT = "a blue frog on a yellow background"
SECONDS_PER_ROUND = 0.08


def main() -> None:
    """Run once per thread count, each in a process of its own, since BLAS fixes its threads at start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--batch", type=int, default=2, help="2 is one guided picture")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inner:
        print(json.dumps(measure(int(options.threads), options.rounds, options.batch)))
        return
    for threads in options.threads.split(","):
        env = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads)
        command = [sys.executable, __file__, "--inner", "--threads", threads]
        command += ["--rounds", str(options.rounds), "--batch", str(options.batch)]
        result = json.loads(
            subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        )
        if options.json:
            print(json.dumps(result))
        else:
            print(
                "  ".join(
                    f"{name} {value:.2f}" if isinstance(value, float) else f"{name} {value}"
                    for name, value in result.items()
                )
            )


def measure(threads: int, rounds: int, batch: int) -> dict[str, float | int]:
    """Time all engines in turn."""
    import torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    runs = engines(threads, batch)
    outputs = {name: run() for name, run in runs.items()}
    for name, output in outputs.items():
        assert np.abs(output - outputs["numpy"]).max() < 1e-4, name
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(_once(run))
    peak = sgemm_gflops()
    gflop = 0.441 * batch  # counted by torch.utils.flop_counter on the PyTorch module
    medians = {f"{name}_ms": float(np.median(values)) * 1e3 for name, values in times.items()}
    ratio = {
        f"numpy/{name}": float(np.median(np.array(times["numpy"]) / np.array(times[name])))
        for name in runs
        if name != "numpy"
    }
    share = gflop / (medians["numpy_ms"] / 1e3) / peak
    return {"threads": threads, "batch": batch, **medians, **ratio, "sgemm_gflops": peak, "share_of_sgemm": share}


def _once(run: Callable[[], np.ndarray]) -> float:
    """Seconds a call, over as many calls as fill a short round."""
    calls, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS_PER_ROUND:
        run()
        calls += 1
    return (time.perf_counter() - started) / calls


def sgemm_gflops(size: int = 1024) -> float:
    """Best rate of a large float32 product in numpy."""
    a, b = np.ones((size, size), np.float32), np.ones((size, size), np.float32)
    out = np.empty_like(a)
    best = min(_timed(lambda: np.matmul(a, b, out=out)) for _ in range(10))
    return 2 * size**3 / best / 1e9


def _timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def engines(threads: int, batch: int) -> dict[str, Callable[[], np.ndarray]]:
    """The same step in each engine, on random weights (zero-initialised layers made random too)."""
    import onnxruntime
    import torch

    from tdiff.model.denoiser import SpriteDenoiser
    from tdiff.prompt.tokenizer import tokenize
    from tdiff.prompt.vocabulary import tokens
    from tdiff.train.unet import UNet

    torch.manual_seed(0)
    net = UNet(len(tokens())).eval()
    for weight in net.parameters():
        if weight.ndim > 1 and not weight.any():
            torch.nn.init.normal_(weight, std=weight[0].numel() ** -0.5)
    prompts = [tokenize(PROMPT).ids, (0,)] * (batch // 2)
    rng = np.random.default_rng(0)
    states = [rng.standard_normal((len(ids), 128)).astype(np.float32) for ids in prompts]
    x = rng.standard_normal((batch, 32, 32, 3)).astype(np.float32)

    ours = SpriteDenoiser({name: value.numpy().copy() for name, value in net.state_dict().items()})
    bound = ours.bind([ours.encode(i, s) for i, s in zip(prompts, states, strict=True)], (0.5,))

    longest = max(map(len, prompts))
    ids = torch.zeros(batch, longest, dtype=torch.long)
    padded = torch.zeros(batch, longest, 128)
    for row, (i, s) in enumerate(zip(prompts, states, strict=True)):
        ids[row, : len(i)], padded[row, : len(i)] = torch.tensor(i), torch.from_numpy(s)
    x_torch = torch.from_numpy(x).permute(0, 3, 1, 2).contiguous()
    t = torch.full((batch,), 0.5)
    with torch.no_grad():
        context, mask = net.context(ids, padded)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "unet.onnx"
            _export(net, (x_torch, t, context, mask), path)
            settings = onnxruntime.SessionOptions()
            settings.intra_op_num_threads, settings.inter_op_num_threads = threads, 1
            session = onnxruntime.InferenceSession(path.read_bytes(), settings, providers=["CPUExecutionProvider"])
    feeds = {
        entry.name: value.numpy()
        for entry, value in zip(session.get_inputs(), (x_torch, t, context, mask), strict=True)
    }
    net = net.to(memory_format=torch.channels_last)
    x_last = x_torch.contiguous(memory_format=torch.channels_last)

    def run_torch() -> np.ndarray:
        with torch.inference_mode():
            return net.predict(x_last, t, context, mask).permute(0, 2, 3, 1).numpy()

    return {
        "numpy": lambda: bound(x, 0.5),
        "onnxruntime": lambda: session.run(None, feeds)[0].transpose(0, 2, 3, 1),
        "pytorch": run_torch,
    }


def _export(net: "object", inputs: "tuple[object, ...]", path: Path) -> None:
    import torch

    class Predict(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, x, t, context, mask):  # type: ignore[no-untyped-def]
            return self.net.predict(x, t, context, mask)

    torch.onnx.export(
        Predict(), inputs, str(path), dynamo=False, opset_version=17, input_names=["x", "t", "context", "mask"]
    )


if __name__ == "__main__":
    main()
