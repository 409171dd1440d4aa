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
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Update every weight that has a gradient."""
        for group in self.param_groups:
            lr, momentum = group["lr"], group["momentum"]
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(weight)
                state["momentum"].mul_(momentum).add_(weight.grad)
                nesterov = weight.grad + momentum * state["momentum"]
                direction = orthogonalise(nesterov)
                size = 0.2 * max(weight.shape[0], weight[0].numel()) ** 0.5
                weight.mul_(1 - lr * group["weight_decay"]).add_(direction, alpha=-lr * size)


def orthogonalise(gradient: Tensor, iterations: int = 5) -> Tensor:
    """Move all singular values of the flattened gradient near 1; the shape stays.

    Each iteration is x ← (a + b·xxᵀ + c·(xxᵀ)²)·x. The factors are polynomials of one small square, so they are
    multiplied up there and meet the long matrix once: a third of the time for a 256×2304 one. Their product is large
    where x is small, so this needs float32: in bfloat16 some singular values come out near 5, and a training is lost.
    """
    a, b, c = _COEFFICIENTS
    x = gradient.reshape(gradient.shape[0], -1)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (x.norm() + 1e-7)
    square, product = x @ x.T, None
    for left in reversed(range(iterations)):
        factor = b * square + c * (square @ square)
        factor.diagonal().add_(a)
        product = factor if product is None else factor @ product
        if left:
            square = factor @ square @ factor
    x = x if product is None else product @ x
    return (x.T if tall else x).reshape(gradient.shape)
