"""A checkpoint of diffusers on disk: what is in its folder, looked at before anything of it is loaded.

No code of a checkpoint is run, nothing is downloaded, and weights are safetensors only: a pickle can run anything.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from tdiff.engines.checkpoint_weights import WHOLE, numbers_in, variant_of, weight_files
from tdiff.errors import WeightsError
from tdiff.strict_json import JsonError, parse_object
from tdiff.text import clean_text

Family = Literal["sd", "sdxl"]

_FAMILIES: Final[Mapping[str, Family]] = {"StableDiffusionPipeline": "sd", "StableDiffusionXLPipeline": "sdxl"}
PARTS: Final[Mapping[Family, tuple[str, ...]]] = {
    "sd": ("unet", "vae", "text_encoder"),
    "sdxl": ("unet", "vae", "text_encoder", "text_encoder_2"),
}
"""What a checkpoint holds that has weights."""
_TOKENIZERS: Final[Mapping[Family, tuple[str, ...]]] = {"sd": ("tokenizer",), "sdxl": ("tokenizer", "tokenizer_2")}
_CLASSES: Final = {
    "unet": ("diffusers", "UNet2DConditionModel"),
    "vae": ("diffusers", "AutoencoderKL"),
    "text_encoder": ("transformers", "CLIPTextModel"),
    "text_encoder_2": ("transformers", "CLIPTextModelWithProjection"),
}
_PREDICTIONS: Final = ("epsilon", "v_prediction", "sample")
_PICKLES: Final = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
_SINGLE: Final = (".safetensors", ".ckpt", ".pt", ".pth", ".bin")
_CONFIG_LIMIT: Final = 2**20
_SIDE_LIMIT: Final = 1024
"""Of latents: pictures of 8192 × 8192."""
_CONVERT: Final = (
    "convert it once, in Python: diffusers.StableDiffusionPipeline.from_single_file(FILE).save_pretrained(FOLDER)"
)
_RESAVE: Final = (
    "if you trust it, save it anew, in Python: diffusers.DiffusionPipeline.from_pretrained(OLD).save_pretrained(NEW)"
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder that can be loaded.

    Attributes:
        folder: where it lies.
        family: sd (Stable Diffusion 1.x and 2.x) or sdxl.
        prediction: what the network predicts: epsilon, v_prediction or sample.
        scheduler: content of its scheduler_config.json.
        zero_negative: an empty negative is a condition of zeros, not the empty prompt's.
        variant: which of several sets of weights is there, such as "fp16"; None for the plain one.
    """

    folder: Path
    family: Family
    prediction: Literal["epsilon", "v_prediction", "sample"]
    scheduler: Mapping[str, Any]
    zero_negative: bool
    variant: str | None = None

    @property
    def name(self) -> str:
        """The folder's own name."""
        return clean_text(self.folder.resolve().name, 60)


def read_checkpoint(folder: Path) -> Checkpoint:
    """Look at a checkpoint's folder.

    Raises:
        WeightsError: it is none, of another family, incomplete, or not safetensors.
    """
    shown = clean_text(str(folder), 200)
    if folder.is_file():
        if folder.suffix.lower() in _SINGLE:
            raise WeightsError(f"{shown} is a checkpoint in a single file", remedy=_CONVERT)
        raise WeightsError(f"{shown} is a file", remedy="give the folder of a checkpoint, with model_index.json in it")
    if not folder.is_dir():
        raise WeightsError(
            f"there is no folder {shown}", remedy="give the folder of a checkpoint that is on this machine"
        )
    index = _config(folder / "model_index.json")
    kind = index.get("_class_name")
    if not isinstance(kind, str) or kind not in _FAMILIES:
        raise WeightsError(
            f"{shown} is for {clean_text(str(kind), 60)}, and Stable Diffusion 1.x, 2.x and XL are supported",
            remedy="record its runs with tdiff.record, which says so where it cannot",
        )
    family, variant = _FAMILIES[kind], variant_of(folder / "unet")
    for part in PARTS[family]:
        _check_part(folder, part, index.get(part), variant)
    for part in _TOKENIZERS[family]:
        _check_tokenizer(folder, part)
    _check_sizes(folder)
    scheduler = _config(folder / "scheduler" / "scheduler_config.json")
    prediction = scheduler.get("prediction_type", "epsilon")
    if prediction not in _PREDICTIONS:
        raise WeightsError(
            f"{shown} predicts {clean_text(str(prediction), 40)}, and {', '.join(_PREDICTIONS)} are supported"
        )
    zero = family == "sdxl" and bool(index.get("force_zeros_for_empty_prompt", True))
    return Checkpoint(folder, family, prediction, scheduler, zero, variant)


def _check_part(folder: Path, part: str, declared: object, variant: str | None) -> None:
    if declared != list(_CLASSES[part]):
        found = clean_text(json.dumps(declared), 80)
        raise WeightsError(f"{part} of the checkpoint must be {'.'.join(_CLASSES[part])}, not {found}")
    place = folder / part
    if not (place / "config.json").is_file():
        raise _missing(folder, part if not place.is_dir() else f"{part}/config.json")
    files = weight_files(place, variant)
    if files:
        numbers_in(files)
        return
    pickles = sorted(path.name for path in place.iterdir() if path.name.endswith(_PICKLES))
    if pickles:
        raise WeightsError(
            f"{part}/{clean_text(pickles[0], 60)} is a pickle, which can run anything when it is opened", remedy=_RESAVE
        )
    raise _missing(folder, f"the weights of {part}")


def _check_tokenizer(folder: Path, part: str) -> None:
    """Without its words a tokenizer opens all the same, and reads nothing of a text."""
    place = folder / part
    if not place.is_dir():
        raise _missing(folder, part)
    for name in ("tokenizer_config.json", *(("vocab.json", "merges.txt") if _is_slow(place) else ())):
        if not (place / name).is_file():
            raise _missing(folder, f"{part}/{name}")


def _is_slow(place: Path) -> bool:
    return not (place / "tokenizer.json").is_file()


def _check_sizes(folder: Path) -> None:
    """Refuse latents that are none, or that the decoder doesn't take, before they are allocated."""
    unet, vae = (_config(folder / part / "config.json") for part in ("unet", "vae"))
    side = unet.get("sample_size")
    for each in side if isinstance(side, list) and len(side) == 2 else [side]:
        if type(each) is not int or not 1 <= each <= _SIDE_LIMIT:
            raise _nonsense("unet", "sample_size", each)
    for part, config, name in (("vae", vae, "latent_channels"), ("unet", unet, "out_channels")):
        channels = config.get(name, 4)
        if channels != unet.get("in_channels", 4):
            raise WeightsError(
                f"{part} of the checkpoint has {clean_text(str(channels), 20)} channels, and unet takes "
                f"{clean_text(str(unet.get('in_channels', 4)), 20)}: models for inpainting and the like are not "
                "supported",
                remedy="record them with tdiff.record",
            )
    for name, default in (("scaling_factor", 0.18215), ("shift_factor", None)):
        factor = vae.get(name, default)
        if factor is not None and (isinstance(factor, bool) or not isinstance(factor, int | float) or factor == 0):
            raise _nonsense("vae", name, factor)


def _nonsense(part: str, name: str, value: object) -> WeightsError:
    return WeightsError(
        f"{name} in {part}/config.json of the checkpoint makes no sense ({clean_text(str(value), 30)})",
        remedy="take the file from the original",
    )


def _missing(folder: Path, part: str) -> WeightsError:
    return WeightsError(f"{clean_text(str(folder), 200)} lacks {part}", remedy=WHOLE)


def _config(path: Path) -> dict[str, Any]:
    shown = clean_text(str(path), 200)
    try:
        with path.open("rb") as file:
            return parse_object(file.read(_CONFIG_LIMIT + 1), "configuration", _CONFIG_LIMIT, '{"_class_name": …}')
    except OSError as error:
        raise WeightsError(
            f"cannot read {shown} ({error.strerror})",
            remedy="give the folder of a checkpoint, in the layout of diffusers",
        ) from error
    except JsonError as error:
        raise WeightsError(f"{shown} is damaged ({error.message})", remedy="take it from the original") from error
