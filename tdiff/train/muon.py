"""Muon: momentum whose matrix updates are orthogonalised (Jordan et al. 2024).

The step size is scaled as in Liu et al. 2025, arXiv 2502.16982.
"""

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim import Optimizer

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # quintic Newton–Schulz iteration, from Jordan et al.


class Muon(Optimizer):
    """For weights of two or more dimensions; each is flattened to (out, rest).

    Args:
        params: the weights.
        lr: learning rate; an update has root-mean-square size 0.2·lr, like AdamW's.
        momentum: Nesterov momentum.
        weight_decay: decoupled, times lr.
    """

    def __init__(self, params: Iterable[Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.01) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Update every weight that has a gradient; those of one shape are orthogonalised together."""
        for group in self.param_groups:
            lr, momentum = group["lr"], group["momentum"]
            weights = [weight for weight in group["params"] if weight.grad is not None]
            gradients = [weight.grad for weight in weights]
            held = [self.state[weight].setdefault("momentum", torch.zeros_like(weight)) for weight in weights]
            torch._foreach_mul_(held, momentum)
            torch._foreach_add_(held, gradients)
            nesterov = torch._foreach_add(gradients, held, alpha=momentum)
            torch._foreach_mul_(weights, 1 - lr * group["weight_decay"])
            alike: dict[tuple[int, int], list[int]] = {}
            for place, weight in enumerate(weights):
                alike.setdefault((weight.shape[0], weight[0].numel()), []).append(place)
            for (rows, columns), places in alike.items():
                stacked = torch.stack([nesterov[place].reshape(rows, columns) for place in places])
                size = 0.2 * max(rows, columns) ** 0.5
                for place, direction in zip(places, orthogonalise(stacked), strict=True):
                    weights[place].add_(direction.view_as(weights[place]), alpha=-lr * size)


def orthogonalise(matrices: Tensor, iterations: int = 5) -> Tensor:
    """Move all singular values of each of (n, rows, columns) matrices near 1.

    Each iteration is x ← (a + b·xxᵀ + c·(xxᵀ)²)·x. The factors are polynomials of one small square, so they are
    multiplied up there and meet the long matrix once: a third of the time for a 256×2304 one. Their product is large
    where x is small, so this needs float32: in bfloat16 some singular values come out near 5, and a training is lost.
    """
    a, b, c = _COEFFICIENTS
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    square, product = x @ x.mT, None
    for left in reversed(range(iterations)):
        factor = b * square + c * (square @ square)
        factor.diagonal(dim1=-2, dim2=-1).add_(a)
        product = factor if product is None else factor @ product
        if left:
            square = factor @ square @ factor
    x = x if product is None else product @ x
    return x.mT if tall else x
