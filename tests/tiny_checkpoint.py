"""A Stable Diffusion checkpoint of 4 MB with random weights, built offline: the real classes, at a toy's size."""

import json
from pathlib import Path
from typing import Any, Literal

import pytest

Family = Literal["sd1", "sd2", "sdxl"]

SCHEDULE = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "clip_sample": False,
    "set_alpha_to_one": False,
    "steps_offset": 1,
}


def build(folder: Path, family: Family = "sd1") -> Path:
    """Save a checkpoint: sd1 predicts ε, sd2 predicts v, sdxl has two text encoders and wants sizes."""
    torch = pytest.importorskip("torch")
    diffusers = pytest.importorskip("diffusers")
    pytest.importorskip("transformers")
    torch.manual_seed(0)
    parts: dict[str, Any] = {
        "vae": _vae(diffusers),
        "unet": _unet(diffusers, family),
        "text_encoder": _text(family != "sd1"),
        "tokenizer": _tokenizer(folder.parent),
        "scheduler": diffusers.DDIMScheduler(
            **SCHEDULE, prediction_type="v_prediction" if family == "sd2" else "epsilon"
        ),
    }
    if family == "sdxl":
        parts |= {"text_encoder_2": _text(True, projection=True), "tokenizer_2": _tokenizer(folder.parent)}
        pipeline = diffusers.StableDiffusionXLPipeline(**parts, add_watermarker=False)
    else:
        no_checker = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
        pipeline = diffusers.StableDiffusionPipeline(**parts, **no_checker)
    pipeline.save_pretrained(folder)
    return folder


def flow_pipeline(folder: Path) -> Any:
    """A Stable Diffusion 3 pipeline, which goes along straight lines and has a transformer; its third text encoder may
    be left out."""
    torch = pytest.importorskip("torch")
    diffusers = pytest.importorskip("diffusers")
    torch.manual_seed(0)
    transformer = diffusers.SD3Transformer2DModel(
        sample_size=16,
        patch_size=1,
        in_channels=4,
        out_channels=4,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_projection_dim=32,
        joint_attention_dim=64,
        pooled_projection_dim=64,
    ).eval()
    tokenizer = _tokenizer(folder)
    pipeline = diffusers.StableDiffusion3Pipeline(
        transformer=transformer,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        vae=_vae(diffusers),
        text_encoder=_text(False, projection=True),
        tokenizer=tokenizer,
        text_encoder_2=_text(True, projection=True),
        tokenizer_2=tokenizer,
        text_encoder_3=None,
        tokenizer_3=None,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def open_pipeline(folder: Path) -> Any:
    """The checkpoint as diffusers' own pipeline, quiet."""
    diffusers = pytest.importorskip("diffusers")
    pipeline = diffusers.DiffusionPipeline.from_pretrained(folder, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _unet(diffusers: Any, family: Family) -> Any:
    width = 64 if family == "sdxl" else 32  # SDXL concatenates the states of both encoders
    sizes: dict[str, Any] = {}
    if family == "sdxl":
        sizes = {
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": 8,
            "projection_class_embeddings_input_dim": 32 + 6 * 8,
        }
    return diffusers.UNet2DConditionModel(
        sample_size=16,
        in_channels=4,
        out_channels=4,
        block_out_channels=(32, 64),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=width,
        attention_head_dim=8,
        norm_num_groups=8,
        use_linear_projection=family != "sd1",
        **sizes,
    ).eval()


def _vae(diffusers: Any) -> Any:
    return diffusers.AutoencoderKL(
        block_out_channels=(16, 32),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
        norm_num_groups=8,
        sample_size=32,
    ).eval()


def _text(gelu: bool, projection: bool = False) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=600,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=4,
        max_position_embeddings=77,
        projection_dim=32,
        hidden_act="gelu" if gelu else "quick_gelu",
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config).eval()


def _tokenizer(folder: Path) -> Any:
    """One token a byte: enough to be a CLIP tokenizer, and every text is in its vocabulary."""
    from transformers import CLIPTokenizer

    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    characters = [chr(byte) for byte in shown] + [chr(256 + place) for place in range(len(hidden))]
    tokens = ["<|startoftext|>", "<|endoftext|>", *characters, *(f"{character}</w>" for character in characters)]
    vocabulary, merges = folder / "vocab.json", folder / "merges.txt"
    vocabulary.write_text(json.dumps({token: place for place, token in enumerate(tokens)}))
    merges.write_text("#version: 0.2\n")
    return CLIPTokenizer(str(vocabulary), str(merges), model_max_length=77)
