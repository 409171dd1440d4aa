"""How often the checker is right about real scenes: what it says of made pictures is worth no more than that."""

from collections.abc import Sequence

import numpy as np

from tdiff.evaluate.checker import Checker, Look
from tdiff.evaluate.metrics import Rate, rate
from tdiff.world.dataset import example
from tdiff.world.scenes import Placed


def validate(checker: Checker, count: int, first: int = 20_000_000) -> dict[str, Rate]:
    """Ask the checker about real scenes that it never saw, and compare with the truth."""
    tallies: dict[str, list[list[bool]]] = {name: [] for name in ("object", "colour", "count", "style", "background")}
    for start in range(first, first + count, 100):
        items = [example(i) for i in range(start, min(start + 100, first + count))]
        for item, look in zip(items, checker.look(np.stack([i.image for i in items])), strict=True):
            _compare(item.scene.objects, item.scene.ground, look, tallies)
    return {name: rate(groups) for name, groups in tallies.items()}


def _compare(objects: Sequence[Placed], ground: str | None, look: Look, tallies: dict[str, list[list[bool]]]) -> None:
    tallies["count"].append([len(look.objects) == len(objects)])
    if ground is not None:
        tallies["background"].append([ground in look.grounds])
    for item in objects:
        cx, cy = item.x + item.side / 2, item.y + item.side / 2
        near = [seen for seen in look.objects if abs(seen.x - cx) < 6 and abs(seen.y - cy) < 6]
        tallies["object"].append([bool(near) and near[0].concept == item.sprite.concept])
        if near and item.colour_term is not None:
            tallies["colour"].append([item.colour_term in near[0].colours])
        if near:
            tallies["style"].append([near[0].style == item.sprite.style])
