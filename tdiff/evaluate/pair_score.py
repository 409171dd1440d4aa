"""How well a text–image pair matches unseen scenes with their captions, and tells true captions from false ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tdiff.arrays import F32, I64, U8
from tdiff.evaluate.false_captions import KINDS, falsify
from tdiff.prompt.tokenizer import tokenize
from tdiff.share import Share, share
from tdiff.world.captions import full_caption
from tdiff.world.dataset import TRAIN_SIZE, described, offered_from
from tdiff.world.scenes import render

_FEW: Final = 100
_ORDER: Final = 0.25

Say = Callable[[Sequence[int]], F32]
"""Token ids of a caption → its unit vector, (d,)."""


@dataclass(frozen=True, slots=True)
class PairScore:
    """What a pair knows of unseen scenes whose captions leave nothing out.

    Attributes:
        recall: "caption of a picture, among 100" and the like → how often the right one is the nearest (recall@1).
        told: what a caption is false about, one of `false_captions.KINDS` → how often the picture is nearer to the
            true one; "any" over all of them. An even choice gets half.
    """

    recall: Mapping[str, Share]
    told: Mapping[str, Share]


def pair_score(features: Callable[[U8], F32], say: Say, count: int) -> PairScore:
    """Measure a pair on held-out scenes.

    A quarter of the captions that name a relation is made false in who stands where; nothing is masked, so scenes
    whose captions tie count as they fall.

    Args:
        features: pictures (n, 32, 32, 3) → unit vectors (n, d).
        say: token ids → unit vector.
        count: scenes.
    """
    pictures, captions = unseen_scenes(count)
    rng = np.random.default_rng(0)
    false = [falsify(ids, rng, order=_ORDER) for ids in captions]
    seen = features(pictures)
    said, wrong = (np.stack([say(ids.tolist()) for ids in texts]) for texts in (captions, [each.ids for each in false]))
    right = (seen * said).sum(1) > (seen * wrong).sum(1)
    kinds = np.array([each.kind for each in false])
    told = {kind: _hits(right[kinds == kind]) for kind in KINDS if (kinds == kind).any()}
    recall = {}
    for among in sorted({min(_FEW, count), count}):
        blocks = [seen[i : i + among] @ said[i : i + among].T for i in range(0, count - among + 1, among)]
        recall[f"caption of a picture, among {among:,}"] = _hits(np.concatenate([_found(block) for block in blocks]))
        recall[f"picture of a caption, among {among:,}"] = _hits(np.concatenate([_found(block.T) for block in blocks]))
    return PairScore(recall, {"any": _hits(right[kinds != ""]), **told})


def pair_lines(score: PairScore) -> list[str]:
    """Return a plain table."""
    rows = [
        *(("  " + name, each) for name, each in score.recall.items()),
        *((f"  told from a false one: {name}", each) for name, each in score.told.items()),
    ]
    return [
        "pair: unseen scenes and captions that leave nothing out",
        *(f"{name:<44}{each.value:6.3f}   {each.low:.2f} to {each.high:.2f} of {each.count}" for name, each in rows),
    ]


def unseen_scenes(count: int) -> tuple[U8, list[I64]]:
    """Pictures (n, 32, 32, 3) of held-out scenes, and the token ids of captions that state every fact of them."""
    pictures, captions, index = [], [], TRAIN_SIZE - 1
    for _ in range(count):
        index = offered_from(index + 1)
        scene, _ = described(index)
        pictures.append(render(scene))
        captions.append(np.array(tokenize(full_caption(scene, np.random.default_rng(index))).ids))
    return np.stack(pictures), captions


def _found(similarity: F32) -> np.ndarray:
    """Whether the largest entry of each row is on the diagonal."""
    return np.asarray(similarity.argmax(1) == np.arange(len(similarity)))


def _hits(right: np.ndarray) -> Share:
    return share(int(right.sum()), len(right))
