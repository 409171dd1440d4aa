"""A Stable Diffusion checkpoint as a model of ours: its networks run by diffusers, everything around them by tdiff."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.diffusion import Bound, NotFiniteError, Schedule, Shape
from tdiff.diffusion.parametrization import v_from_eps, v_from_eps_x0
from tdiff.engines.checkpoint import PARTS, Checkpoint, read_checkpoint
from tdiff.engines.checkpoint_schedule import CheckpointSchedule
from tdiff.engines.checkpoint_weights import AGAIN, fingerprint, numbers_in, weight_files
from tdiff.engines.cross_attention import as_maps, attention_kept
from tdiff.engines.devices import device_named, dtype_named, require
from tdiff.engines.model import Half, Look, ModelInfo, Role, TextImagePair, TokenStates
from tdiff.errors import UsageError, WeightsError
from tdiff.prompt.tokenizer import Fate, Tokens, Word
from tdiff.text import clean_text

if TYPE_CHECKING:
    from torch import Tensor

_FULL: Final = ("can't allocate memory", "not enough memory")
"""How PyTorch says that main memory is full."""


def diffusers_model(
    folder: Path, device: str | None = None, dtype: str | None = None, low_memory: str | None = None
) -> "DiffusersModel":
    """Return the model of a checkpoint's folder. Its weights are loaded when they are first needed.

    Args:
        folder: holds model_index.json; on this machine, since nothing is ever downloaded.
        device: cpu, cuda, cuda:1, mps; None for the best there is.
        dtype: float32, float16 or bfloat16.
        low_memory: slicing or offload; None for neither.

    Raises:
        UsageError: diffusers is not installed, or there is no such device or dtype.
        WeightsError: the folder is no checkpoint that is supported.
    """
    checkpoint = read_checkpoint(folder)
    require("diffusers")
    place = device_named(device)
    if low_memory == "offload" and place.type == "cpu":
        raise UsageError(
            "offload moves idle parts from a GPU to main memory, and this runs on the CPU",
            remedy='set low_memory = "slicing" in the settings',
        )
    return DiffusersModel(checkpoint, place, dtype_named(dtype, place), low_memory)


@dataclass(frozen=True, eq=False, slots=True)
class CheckpointContext:
    """One text, encoded.

    Attributes:
        ids: token ids with the marks of beginning and end, without padding; () for a condition of zeros.
        states: (77, D) what cross-attention reads.
        pooled: (P,) SDXL's vector of the whole text; None elsewhere.
    """

    ids: tuple[int, ...]
    states: "Tensor"
    pooled: "Tensor | None"


class DiffusersModel:
    """Text encoders, U-Net and decoder of one checkpoint.

    Args:
        checkpoint: where it lies and what it is.
        device: a torch.device.
        dtype: a torch.dtype.
        low_memory: slicing or offload; None for neither.
    """

    def __init__(self, checkpoint: Checkpoint, device: Any, dtype: Any, low_memory: str | None = None) -> None:
        self.checkpoint, self.device, self.dtype, self._low_memory = checkpoint, device, dtype, low_memory
        self._schedule = CheckpointSchedule(checkpoint.scheduler)
        self._info: ModelInfo | None = None

    @property
    def info(self) -> ModelInfo:
        """Name, hash and size, from the headers of its files."""
        if self._info is None:
            self._info = self._read_info()
        return self._info

    def _read_info(self) -> ModelInfo:
        files = self._files("unet")
        of = (self.checkpoint.name, fingerprint(files), 0, 0, numbers_in(files), 0)
        return ModelInfo(*of, "diffusers", str(self.dtype).removeprefix("torch."))

    @cached_property
    def parts(self) -> Any:
        """The checkpoint as diffusers' own pipeline, loaded from this machine alone.

        Raises:
            WeightsError: a file is damaged.
            UsageError: there is not enough memory.
        """
        self._info = self._read_info()
        with _memory_watched(), _quiet():
            pipeline = self._loaded()
            self._check_loaded(pipeline)
            placed = self._placed(pipeline)
        if self._read_info() != self._info:
            raise WeightsError(
                f"{self.checkpoint.name} changed while it was loaded", remedy="wait until it is copied, and try again"
            )
        return placed

    def _loaded(self) -> Any:
        import diffusers

        kinds = {"sd": diffusers.StableDiffusionPipeline, "sdxl": diffusers.StableDiffusionXLPipeline}
        without: dict[str, Any] = {"add_watermarker": False}
        if self.checkpoint.family == "sd":
            without = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
        try:
            return kinds[self.checkpoint.family].from_pretrained(
                str(self.checkpoint.folder),
                torch_dtype=self.dtype,
                variant=self.checkpoint.variant,
                local_files_only=True,
                use_safetensors=True,
                **without,
            )
        except Exception as error:  # on damaged files the libraries raise nearly anything
            if _is_full(error):
                raise
            raise WeightsError(f"{self.checkpoint.name} does not load ({_reason(error)})", remedy=AGAIN) from error

    def _check_loaded(self, pipeline: Any) -> None:
        """Refuse what the libraries load with a warning, or not even that: weights made up for those that lack."""
        for part in PARTS[self.checkpoint.family]:
            wanted = sum(parameter.numel() for parameter in getattr(pipeline, part).parameters())
            found = numbers_in(self._files(part))
            if found < wanted:
                raise WeightsError(
                    f"{part} of {self.checkpoint.name} has {found:,} of its {wanted:,} parameters",
                    remedy=AGAIN,
                )
        room = pipeline.text_encoder.config
        length, words = pipeline.tokenizer.model_max_length, len(pipeline.tokenizer)
        if not 3 <= length <= room.max_position_embeddings or words > room.vocab_size:
            raise WeightsError(
                f"tokenizer of {self.checkpoint.name} cuts texts of up to {length} tokens out of {words}, and its "
                f"text encoder takes {room.max_position_embeddings} out of {room.vocab_size}",
                remedy=AGAIN,
            )

    def _files(self, part: str) -> tuple[Path, ...]:
        return weight_files(self.checkpoint.folder / part, self.checkpoint.variant)

    def _placed(self, pipeline: Any) -> Any:
        """The pipeline where it is to run, in parts where the memory is small."""
        if self._low_memory == "offload":
            pipeline.enable_model_cpu_offload(device=self.device)
            return pipeline
        if self._low_memory == "slicing":
            pipeline.enable_attention_slicing()
            pipeline.vae.enable_slicing()
            pipeline.vae.enable_tiling()
        return pipeline.to(self.device)

    @cached_property
    def shape(self) -> Shape:
        """Of its latents: height, width, channels."""
        config = self.parts.unet.config
        side = config.sample_size
        height, width = (side, side) if isinstance(side, int) else side
        return (int(height), int(width), int(config.in_channels))

    @property
    def schedule(self) -> Schedule:
        """The checkpoint's own."""
        return self._schedule

    @property
    def clips(self) -> bool:
        """Latents have no bounds."""
        return False

    @cached_property
    def denoiser(self) -> "CheckpointDenoiser":
        """The U-Net."""
        return CheckpointDenoiser(self)

    @property
    def pair(self) -> TextImagePair:
        """None.

        Raises:
            UsageError: always.
        """
        return self._has_none("text–image pair")

    def read(self, text: str, role: Role) -> Tokens:
        """Say which pieces of a text reach the model; what lies beyond 77 tokens does not."""
        if role == "negative" and not text and self.checkpoint.zero_negative:
            return Tokens(text, (), ())
        return _read(self.parts.tokenizer, text)

    def encode(self, ids: tuple[int, ...]) -> CheckpointContext:
        """Return what the U-Net needs of a text."""
        import torch

        with torch.inference_mode(), _memory_watched():
            encode = _encode_sdxl if self.checkpoint.family == "sdxl" else _encode_sd
            return encode(self.parts, ids, self.device)

    def states(self, ids: tuple[int, ...]) -> TokenStates:
        """None.

        Raises:
            UsageError: always.
        """
        return self._has_none("state of each word to look at")

    def decode(self, x0: F32) -> U8:
        """Turn latents (B, h, w, C) into pictures (B, H, W, 3)."""
        import torch

        vae = self.parts.vae
        upcast = self.dtype == torch.float16 and bool(getattr(vae.config, "force_upcast", False))
        shift, scale = getattr(vae.config, "shift_factor", None) or 0.0, vae.config.scaling_factor
        with torch.inference_mode(), _memory_watched():
            if upcast:
                vae.to(torch.float32)
            latents = _sent(x0, self.device).to(vae.dtype) / scale + shift
            decoded = vae.decode(latents, return_dict=False)[0]
            if upcast:
                vae.to(self.dtype)
            pictures = (decoded / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).float().cpu().numpy()
        if not np.isfinite(pictures).all():
            raise self._overflown("decoder")
        pixels: U8 = (pictures * 255).round().astype(np.uint8)
        return pixels

    def _overflown(self, part: str) -> NotFiniteError:
        """Of numbers that are not finite."""
        dtype = str(self.dtype).removeprefix("torch.")
        return NotFiniteError(
            f"the {part} of {self.checkpoint.name} gave numbers that are not finite in {dtype}",
            remedy=AGAIN if dtype == "float32" else "choose --dtype bfloat16 or float32",
        )

    def look(self, x_t: F32, t: float, conditions: Sequence[CheckpointContext]) -> Look:
        """Predict v once, and keep the cross-attention of every layer: (B, 1, rows, columns, 77)."""
        with attention_kept(self.parts.unet) as kept:
            v = self.denoiser.bind(conditions)(x_t, t)
        return Look(v, as_maps(kept, *self.shape[:2]))

    def shuffled(self, half: Half, rng: np.random.Generator) -> "DiffusersModel":
        """None.

        Raises:
            UsageError: always.
        """
        return self._has_none("text–image pair")

    def _has_none(self, what: str) -> NoReturn:
        raise UsageError(
            f"{self.checkpoint.name} has no {what}", remedy="take the model that ships with tdiff for that"
        )


class CheckpointDenoiser:
    """A checkpoint's U-Net as one that predicts v, whatever it was trained to predict.

    Args:
        model: whose.
    """

    def __init__(self, model: DiffusersModel) -> None:
        self._model = model

    def bind(self, conditions: Sequence[CheckpointContext], times: Sequence[float] = ()) -> Bound:
        """Fix the texts, one for each picture of the batch; times need no preparation."""
        import torch

        model = self._model
        unet, schedule = model.parts.unet, model._schedule
        states = torch.stack([condition.states for condition in conditions])
        pooled = [condition.pooled for condition in conditions if condition.pooled is not None]
        added = _added(model, torch.stack(pooled)) if pooled else None

        def predict(x_t: F32, t: float) -> F32:
            level = schedule.level(t)
            with torch.inference_mode(), _memory_watched():
                x = _sent(x_t, model.device).to(unet.dtype)
                step = torch.tensor(t * schedule.levels, device=model.device)
                said = unet(x, step, encoder_hidden_states=states, added_cond_kwargs=added, return_dict=False)[0]
                output: F32 = np.ascontiguousarray(said.float().permute(0, 2, 3, 1).cpu().numpy())
            if not np.isfinite(output).all():
                raise model._overflown("network")
            return _as_v(model.checkpoint.prediction, output, x_t, level.alpha, level.sigma)

        return predict


def _as_v(prediction: str, output: F32, x_t: F32, alpha: float, sigma: float) -> F32:
    """What the network said, as v."""
    if prediction == "v_prediction":
        return output
    if prediction == "sample":
        return v_from_eps_x0((1 / sigma) * x_t - (alpha / sigma) * output, output, alpha, sigma)
    return v_from_eps(x_t, output, alpha, sigma)


def _encode_sd(parts: Any, ids: tuple[int, ...], device: Any) -> CheckpointContext:
    encoder = parts.text_encoder
    numbers = _padded(parts.tokenizer, ids, device)
    mask = None
    if getattr(encoder.config, "use_attention_mask", False):
        mask = (numbers.new_tensor(range(numbers.shape[1])) < len(ids))[None].to(numbers.dtype)
    return CheckpointContext(ids, encoder(numbers, attention_mask=mask)[0][0], None)


def _encode_sdxl(parts: Any, ids: tuple[int, ...], device: Any) -> CheckpointContext:
    """States of both encoders before their last layer, side by side, and the second one's vector."""
    import torch

    if not ids:  # an empty negative
        empty = _encode_sdxl(parts, _read(parts.tokenizer, "").ids, device)
        assert empty.pooled is not None
        return CheckpointContext(ids, torch.zeros_like(empty.states), torch.zeros_like(empty.pooled))
    first = parts.text_encoder(_padded(parts.tokenizer, ids, device), output_hidden_states=True)
    second = parts.text_encoder_2(_padded(parts.tokenizer_2, ids, device), output_hidden_states=True)
    states = torch.cat([first.hidden_states[-2], second.hidden_states[-2]], dim=-1)
    return CheckpointContext(ids, states[0], second[0][0])


def _padded(tokenizer: Any, ids: tuple[int, ...], device: Any) -> "Tensor":
    import torch

    rest = [tokenizer.pad_token_id] * (tokenizer.model_max_length - len(ids))
    return torch.tensor([[*ids, *rest]], device=device)


def _added(model: DiffusersModel, pooled: "Tensor") -> dict[str, "Tensor"]:
    """What SDXL's U-Net is told besides: the text's vector, and sizes before and after cropping (§2.2 of its paper)."""
    height, width, _ = model.shape
    factor = model.parts.vae_scale_factor
    size = (height * factor, width * factor)
    sizes = pooled.new_tensor([[*size, 0, 0, *size]]).expand(len(pooled), 6)
    return {"text_embeds": pooled, "time_ids": sizes}


def _read(tokenizer: Any, text: str) -> Tokens:
    """A text's pieces as the tokenizer cuts them."""
    most = int(tokenizer.model_max_length)
    offsets: list[tuple[int, int]] | None = None
    if tokenizer.is_fast:
        found = tokenizer(text, truncation=False, return_offsets_mapping=True)
        offsets = [(int(start), int(end)) for start, end in found["offset_mapping"]]
    else:
        found = tokenizer(text, truncation=False)
    ids = [int(number) for number in found["input_ids"]]
    inner, kept = ids[1:-1], most - 2
    pieces = tokenizer.convert_ids_to_tokens(inner)
    words = []
    for place, piece in enumerate(pieces):
        start, end = offsets[place + 1] if offsets else (0, 0)
        cut = place >= kept
        fate, tokens = (Fate.CUT, ()) if cut else (Fate.KNOWN, (place + 1,))
        words.append(Word(text[start:end], start, end, fate, clean_text(piece, 60), tokens=tokens))
    return Tokens(text, tuple(words), (ids[0], *inner[:kept], ids[-1]))


def _sent(array: F32, device: Any) -> "Tensor":
    """(B, H, W, C) of numpy as (B, C, H, W) on a device; a copy, since steps are read-only."""
    import torch

    return torch.from_numpy(np.array(array.transpose(0, 3, 1, 2), np.float32)).to(device)


@contextmanager
def _memory_watched() -> Iterator[None]:
    """Turn a lack of memory into a sentence with the remedy."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not _is_full(error):
            raise
        raise UsageError(
            "the device's memory is full",
            remedy=(
                "choose --dtype float16 or bfloat16, lower --count, or set low_memory under [engine] in the settings: "
                '"slicing" takes less at once, "offload" keeps on the GPU only what is at work'
            ),
        ) from error


def _is_full(error: BaseException) -> bool:
    """Whether a memory is full: of main memory PyTorch tells it in words alone."""
    import torch

    full = isinstance(error, MemoryError | torch.OutOfMemoryError)
    return full or any(words in str(error) for words in _FULL)


def _reason(error: Exception) -> str:
    """Why a checkpoint doesn't load, where the libraries tell it in a sentence that helps."""
    said = str(error)
    if "expected shape" in said or "mismatched" in said:
        return "its weights do not fit its config.json"
    return clean_text(said.strip().partition("\n")[0], 160) or type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """No bar for each of five parts, and no warnings: of what is missing here and not needed, of names that change."""
    import diffusers
    import transformers

    logs = [library.utils.logging for library in (diffusers, transformers)]
    before = [log.get_verbosity() for log in logs]
    for log in logs:
        log.disable_progress_bar()
        log.set_verbosity_error()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        for log, verbosity in zip(logs, before, strict=True):
            log.set_verbosity(verbosity)
