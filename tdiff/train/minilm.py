"""Sentence vectors by all-MiniLM-L6-v2 (Wang et al. 2020; Reimers & Gurevych 2019); used while building only."""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor

from tdiff.arrays import F32

_HEADS: Final = 12
_LAYERS: Final = 6
_EPSILON: Final = 1e-12
_BATCH: Final = 64


class MiniLM:
    """A six-layer BERT whose averaged states are a sentence's vector."""

    def __init__(self, folder: Path) -> None:
        """Read `model.safetensors` and `vocab.txt` from the folder of the unpacked model."""
        self._weights = load_file(folder / "model.safetensors")
        self._ids = {piece: i for i, piece in enumerate((folder / "vocab.txt").read_text("utf-8").splitlines())}

    def words(self) -> set[str]:
        """Whole words of the model's own vocabulary: the commonest of English, roughly."""
        return {piece for piece in self._ids if piece.isascii() and piece.isalpha()}

    def embed(self, texts: Sequence[str]) -> F32:
        """Return the unit vectors of lower-case texts, (n, 384). Texts of one length go together, so none is padded."""
        by_length: dict[int, list[int]] = defaultdict(list)
        pieces = [self._pieces(text) for text in texts]
        for i, ids in enumerate(pieces):
            by_length[len(ids)].append(i)
        vectors = np.empty((len(texts), 384), np.float32)
        for places in by_length.values():
            for start in range(0, len(places), _BATCH):
                batch = places[start : start + _BATCH]
                vectors[batch] = self._forward(torch.tensor([pieces[i] for i in batch])).numpy()
        return vectors

    def _pieces(self, text: str) -> list[int]:
        """Ids of the longest matching word pieces, between the marks of beginning and end."""
        ids = [self._ids["[CLS]"]]
        for word in re.findall(r"[a-z0-9]+|[^a-z0-9\s]", text):
            found: list[int] = []
            start = 0
            while start < len(word):
                lead = "##" if start else ""
                ends = (end for end in range(len(word), start, -1) if lead + word[start:end] in self._ids)
                end = next(ends, None)
                if end is None:
                    found = [self._ids["[UNK]"]]
                    break
                found.append(self._ids[lead + word[start:end]])
                start = end
            ids += found
        return [*ids, self._ids["[SEP]"]]

    @torch.inference_mode()
    def _forward(self, ids: Tensor) -> Tensor:
        w = self._weights
        x = w["embeddings.word_embeddings.weight"][ids]  # (B, L, 384)
        x = (
            x
            + w["embeddings.position_embeddings.weight"][: ids.shape[1]]
            + w["embeddings.token_type_embeddings.weight"][0]
        )
        x = self._norm(x, "embeddings.LayerNorm")
        for i in range(_LAYERS):
            layer = f"encoder.layer.{i}"
            x = self._norm(x + self._attend(x, f"{layer}.attention"), f"{layer}.attention.output.LayerNorm")
            inner = F.gelu(self._linear(x, f"{layer}.intermediate.dense"))
            x = self._norm(x + self._linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        return F.normalize(x.mean(1), dim=-1)

    def _attend(self, x: Tensor, name: str) -> Tensor:
        batch, length, width = x.shape
        q, k, v = (
            self._linear(x, f"{name}.self.{part}").view(batch, length, _HEADS, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )  # (B, heads, L, 32)
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, length, width)
        return self._linear(y, f"{name}.output.dense")

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return F.linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, x: Tensor, name: str) -> Tensor:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return F.layer_norm(x, x.shape[-1:], weight, bias, _EPSILON)
