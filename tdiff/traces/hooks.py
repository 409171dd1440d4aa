"""`tdiff.record`: a trace of any diffusers pipeline, taken while it runs and without changing it.

What is hooked: the pipeline's call (its arguments and its result), the denoiser's forward (both predictions, before
guidance joins them) and the scheduler's step (latents and noise level). All hooks are gone when the block is left.
"""

import hashlib
import inspect
import warnings
from collections.abc import Mapping
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.errors import OutputError, TdiffError, TraceError
from tdiff.files import free_name, refuse_existing
from tdiff.text import clean_text
from tdiff.traces.decoder import fitted_to_decoder
from tdiff.traces.document import STEPS_LIMIT, Prediction
from tdiff.traces.recorder import Recorder, TraceWarning, as_array
from tdiff.traces.rgb import RgbMap, plain_map
from tdiff.traces.scheduling import eps_and_x0, mixture_at, prediction_of, told_apart

_DENOISERS: Final = ("unet", "transformer")
_FINGERPRINT: Final = 16  # numbers of each tensor


class PipelineRecording:
    """Records every call of a pipeline while the block is open; see `record`."""

    def __init__(self, pipe: Any, path: Path, tensors: bool, keep_prompt: bool, overwrite: bool) -> None:
        self.pipe, self.path = pipe, path
        self._tensors, self._keep_prompt, self._overwrite = tensors, keep_prompt, overwrite
        self._class = type(pipe)
        self.written: list[Path] = []
        """The traces of the calls so far."""
        self._rgb: dict[int, RgbMap] = {}
        self._hash: str | None = None
        if _denoiser(pipe) is None or not hasattr(getattr(pipe, "scheduler", None), "step"):
            raise TraceError(
                f"{self._class.__name__} has no denoiser (unet or transformer) with a scheduler",
                remedy="give a diffusers pipeline, or record your own loop with tdiff.Recorder",
            )
        if not overwrite:
            refuse_existing(path)

    def __enter__(self) -> "PipelineRecording":
        recording = self

        @wraps(self._class.__call__)
        def call(pipe: Any, *args: Any, **kwargs: Any) -> Any:
            return recording._recorded(pipe, args, kwargs)

        # Python looks __call__ up on the class, so the pipeline gets one of its own for as long as the block lasts.
        same = {name: getattr(self._class, name) for name in ("__module__", "__qualname__", "__doc__")}
        self.pipe.__class__ = type(self._class.__name__, (self._class,), {**same, "__call__": call})
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.pipe.__class__ = self._class

    def _recorded(self, pipe: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """One call of the pipeline, with hooks for as long as it takes."""
        path = self.path if not self.written else free_name(self.path.parent, self.path.stem, self.path.suffix)
        flight = _Flight(self, path, _arguments(self._class, pipe, args, kwargs))
        denoiser, scheduler = _denoiser(pipe), pipe.scheduler
        assert denoiser is not None
        original, signature = scheduler.step, inspect.signature(type(scheduler).step)

        @wraps(original)  # pipelines look at its signature
        def step(*step_args: Any, **step_kwargs: Any) -> Any:
            flight.before_step(scheduler, signature.bind(scheduler, *step_args, **step_kwargs).arguments)
            result = original(*step_args, **step_kwargs)
            flight.after_step(result)
            return result

        own = vars(scheduler).get("step")  # someone else's hook, which is put back
        handle = denoiser.register_forward_hook(lambda module, inputs, output: flight.predicted(output))
        scheduler.step = step
        self.written.append(path)
        try:
            result = self._class.__call__(pipe, *args, **kwargs)
            flight.landed(result)
            return result
        finally:
            handle.remove()
            del scheduler.step
            if own is not None:
                scheduler.step = own
            flight.close()

    def rgb(self, sample: F32, like: Any) -> RgbMap:
        """The map from latents to colours, fitted once for each number of channels."""
        channels = sample.shape[-1]
        if channels not in self._rgb:
            self._rgb[channels] = fitted_to_decoder(self.pipe, channels, like) or plain_map(channels)
        return self._rgb[channels]

    @property
    def model_hash(self) -> str:
        """A fingerprint of the denoiser."""
        if self._hash is None:
            self._hash = _fingerprint(_denoiser(self.pipe))
        return self._hash


class _Flight:
    """One call that is being recorded. A fault of ours ends the recording, never the run."""

    def __init__(self, recording: PipelineRecording, path: Path, arguments: Mapping[str, Any]) -> None:
        self._recording, self._path, self._arguments = recording, path, arguments
        self._seed = _seeds(arguments.get("generator"))  # before the pipeline draws from it
        self._outputs: list[Any] = []
        self._last: Any = None
        self._recorder: Recorder | None = None
        self._failed = False

    def predicted(self, output: Any) -> None:
        """Keep what the network said; nothing is copied."""
        self._outputs.append(output[0] if isinstance(output, tuple) else getattr(output, "sample", output))

    def before_step(self, scheduler: Any, arguments: Mapping[str, Any]) -> None:
        """Record a step from what the scheduler is given."""
        outputs, self._outputs = self._outputs, []
        if self._failed:
            return
        try:
            self._record(scheduler, outputs, arguments["model_output"], arguments["timestep"], arguments["sample"])
        except Exception as error:  # whatever is odd about someone's pipeline must not end their run
            self._stop(error)

    def after_step(self, result: Any) -> None:
        """Keep what the step left."""
        self._last = result[0] if isinstance(result, tuple) else getattr(result, "prev_sample", None)

    def landed(self, result: Any) -> None:
        """Record the end."""
        if self._failed or self._recorder is None:
            return
        try:
            self._recorder.finish(None if self._last is None else _channels_last(self._last), _pictures(result))
        except Exception as error:  # as above
            self._stop(error)

    def close(self) -> None:
        """Close the file, finished or not."""
        if self._recorder is not None:
            self._recorder.close()

    def _record(self, scheduler: Any, outputs: list[Any], guided: Any, timestep: Any, sample: Any) -> None:
        if sample.ndim != 4:
            raise TraceError(
                f"its latents have the shape {tuple(sample.shape)}, and (B, C, H, W) is what is recorded, "
                "not rows as those of Flux"
            )
        at, prediction = mixture_at(scheduler, timestep, sample), prediction_of(scheduler)
        if at.sigma <= 0:
            raise TraceError("the scheduler takes a step where there is no noise left")
        x_t, used = _channels_last(sample), _channels_last(guided)
        channels = x_t.shape[-1]
        # Some networks also say how sure they are, in further channels.
        said = np.concatenate([_channels_last(output[:, :channels]) for output in outputs]) if outputs else used
        pos, neg, weight = told_apart(said, used[..., :channels], len(x_t))
        eps, x0 = eps_and_x0(prediction, used[..., :channels], x_t, at)
        recorder = self._begun(scheduler, prediction, x_t, sample)
        recorder.step(
            x_t,
            eps,
            alpha=at.alpha,
            sigma=at.sigma,
            t=at.t,
            x0=x0,
            eps_pos=eps_and_x0(prediction, pos, x_t, at)[0],
            eps_neg=None if neg is None else eps_and_x0(prediction, neg, x_t, at)[0],
            guidance=None if weight is None else round(weight, 3),
        )

    def _begun(self, scheduler: Any, prediction: Prediction, x_t: F32, sample: Any) -> Recorder:
        if self._recorder is None:
            recording, given = self._recording, self._arguments
            pipe, keep = recording.pipe, recording._keep_prompt
            steps = getattr(pipe, "num_timesteps", None) or len(scheduler.timesteps)
            guidance = given.get("guidance_scale")
            self._recorder = Recorder(
                self._path,
                steps=max(1, min(int(steps), STEPS_LIMIT)),
                prompt=_text(given.get("prompt")) if keep else None,
                negative=_text(given.get("negative_prompt") or "") if keep else None,
                seed=self._seed,
                guidance=float(guidance) if isinstance(guidance, int | float) else None,
                scheduler=type(scheduler).__name__,
                prediction=prediction,
                model=_name(pipe, recording._class),
                model_hash=recording.model_hash,
                tensors=recording._tensors,
                layout="BHWC",
                rgb=recording.rgb(x_t, sample),
                overwrite=recording._overwrite,
            )
        return self._recorder

    def _stop(self, error: Exception) -> None:
        self._failed = True
        reason = str(error) if isinstance(error, TdiffError) else f"{type(error).__name__}: {error}"
        failure = OutputError(f"{reason}; your run goes on")
        if self._recorder is not None:
            self._recorder.stop(failure)
            return
        warnings.warn(f"nothing is recorded: {failure}", TraceWarning, stacklevel=2)


def record(
    pipe: Any, path: str | Path, *, tensors: bool = True, keep_prompt: bool = True, overwrite: bool = False
) -> PipelineRecording:
    """Record every call of a diffusers pipeline while the block is open.

    >>> with tdiff.record(pipe, "run.tdiff"):
    ...     picture = pipe("a red apple", generator=torch.Generator().manual_seed(7)).images[0]

    The pictures are bit for bit what they are without it. A second call within the block goes to run-2.tdiff. Where
    something cannot be recorded, a warning says so and the run goes on.

    Args:
        pipe: a pipeline with a denoiser (unet or transformer) and a scheduler.
        path: of the trace.
        tensors: keep latents and both predictions as float16, so that guidance can be moved afterwards.
        keep_prompt: off leaves prompt and negative out of the trace.
        overwrite: replace a file that is there.

    Raises:
        TraceError: the pipeline has no such parts.
        OutputError: the file exists.
    """
    return PipelineRecording(pipe, Path(path), tensors, keep_prompt, overwrite)


def _denoiser(pipe: Any) -> Any:
    return next((part for name in _DENOISERS if (part := getattr(pipe, name, None)) is not None), None)


def _arguments(kind: type, pipe: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """What a pipeline was called with, defaults included; empty where it does not take that."""
    try:
        bound = inspect.signature(kind.__call__).bind(pipe, *args, **kwargs)
    except (TypeError, ValueError):
        return {}
    bound.apply_defaults()
    return dict(bound.arguments)


def _seeds(generator: Any) -> int | list[int | None] | None:
    """Seeds of a torch.Generator, or of a list of them; None where numbers were drawn from it before."""
    if isinstance(generator, list):
        return [_seed(each) for each in generator]
    return _seed(generator)


def _seed(generator: Any) -> int | None:
    if not hasattr(generator, "initial_seed"):
        return None
    seed = int(generator.initial_seed())
    fresh = type(generator)(generator.device).manual_seed(seed)
    return seed if bool((fresh.get_state() == generator.get_state()).all()) else None


def _text(value: Any) -> Any:
    """A prompt or a list of prompts; None where embeddings were given instead."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return value
    return None


def _name(pipe: Any, kind: type) -> str:
    """The last part of where a pipeline was loaded from: whole paths tell too much of a machine."""
    place = str(getattr(pipe, "name_or_path", "") or "").rstrip("/\\")
    return clean_text(place.replace("\\", "/").rpartition("/")[2] or kind.__name__, 200)


def _channels_last(tensor: Any) -> F32:
    return np.ascontiguousarray(as_array(tensor).transpose(0, 2, 3, 1))


def _pictures(result: Any) -> U8 | None:
    """The finished pictures (B, H, W, 3), where a pipeline hands them out as pictures."""
    images = result[0] if isinstance(result, tuple) else getattr(result, "images", None)
    if isinstance(images, np.ndarray) and images.ndim == 4 and images.shape[-1] == 3:
        pixels: U8 = np.clip(np.rint(images * 255), 0, 255).astype(np.uint8)
        return pixels
    if not isinstance(images, list) or not all(hasattr(image, "convert") for image in images):
        return None
    return np.stack([np.asarray(image.convert("RGB"), np.uint8) for image in images])


def _fingerprint(denoiser: Any) -> str:
    """SHA-256 over names, shapes and the first numbers of each tensor, 16 digits: all of them would take too long."""
    digest = hashlib.sha256()
    for name, tensor in denoiser.state_dict().items():
        if tensor.is_meta:
            return ""  # offloaded: its numbers are elsewhere
        head = tensor.detach().flatten()[:_FINGERPRINT].float().cpu().numpy().astype(np.float16)
        digest.update(f"{name} {tuple(tensor.shape)} ".encode() + head.tobytes())
    return digest.hexdigest()[:16]
