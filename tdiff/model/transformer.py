"""Transformer blocks over tokens: run once per prompt, so written to be read."""

from collections.abc import Mapping, Sequence

import numpy as np

from tdiff.arrays import F32
from tdiff.model.norm import layer_norm, silu

Weights = Mapping[str, F32]
"""Tensor name → float32 array, as in the weights file."""

HEADS = 4


def linear(x: F32, weights: Weights, name: str) -> F32:
    """x·Wᵀ + b with the weights `name.weight` (out, in) and, where there is one, `name.bias` (out,)."""
    y: F32 = x @ weights[f"{name}.weight"].T
    bias = weights.get(f"{name}.bias")
    return y if bias is None else y + bias


def block(x: F32, weights: Weights, name: str) -> F32:
    """Pre-norm self-attention and perceptron over one prompt's tokens: (L, width) → (L, width)."""
    length, width = x.shape
    normed = layer_norm(x, weights[f"{name}.norm1.weight"], weights[f"{name}.norm1.bias"])
    q, k, v = linear(normed, weights, f"{name}.qkv").reshape(length, 3, HEADS, -1).transpose(1, 2, 0, 3)
    scores = q @ k.transpose(0, 2, 1) / np.float32(np.sqrt(width // HEADS))  # (heads, L, L)
    mixed = (softmax(scores) @ v).transpose(1, 0, 2).reshape(length, width)
    x = x + linear(mixed, weights, f"{name}.out")
    normed = layer_norm(x, weights[f"{name}.norm2.weight"], weights[f"{name}.norm2.bias"])
    return x + linear(silu(linear(normed, weights, f"{name}.fc1")), weights, f"{name}.fc2")


def context(ids: Sequence[int], states: F32, weights: Weights, name: str) -> F32:
    """What blocks above the frozen text states make of a prompt: ids (L,), states (L, width) → (L, width)."""
    embedded = weights[f"{name}.tokens.weight"][list(ids)] + weights[f"{name}.places"][: len(ids)]
    x: F32 = embedded + linear(states, weights, f"{name}.project")
    for i in range(depth(weights, f"{name}.blocks")):
        x = block(x, weights, f"{name}.blocks.{i}")
    return layer_norm(x, weights[f"{name}.norm.weight"], weights[f"{name}.norm.bias"])


def softmax(scores: F32) -> F32:
    """Softmax over the last axis."""
    e = np.exp(scores - scores.max(-1, keepdims=True))
    result: F32 = e / e.sum(-1, keepdims=True)
    return result


def depth(weights: Weights, name: str, tensor: str = "norm1.weight") -> int:
    """How many blocks `name.0`, `name.1` … the weights hold, each known by one of its tensors."""
    count = 0
    while f"{name}.{count}.{tensor}" in weights:
        count += 1
    return count
