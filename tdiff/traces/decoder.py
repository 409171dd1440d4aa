"""The colours that a pipeline's own decoder makes of latents, as a linear map that previews are drawn with."""

from typing import Any, Final

import numpy as np

from tdiff.traces.recorder import as_array
from tdiff.traces.rgb import RgbMap, colour_chart, fitted_map

_CHARTS: Final = 4
_CELLS: Final = 8


def fitted_to_decoder(pipe: Any, channels: int, like: Any) -> RgbMap | None:
    """Fit latents to the colours that a pipeline's decoder makes of them, on charts of random colours.

    No random number of the pipeline's is drawn.

    Args:
        pipe: a diffusers pipeline.
        channels: of its latents.
        like: a tensor of PyTorch's, to make others from.

    Returns:
        None where there is no decoder, or it lies on another device to save memory: asking it would throw the denoiser
        out.
    """
    vae = getattr(pipe, "vae", None)
    config = getattr(vae, "config", None)
    if vae is None or getattr(config, "latent_channels", None) != channels or hasattr(vae, "_hf_hook"):
        return None
    rng, side = np.random.default_rng(0), _CELLS * int(getattr(pipe, "vae_scale_factor", 8))
    charts = np.stack([colour_chart(side, _CELLS, rng) for _ in range(_CHARTS)])
    try:
        pictures = like.new_tensor(charts.transpose(0, 3, 1, 2)).to(device=vae.device, dtype=vae.dtype)
        latents = vae.encode(pictures).latent_dist.mode()
        decoded = as_array(vae.decode(latents, return_dict=False)[0]).transpose(0, 2, 3, 1)
    except (AttributeError, TypeError, ValueError, RuntimeError):
        return None  # a decoder of another make, or no memory for it now
    cells = latents.shape[-1]
    colours = decoded.reshape(_CHARTS, cells, side // cells, cells, side // cells, 3).mean(axis=(2, 4))
    shift, scale = getattr(config, "shift_factor", None) or 0.0, getattr(config, "scaling_factor", None) or 1.0
    scaled = (as_array(latents).transpose(0, 2, 3, 1) - np.float32(shift)) * np.float32(scale)
    return fitted_map(scaled.reshape(-1, channels), colours.reshape(-1, 3))
