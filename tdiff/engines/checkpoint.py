"""A checkpoint of diffusers on disk: what is in its folder, looked at before anything of it is loaded.

No code of a checkpoint is run, nothing is downloaded, and weights are safetensors only: a pickle can run anything.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from tdiff.errors import WeightsError
from tdiff.strict_json import JsonError, parse_object
from tdiff.text import clean_text

Family = Literal["sd", "sdxl"]

_FAMILIES: Final[Mapping[str, Family]] = {"StableDiffusionPipeline": "sd", "StableDiffusionXLPipeline": "sdxl"}
_PARTS: Final[Mapping[Family, tuple[str, ...]]] = {
    "sd": ("unet", "vae", "text_encoder"),
    "sdxl": ("unet", "vae", "text_encoder", "text_encoder_2"),
}
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
            remedy="record other pipelines with tdiff.record",
        )
    family = _FAMILIES[kind]
    for part in _PARTS[family]:
        _check_part(folder, part, index.get(part))
    for part in _TOKENIZERS[family]:
        if not (folder / part).is_dir():
            raise _missing(folder, part)
    scheduler = _config(folder / "scheduler" / "scheduler_config.json")
    prediction = scheduler.get("prediction_type", "epsilon")
    if prediction not in _PREDICTIONS:
        raise WeightsError(
            f"{shown} predicts {clean_text(str(prediction), 40)}, and {', '.join(_PREDICTIONS)} are supported"
        )
    zero = family == "sdxl" and bool(index.get("force_zeros_for_empty_prompt", True))
    return Checkpoint(folder, family, prediction, scheduler, zero, _variant(folder / "unet"))


def _check_part(folder: Path, part: str, declared: object) -> None:
    if declared != list(_CLASSES[part]):
        found = clean_text(json.dumps(declared), 80)
        raise WeightsError(f"{part} of the checkpoint must be {'.'.join(_CLASSES[part])}, not {found}")
    place = folder / part
    if not (place / "config.json").is_file():
        raise _missing(folder, part)
    files = sorted(path.name for path in place.iterdir())
    if any(name.endswith(".safetensors") for name in files):
        return
    pickles = [name for name in files if name.endswith(_PICKLES)]
    if pickles:
        raise WeightsError(
            f"{part}/{clean_text(pickles[0], 60)} is a pickle, which can run anything when it is opened", remedy=_RESAVE
        )
    raise _missing(folder, part)


def _variant(place: Path) -> str | None:
    """The variant of a part's weights, where the plain ones are not there."""
    stems = [path.name.split(".") for path in sorted(place.glob("diffusion_pytorch_model*.safetensors"))]
    plain = any(len(stem) == 2 for stem in stems)
    named = [stem[1].partition("-")[0] for stem in stems if len(stem) == 3]
    return None if plain or not named else named[0]


def _missing(folder: Path, part: str) -> WeightsError:
    return WeightsError(
        f"{clean_text(str(folder), 200)} lacks {part}", remedy="copy the whole checkpoint, in the layout of diffusers"
    )


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
