"""What the checker learns from: scenes of its own with exact truth, and pictures of them made to look generated."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import PCG64, Generator
from numpy.typing import NDArray
from torch import Tensor

from tdiff.arrays import U8
from tdiff.world.dataset import described
from tdiff.world.palette import COLOURS
from tdiff.world.scenes import Placed, Scene, choose_ground, render

MOST = 4
"""Objects in a scene, at most."""

TRUTH = np.dtype(
    [
        ("present", "u1"),
        ("cx", "f4"),
        ("cy", "f4"),
        ("side", "f4"),
        ("sprite", "u2"),
        ("colours", "f4", (len(COLOURS),)),
    ]
)
"""What is true of one object: centre and side in pixels, its drawing, and how much of it each colour covers."""


def load_truth(folder: Path, first: int, count: int) -> tuple[U8, NDArray[np.void]]:
    """Return pictures (n, 32, 32, 3) and truth (n, 4) of scenes, rendering them unless they are there."""
    paths = folder / f"painted-{first}-{count}.images.npy", folder / f"painted-{first}-{count}.labels.npy"
    if not all(path.exists() for path in paths):
        folder.mkdir(parents=True, exist_ok=True)
        images = np.empty((count, 32, 32, 3), np.uint8)
        labels = np.zeros((count, MOST), TRUTH)
        for row in range(count):
            scene, _ = described(first + row)
            if row % 3 == 0:
                scene = repainted(scene, Generator(PCG64((first, row))))
            images[row] = render(scene)
            labels[row, : len(scene.objects)] = [_truth(placed) for placed in scene.objects]
        np.save(paths[0], images)
        np.save(paths[1], labels)
    return np.load(paths[0], mmap_mode="r"), np.load(paths[1])


def repainted(scene: Scene, rng: Generator) -> Scene:
    """Paint the objects in any colours, held-out ones too: a judge must not find those unlikely."""
    paints = [COLOURS[rng.integers(len(COLOURS))] for _ in scene.objects]
    if scene.kind == "count":
        paints = paints[:1] * len(paints)
    items = tuple(replace(item, colour=paint) for item, paint in zip(scene.objects, paints, strict=True))
    ground, tone = choose_ground(rng, items)
    return replace(scene, objects=items, ground=ground, ground_rgb=tone)


def _truth(item: Placed) -> np.void:
    record = np.zeros((), TRUTH)
    record["present"], record["side"], record["sprite"] = 1, item.side, item.sprite.index
    record["cx"], record["cy"] = item.x + item.side / 2, item.y + item.side / 2
    if item.colour is not None:
        record["colours"][COLOURS.index(item.colour)] = 1
    else:
        record["colours"] = np.array(item.sprite.shares) / sum(item.sprite.shares)
    return cast(np.void, record[()])


def corrupt(pictures: Tensor, rng: Generator) -> Tensor:
    """Make real scenes look generated: wobbly outlines, soft, specked, noisy, slightly off in colour.

    Args:
        pictures: (B, 3, 32, 32) in [-1, 1].
        rng: decides what happens to each; a third of them stay nearly as they are.
    """
    count = len(pictures)
    strength = _uniform(rng, count) ** 2
    pictures = bend(pictures, 1.3 * strength, 6, rng)
    pictures = bend(pictures, 0.8 * _uniform(rng, count) ** 2, 16, rng)
    soft = F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, 1)
    pictures = pictures + 0.6 * _uniform(rng, count) * strength * (soft - pictures)
    contrast = 1 + 0.08 * torch.from_numpy(rng.standard_normal((count, 1, 1, 1), np.float32))
    tone = 0.04 * torch.from_numpy(rng.standard_normal((count, 3, 1, 1), np.float32))
    noise = torch.from_numpy(rng.standard_normal(pictures.shape, np.float32))
    blocks = torch.from_numpy(rng.standard_normal((count, 3, 16, 16), np.float32)).repeat_interleave(2, 2)
    noise = noise + 0.7 * blocks.repeat_interleave(2, 3)
    pictures = contrast * pictures + tone + 0.09 * _uniform(rng, count) * strength * noise
    specks = torch.from_numpy(rng.random((count, 1, 32, 32), np.float32)) < 0.02 * strength
    return torch.where(specks, pictures.flip(2, 3), pictures).clamp(-1, 1)


def ruin(pictures: Tensor, sides: Tensor, rng: Generator) -> Tensor:
    """Make objects unrecognisable: scrambled by bends as wide as a fifth of their side (B,), or melted as well."""
    wide = bend(pictures, 0.22 * sides[:, None, None, None], 9, rng)
    melted = F.interpolate(F.avg_pool2d(wide, 4), scale_factor=4, mode="bilinear")
    return torch.where(_uniform(rng, len(pictures)) < 0.5, melted, wide)


def mush(pictures: Tensor, rng: Generator) -> Tensor:
    """Leave nothing but stains of the colours that were there."""
    stains = F.interpolate(F.avg_pool2d(pictures, 8), scale_factor=8, mode="bilinear")
    noise = torch.from_numpy(rng.standard_normal(pictures.shape, np.float32))
    return (bend(stains, 4.0, 6, rng) + 0.3 * _uniform(rng, len(pictures)) * noise).clamp(-1, 1)


def bend(pictures: Tensor, pixels: Tensor | float, knots: int, rng: Generator) -> Tensor:
    """Move pixels along a random field of about this size, smooth between knots × knots points."""
    coarse = torch.from_numpy(rng.standard_normal((len(pictures), 2, knots, knots), np.float32))
    field = F.interpolate(coarse, size=(32, 32), mode="bicubic", align_corners=False) * pixels / 16
    axis = (torch.arange(32) + 0.5) / 16 - 1
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1) + field.permute(0, 2, 3, 1)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _uniform(rng: Generator, count: int) -> Tensor:
    return torch.from_numpy(rng.random(count, np.float32))[:, None, None, None]
