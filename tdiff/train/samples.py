"""Pictures from the same starting noises as training goes on: for the log, and for the lesson that replays it."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tdiff.defaults import GUIDANCE, STEPS
from tdiff.diffusion import SamplerOptions
from tdiff.lessons.training import recorded
from tdiff.prompt.understand import understand, understand_negative
from tdiff.prompt.vocabulary import EMPTY, MAX_TOKENS
from tdiff.torch_model.towers import TextTower
from tdiff.torch_model.unet import UNet
from tdiff.train.objective import alpha_sigma

WATCHED = (
    "a cat", "a red apple", "a blue frog on a yellow background", "a small star in the top left corner",
    "a dog to the left of a cat", "a red heart and a blue star", "three balloons", "a green car on a pink background",
    "a rocket in 3d style", "two orange fish", "a purple house", "a pizza above a tree",
    "a big owl", "a white ghost on a black background", "a guitar", "a yellow penguin on blue",
)  # fmt: skip


def prompt_ids(prompts: list[str], negative: bool = False) -> Tensor:
    """Token ids (n, 16) of prompts, or of negatives, as the program reads them."""
    ids = torch.full((len(prompts), MAX_TOKENS), EMPTY, dtype=torch.long)
    for row, prompt in enumerate(prompts):
        found = (understand_negative if negative else understand)(prompt).ids
        ids[row, : len(found)] = torch.tensor(found)
    return ids


@torch.no_grad()
def ddim(
    model: UNet,
    text: TextTower,
    ids: Tensor,
    noise: Tensor,
    guidance: float = GUIDANCE,
    steps: int = STEPS,
    negatives: Tensor | None = None,
    guidance_start: float = 0.0,
) -> Tensor:
    """Deterministic DDIM (Song et al. 2021, eq. 12 with η = 0) under classifier-free guidance.

    Args:
        model: the denoiser.
        text: frozen text tower.
        ids: (n, L) prompts.
        noise: (n, 3, 32, 32) starting noise.
        guidance: w in ε = ε_empty + w·(ε_prompt − ε_empty).
        steps: on the grid t_i = 1 − i/steps.
        negatives: (n, L) what to steer away from; the empty prompt by default.
        guidance_start: share of the run that passes before w is above 1; see `SamplerOptions`.

    Returns:
        (n, 3, 32, 32) in [-1, 1].
    """
    both = torch.cat([ids, torch.full_like(ids, EMPTY) if negatives is None else negatives])
    states, _ = text.states(both)
    x = noise
    guided_from = SamplerOptions(steps, guidance_start=guidance_start).guided_from
    grid = torch.linspace(1, 0, steps + 1, device=noise.device)
    for i in range(steps):
        alpha, sigma = alpha_sigma(grid[i])
        v_prompt, v_empty = model(torch.cat([x, x]), grid[i].expand(len(both)), both, states).chunk(2)
        w = guidance if i >= guided_from else min(guidance, 1.0)
        v = v_empty + w * (v_prompt - v_empty)
        x0 = (alpha * x - sigma * v).clamp(-1, 1)
        eps = (x - alpha * x0) / sigma
        last = i + 1 == steps
        alpha, sigma = (torch.ones(()), torch.zeros(())) if last else alpha_sigma(grid[i + 1])
        x = alpha * x0 + sigma * eps
    return x


def watched_pictures(model: UNet, text: TextTower, device: torch.device) -> np.ndarray:
    """The watched prompts from their fixed noises: (16, 32, 32, 3) uint8."""
    rng = np.random.Generator(np.random.PCG64(7))
    noise = torch.from_numpy(rng.standard_normal((len(WATCHED), 32, 32, 3), np.float32)).permute(0, 3, 1, 2)
    made = ddim(model, text, prompt_ids(list(WATCHED)).to(device), noise.to(device), recorded.GUIDANCE, recorded.STEPS)
    pixels = (made.permute(0, 2, 3, 1).cpu().numpy() + 1) * 127.5
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)


def save_watched(folder: Path, step: int, pictures: np.ndarray) -> None:
    """Keep one snapshot as an array and as a PNG strip to look at."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / f"{step:07d}.npy", pictures)
    rows = pictures.reshape(2, 8, 32, 32, 3).transpose(0, 2, 1, 3, 4).reshape(64, 256, 3)
    Image.fromarray(rows).resize((1024, 256), Image.Resampling.NEAREST).save(folder / f"{step:07d}.png")
