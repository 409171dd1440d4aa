"""How well the pair matches unseen scenes and captions."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tdiff.arrays import I64, U8
from tdiff.prompt.tokenizer import tokenize
from tdiff.prompt.vocabulary import MAX_TOKENS
from tdiff.torch_model.towers import ClipPair
from tdiff.train.hard_negatives import KINDS, falsify
from tdiff.world.captions import full_caption
from tdiff.world.dataset import described

_ORDER = 0.25
_AMONG = 1000  # scenes that a caption is to be found among


@torch.no_grad()
def report(model: ClipPair, pictures: U8, ids: NDArray[np.integer]) -> dict[str, float]:
    """Recall@1 both ways among 100 and among 1,000 scenes, and accuracy against false captions, all and by kind.

    One in four captions that name a relation is falsified in who stands where.

    Nothing is masked: scenes whose captions tie count as they fall.

    Args:
        model: the pair.
        pictures: (n, 32, 32, 3) uint8 of unseen scenes.
        ids: (n, 16) their captions' tokens.
    """
    images = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
    true = ids.astype(np.int64)
    rng = np.random.default_rng(0)
    pairs = [falsify(row, rng, order=_ORDER) for row in true]
    seen = torch.cat([model.image(images[i : i + 100]) for i in range(0, len(images), 100)])
    said = model.text(torch.from_numpy(true))
    wrong = model.text(torch.from_numpy(np.stack([each.ids for each in pairs])))
    kinds = np.array([each.kind for each in pairs])
    similarity = seen[:_AMONG] @ said[:_AMONG].T
    blocks = [similarity[i : i + 100, i : i + 100] for i in range(0, len(similarity), 100)]
    right = ((seen * said).sum(-1) > (seen * wrong).sum(-1)).numpy()
    return {
        "image_to_text_100": float(np.mean([_recall(b) for b in blocks])),
        "text_to_image_100": float(np.mean([_recall(b.T) for b in blocks])),
        f"image_to_text_{_AMONG}": _recall(similarity),
        f"text_to_image_{_AMONG}": _recall(similarity.T),
        "hard_negatives": float(right[kinds != ""].mean()),
        **{kind: float(right[kinds == kind].mean()) for kind in KINDS if (kinds == kind).any()},
    }


def full_ids(indices: NDArray[np.integer]) -> I64:
    """Tokens (n, 16) of captions that state every fact of these scenes."""
    ids = np.zeros((len(indices), MAX_TOKENS), np.int64)
    for row, index in enumerate(indices.tolist()):
        scene, _ = described(index)
        found = tokenize(full_caption(scene, np.random.default_rng(index))).ids
        ids[row, : len(found)] = found
    return ids


def _recall(similarity: Tensor) -> float:
    """Share of rows whose largest entry is on the diagonal."""
    return float((similarity.argmax(1) == torch.arange(len(similarity))).float().mean())
