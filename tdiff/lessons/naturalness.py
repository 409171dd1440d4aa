"""How natural a set of pictures looks, beside real scenes of the world."""

from tdiff.diffusion import FloatArray
from tdiff.evaluate.metrics import precision_recall

_END = 0.98  # of the range -1 … 1


def natural(made: FloatArray, real: FloatArray) -> float:
    """Return the share of pictures that lie among real ones (k-NN precision, Kynkäänniemi et al. 2019, eq. 1, k = 1).

    A picture does if it is nearer to some real scene than that scene's nearest neighbour among them. Distances are
    between pixels: to the text–image pair, colours that are too strong are much the same as others.

    Args:
        made: (n, 32, 32, 3) in [-1, 1].
        real: (m, 32, 32, 3).
    """
    return precision_recall(made.reshape(len(made), -1), real.reshape(len(real), -1), k=1)[0]


def saturated(pictures: FloatArray) -> float:
    """Return the share of pixels (…, 3) in which a channel is at the end of its range, where it cannot go further."""
    return float((abs(pictures) >= _END).any(axis=-1).mean())
