"""The image half of the CLIP-style pair (Radford et al. 2021): pictures → unit vectors."""

import numpy as np

from tdiff.arrays import F32
from tdiff.model.norm import silu
from tdiff.model.plain import conv3x3, conv_residual, group_norm_silu, unshuffled
from tdiff.model.shapes import check_image
from tdiff.model.transformer import Weights, linear


class ImageTower:
    """A small convolutional network; the flatten at its end keeps position.

    Args:
        weights: tensors of the image tower.

    Raises:
        WeightsError: they are not an image tower's.
    """

    def __init__(self, weights: Weights) -> None:
        check_image(weights)
        self._weights = weights

    def vectors(self, pictures: F32) -> F32:
        """Return unit vectors (B, 128) of pictures (B, 32, 32, 3) in [-1, 1]."""
        w = self._weights
        h = conv_residual(conv3x3(unshuffled(pictures), w, "stem"), w, "stage1")
        h = conv_residual(conv3x3(h, w, "down1", stride=2), w, "stage2")
        h = conv_residual(conv3x3(h, w, "down2", stride=2), w, "stage3")
        flat = group_norm_silu(h, w, "norm").reshape(len(h), -1)
        vectors = linear(silu(linear(flat, w, "fc1")), w, "fc2")
        result: F32 = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
        return result
