"""A flight recorder for anyone's diffusion code: hand it the arrays of each step, and it writes a trace."""

import math
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import F32
from tdiff.errors import OutputError, TraceError
from tdiff.text import clean_text
from tdiff.traces.document import Asked, Head, Line, Prediction
from tdiff.traces.rgb import RgbMap, plain_map
from tdiff.traces.writer import TraceWriter

Layout = Literal["BCHW", "BHWC"]

_EXPLAINED: Final = 1e-3
"""Guidance explains an ε̂ where what is left of it is smaller than this share."""
_TOOLS: Final = ("numpy", "torch", "diffusers")
_HALF_MAX: Final = 65504.0


class TraceWarning(UserWarning):
    """A recording stopped; the run that it recorded goes on."""


class Recorder:
    """Records a run of any diffusion code.

    >>> with tdiff.Recorder("run.tdiff", steps=20, prompt="a red apple", seed=7) as recorder:
    ...     for t, alpha, sigma in schedule:
    ...         eps = model(x, t)
    ...         recorder.step(x, eps, alpha=alpha, sigma=sigma, t=t)
    ...         x = ...

    A step whose arrays make no sense raises. A disk that fills does not: the recording stops with a warning, what was
    written opens, and your run goes on.

    Args:
        path: of the file, usually run.tdiff.
        steps: how many the run is to take.
        prompt, negative, seed: of the run, or one for each picture of the batch; None where they are not known.
        guidance: w, where there is one for the whole run.
        scheduler: name of the sampler.
        prediction: what the network predicts.
        model, model_hash: its name, and hexadecimal digits over its weights.
        recipe: the recipe of a run of tdiff's own, as its JSON object.
        tensors: keep the arrays themselves as float16, so that guidance can be moved afterwards; previews otherwise.
        layout: of the arrays handed in: channels first, as in PyTorch, or last.
        rgb: how latents become colours; by default three channels are taken for pixels in [-1, 1].
        overwrite: replace a file that is there.
        clock: seconds that go by.
        tell: is told why a recording stopped early; by default Python warns.

    Raises:
        OutputError: the file exists, or cannot be written.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        steps: int,
        prompt: str | Sequence[str] | None = None,
        negative: str | Sequence[str] | None = None,
        seed: int | Sequence[int | None] | None = None,
        guidance: float | None = None,
        scheduler: str = "",
        prediction: Prediction = "epsilon",
        model: str = "",
        model_hash: str = "",
        recipe: Mapping[str, Any] | None = None,
        tensors: bool = True,
        layout: Layout = "BCHW",
        rgb: RgbMap | None = None,
        overwrite: bool = False,
        clock: Callable[[], float] = time.monotonic,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        from tdiff.files import refuse_existing

        self.path = Path(path)
        if not overwrite:
            refuse_existing(self.path)
        self.failure: OutputError | None = None
        """Why the recording stopped early, if it did."""
        self._texts = prompt, negative, seed
        self._about: dict[str, Any] = {
            "steps": steps,
            "guidance": guidance,
            "scheduler": scheduler[:200],
            "prediction": prediction,
            "model": model[:200],
            "model_hash": model_hash,
            "versions": _versions(),
            "recipe": recipe,
        }
        self._tensors, self._layout, self._rgb, self._overwrite = tensors, layout, rgb, overwrite
        self._clock, self._began, self._tell = clock, clock(), tell or _warn
        self._writer: TraceWriter | None = None
        self._before: F32 | None = None  # the clean guess of the step before
        self._count = 0
        self._finished = False

    def step(
        self,
        x_t: Any,
        eps: Any = None,
        *,
        alpha: float,
        sigma: float,
        t: float | None = None,
        x0: Any = None,
        eps_pos: Any = None,
        eps_neg: Any = None,
        guidance: float | None = None,
    ) -> None:
        """Record one step. Arrays are numpy's, PyTorch's, or anything that numpy takes.

        Args:
            x_t: the noisy pictures before the step, (B, C, H, W) or as `layout` says; x_t = alpha·x0 + sigma·ε in any
                scaling.
            eps: the noise ε̂ that the step takes out, guided; of standard deviation 1.
            alpha: share of picture in x_t, 0 or more.
            sigma: share of noise, above 0.
            t: time in your own counting; the step's number where it is left out.
            x0: the clean guess; (x_t − sigma·ε̂)/alpha where it is left out. One of the two is enough.
            eps_pos: ε̂ with the prompt, before guidance joined it with the next.
            eps_neg: ε̂ with the negative.
            guidance: w of this step, where it is not that of the run.

        Raises:
            TraceError: arrays or numbers that make no sense.
        """
        if self.failure is not None:
            return
        if self._finished:
            raise TraceError("this recording is finished", remedy="begin another for the next run")
        arrays = {"x_t": x_t, "eps": eps, "x0": x0, "eps_pos": eps_pos, "eps_neg": eps_neg}
        given = {name: _channels_last(name, array, self._layout) for name, array in arrays.items() if array is not None}
        if len({array.shape for array in given.values()}) != 1:
            shapes = ", ".join(f"{name} {array.shape}" for name, array in given.items())
            raise TraceError(f"the arrays of a step must have one shape, not {shapes} (channels last)")
        with np.errstate(all="ignore"):  # numbers that are not finite are recorded as such
            self._record(given, float(alpha), float(sigma), t, guidance)

    def finish(self, x: Any = None, picture: Any = None) -> None:
        """Say that the run came to its end; leaving the `with` block without an exception does so too.

        Args:
            x: what the last step left, as x_t.
            picture: the finished pictures in full size, (B, height, width, 3) uint8.

        Raises:
            TraceError: an array of another shape than the run's.
        """
        if self._writer is None or self.failure is not None:
            return
        left = None if x is None else _channels_last("x", x, self._layout)
        final = None if left is None else self._map(left).picture(left)
        writer, self._writer, self._finished = self._writer, None, True
        with writer:
            self._guarded(lambda: writer.finish(final, None if picture is None else np.asarray(picture)))

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self.finish()
        self.close()

    def close(self) -> None:
        """Close the file as it is; without `finish` it says that the recording was ended early."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _record(
        self, given: Mapping[str, F32], alpha: float, sigma: float, t: float | None, guidance: float | None
    ) -> None:
        x_t, eps, x0 = _complete(given, alpha, sigma)
        scale = math.hypot(alpha, sigma)
        x_t, alpha, sigma = x_t / np.float32(scale), alpha / scale, sigma / scale
        weight = guidance if guidance is not None else self._about["guidance"]
        pos, neg = given.get("eps_pos", eps), given.get("eps_neg")
        line = Line(
            index=self._count,
            t=float(self._count if t is None else t),
            alpha=alpha,
            sigma=sigma,
            guidance=None if weight is None else float(weight),
            seconds=max(0.0, round(self._clock() - self._began, 6)),
            finite=bool(np.isfinite(x_t).all() and np.isfinite(eps).all()),
            eps_rms=_rms(eps),
            change=None if self._before is None else _mean_difference(x0, self._before),
            apart=None if neg is None else _rms(pos - neg),
        )
        rgb = self._map(x_t)
        parts: dict[str, NDArray[Any]] = {
            "preview.x_t": rgb.picture(x_t),
            "preview.eps": rgb.noise(eps),
            "preview.x0": rgb.picture(x0),
        }
        if self._tensors:
            parts |= {"x_t": _half(x_t), "eps_pos": _half(pos)}
            if neg is not None:
                parts["eps_neg"] = _half(neg)
            if not _explained(eps, pos, neg, weight):
                parts["eps"] = _half(eps)
        self._guarded(lambda: self._opened(x_t, rgb).step(line, parts))
        self._before = x0
        self._count += 1

    def _map(self, x: F32) -> RgbMap:
        if self._rgb is None:
            self._rgb = plain_map(x.shape[-1])
        return self._rgb

    def _opened(self, x_t: F32, rgb: RgbMap) -> TraceWriter:
        """The file, begun when the first step shows what is in it."""
        if self._writer is None:
            batch, height, width, channels = x_t.shape
            head = Head(
                pictures=_asked(*self._texts, batch),
                preview_size=rgb.size(height, width),
                preview=rgb.how,
                colours=rgb.rows if self._tensors and rgb.how == "linear" else None,
                tensor_shape=(height, width, channels) if self._tensors else None,
                **self._about,
            )
            self._writer = TraceWriter(self.path, head, self._overwrite)
        return self._writer

    def _guarded(self, write: Callable[[], None]) -> None:
        """Write; a disk that fails ends the recording, not the run."""
        try:
            write()
        except OutputError as error:
            self.stop(error)

    def stop(self, error: OutputError) -> None:
        """End the recording early, and say so; the steps so far stay."""
        self.failure = error
        self.close()
        self._tell(f"the recording stopped: {error}")


def _warn(message: str) -> None:
    warnings.warn(message, TraceWarning, stacklevel=2)


def as_array(array: Any) -> F32:
    """Return an array of numpy's, PyTorch's or another library's as float32."""
    if hasattr(array, "detach"):  # numpy knows no bfloat16 and cannot reach into a GPU
        array = array.detach().float().cpu().numpy()
    return np.asarray(array, np.float32)


def _channels_last(name: str, array: Any, layout: Layout) -> F32:
    found = as_array(array)
    if found.ndim != 4 or 0 in found.shape:
        raise TraceError(f"{name} must have four dimensions ({layout}), not the shape {found.shape}")
    return np.ascontiguousarray(found.transpose(0, 2, 3, 1)) if layout == "BCHW" else found


def _complete(given: Mapping[str, F32], alpha: float, sigma: float) -> tuple[F32, F32, F32]:
    """x_t, ε̂ and the clean guess, from two of the three."""
    x_t, eps, x0 = given["x_t"], given.get("eps"), given.get("x0")
    if not (math.isfinite(alpha) and math.isfinite(sigma) and alpha >= 0 and sigma > 0):
        raise TraceError(f"alpha must be 0 or more and sigma above 0, not {alpha} and {sigma}")
    if x0 is not None:
        return x_t, np.asarray((x_t - np.float32(alpha) * x0) / np.float32(sigma)) if eps is None else eps, x0
    if eps is None or alpha == 0:
        raise TraceError("a step needs the noise eps or the clean guess x0, and both where alpha is 0")
    return x_t, eps, np.asarray((x_t - np.float32(sigma) * eps) / np.float32(alpha))


def _explained(eps: F32, pos: F32, neg: F32 | None, weight: float | None) -> bool:
    """Whether ε̂ is what guidance makes of the two predictions."""
    guided = pos if neg is None or weight is None else neg + np.float32(weight) * (pos - neg)
    return guided is eps or not float(np.abs(eps - guided).max()) > _EXPLAINED * float(np.abs(eps).max())


def _rms(x: F32) -> tuple[float, ...]:
    return tuple(np.sqrt(np.square(x.reshape(len(x), -1)).mean(axis=1)).tolist())


def _mean_difference(x: F32, before: F32) -> tuple[float, ...]:
    if x.shape != before.shape:
        raise TraceError(f"every step must have the shape of the first, {before.shape}, not {x.shape} (channels last)")
    return tuple(np.abs(x - before).reshape(len(x), -1).mean(axis=1).tolist())


def _half(x: F32) -> NDArray[np.float16]:
    """What is beyond what float16 holds becomes the largest that it holds; what is no number stays none."""
    half: NDArray[np.float16] = x.clip(-_HALF_MAX, _HALF_MAX).astype(np.float16)
    return half


def _asked(prompt: Any, negative: Any, seed: Any, batch: int) -> tuple[Asked, ...]:
    prompts, negatives, seeds = (_spread(value, batch) for value in (prompt, negative, seed))
    return tuple(Asked(_cut(p), _cut(n), s) for p, n, s in zip(prompts, negatives, seeds, strict=True))


def _spread(value: Any, batch: int) -> list[Any]:
    """One value for each picture: the same for all, one each, or each for as many neighbours."""
    if value is None or isinstance(value, str | int):
        return [value] * batch
    values = list(value)
    if not values or batch % len(values):
        raise TraceError(
            f"there are {len(values)} prompts, negatives or seeds for {batch} pictures", remedy="give one each"
        )
    return [entry for entry in values for _ in range(batch // len(values))]


def _cut(text: str | None) -> str | None:
    return None if text is None else clean_text(text, 20_000)


def _versions() -> dict[str, str]:
    """Versions of what is in use, as far as it bears on a picture."""
    from tdiff import __version__

    loaded = {name: getattr(sys.modules.get(name), "__version__", None) for name in _TOOLS}
    return {"tdiff": __version__} | {
        name: str(version)[:200] for name, version in loaded.items() if version is not None
    }
