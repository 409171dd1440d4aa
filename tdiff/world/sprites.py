"""The artwork: emoji sprites in five drawing styles, recoloured and resized to order."""

import json
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.paths import asset_path
from tdiff.world.concepts import concepts, held_out
from tdiff.world.palette import COLOURS, rgb

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
_NAMED_SHARE = 0.5
"""A natural colour is named only where it covers at least this share of the sprite."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """One drawing.

    Attributes:
        index: row in the sheet.
        concept: concept id.
        style: index into `concepts.STYLES`.
        shares: how much of it each palette colour covers, 0…1.
    """

    index: int
    concept: int
    style: int
    shares: tuple[float, ...]

    @property
    def natural(self) -> str:
        """The palette colour that covers most of it."""
        return COLOURS[self.shares.index(max(self.shares))]

    @property
    def named_colour(self) -> str | None:
        """The natural colour if a person would call the whole drawing by it, else None."""
        return self.natural if max(self.shares) >= _NAMED_SHARE else None


@cache
def sheet() -> U8:
    """Return all drawings as (n, 48, 48, 4) uint8, straight alpha."""
    from PIL import Image

    index = _index()
    tile, columns, count = index["tile"], index["columns"], len(index["sprites"])
    with Image.open(asset_path("world/sprites.png"), formats=["PNG"]) as picture:
        atlas = np.asarray(picture.convert("RGBA"))
    tiles = atlas.reshape(-1, tile, columns, tile, 4).swapaxes(1, 2)  # (rows, columns, tile, tile, 4)
    return np.ascontiguousarray(tiles.reshape(-1, tile, tile, 4)[:count])


@cache
def sprites() -> tuple[Sprite, ...]:
    """Return the table of all drawings, in sheet order."""
    rows = enumerate(_index()["sprites"])
    return tuple(Sprite(row, concept, style, tuple(s / 255 for s in shares)) for row, (concept, style, shares) in rows)


@cache
def shown() -> dict[int, dict[int, Sprite]]:
    """Concept id → style → sprite, without drawings whose own main colour is a held-out pair.

    A concept of which every drawing would fall out does not occur in the data.
    """
    table: dict[int, dict[int, Sprite]] = {}
    for sprite in sprites():
        if not held_out(concepts()[sprite.concept], sprite.natural):
            table.setdefault(sprite.concept, {})[sprite.style] = sprite
    return table


@lru_cache(maxsize=2048)
def drawing(index: int, colour: str | None) -> F32:
    """Return a sprite, recoloured if a colour term is given, as premultiplied RGBA.

    Returns:
        (48, 48, 4) float32: channels 0…255 already multiplied by alpha, alpha 0…1. Read-only.
    """
    straight = sheet()[index].astype(np.float32)
    alpha = straight[..., 3:] / 255
    channels = straight[..., :3] if colour is None else _recolour(straight[..., :3], alpha[..., 0], colour)
    result = np.concatenate([channels * alpha, alpha], axis=-1)
    result.flags.writeable = False
    return result


def resized(index: int, colour: str | None, side: int) -> F32:
    """Return a sprite averaged down to side × side, premultiplied RGBA float32."""
    return averaged(drawing(index, colour), side)


def averaged(source: F32, side: int) -> F32:
    """Average a square (n, n, channels) down, or spread it, to (side, side, channels) by exact coverage."""
    weights = _area_weights(len(source), side)  # (side, n)
    rows = (weights @ source.reshape(len(source), -1)).reshape(side, *source.shape[1:])
    small: F32 = np.matmul(weights, rows)  # (side, side, channels): the second n is contracted per row
    return small


def _recolour(channels: F32, alpha: F32, colour: str) -> F32:
    """Paint a drawing in one colour, keeping its light and shade.

    The median luminance becomes the colour itself, so that flat drawings come out in exactly that
    colour; shadows go towards black and lights towards white by how far they are from the median.
    """
    luminance = channels @ _LUMA / 255
    inside = luminance[alpha > 0.2]
    low, mid, high = np.percentile(inside, [5, 50, 95]) if inside.size else (0.0, 0.5, 1.0)
    shade = np.clip((mid - luminance) / max(mid - low, 0.3), 0, 1)[..., None]
    light = np.clip((luminance - mid) / max(high - mid, 0.3), 0, 1)[..., None]
    target = rgb(colour)
    if colour == "black":  # shadows cannot go lower, so they lighten too: details stay visible
        painted = target + (np.float32(255) - target) * (0.30 * light + 0.18 * shade)
    else:
        lift = 0.0 if colour == "white" else 0.5
        depth = 0.40 if colour == "white" else 0.55
        painted = target * (1 - depth * shade) + (np.float32(255) - target) * (lift * light)
    result: F32 = painted.astype(np.float32)
    return result


@cache
def _area_weights(count: int, side: int) -> F32:
    """(side, count) matrix that averages `count` pixels into `side` by exact coverage."""
    edges = np.linspace(0, count, side + 1)
    cell = np.arange(count)
    overlap = np.minimum(edges[1:, None], cell + 1) - np.maximum(edges[:-1, None], cell)
    weights = np.clip(overlap, 0, None) * side / count
    result: F32 = weights.astype(np.float32)
    return result


@cache
def _index() -> dict:  # type: ignore[type-arg]
    loaded: dict = json.loads(asset_path("world/sprites.json").read_text("utf-8"))  # type: ignore[type-arg]
    return loaded
