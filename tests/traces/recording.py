"""Small traces for tests."""

from pathlib import Path

import numpy as np

from tdiff.traces.document import Asked, Head, Line
from tdiff.traces.writer import TraceWriter

HEAD = Head(
    steps=3,
    pictures=(Asked("a red apple", "blurry", 7), Asked("a red apple", "", 8)),
    preview_size=(4, 5),
    preview="linear",
    tensor_shape=(4, 5, 2),
    guidance=5.0,
    scheduler="DDIMScheduler",
    prediction="epsilon",
    model="tiny",
    model_hash="d1ffd1ff",
    versions={"tdiff": "0.1.0"},
)


def line(index: int, **changes: object) -> Line:
    fields = {
        "index": index,
        "t": 900.0 - 300 * index,
        "alpha": 0.6,
        "sigma": 0.8,
        "guidance": 5.0,
        "seconds": 0.5 * index,
        "finite": True,
        "eps_rms": (1.0, 0.9),
        "change": (0.1, 0.2) if index else None,
        "apart": (0.01, 0.02),
    }
    return Line(**(fields | changes))  # type: ignore[arg-type]


def arrays(index: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(index)
    previews = {f"preview.{name}": rng.integers(0, 256, (2, 4, 5, 3), dtype=np.uint8) for name in ("x_t", "eps", "x0")}
    names = ("x_t", "eps_pos", "eps_neg")
    return previews | {name: rng.standard_normal((2, 4, 5, 2)).astype(np.float16) for name in names}


def final() -> np.ndarray:
    return np.full((2, 4, 5, 3), 9, np.uint8)


def picture() -> np.ndarray:
    return np.random.default_rng(99).integers(0, 256, (2, 8, 10, 3), dtype=np.uint8)


def recorded(path: Path, steps: int = 3, finish: bool = True) -> Path:
    with TraceWriter(path, HEAD) as writer:
        for index in range(steps):
            writer.step(line(index), arrays(index))
        if finish:
            writer.finish(final(), picture())
    return path
