"""The PyTorch side: attention written out, and a network that grows without changing what it says."""

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from tdiff.torch_model.attention import attend  # noqa: E402
from tdiff.torch_model.context import TEXT  # noqa: E402
from tdiff.torch_model.unet import UNet  # noqa: E402
from tdiff.train.grow import grown  # noqa: E402
from tdiff.train.muon import Muon, orthogonalise  # noqa: E402
from tdiff.train.run import optimisers_of  # noqa: E402
from tdiff.train.trainee import Trainee  # noqa: E402

WIDTHS = (32, 32, 32)


def trainee(*depths: int) -> Trainee:
    torch.manual_seed(sum(depths))
    return Trainee(UNet(20, WIDTHS, depths))  # type: ignore[arg-type]


def predicted(model: Trainee) -> torch.Tensor:
    draw = torch.Generator().manual_seed(3)
    x, states = torch.randn(2, 3, 32, 32, generator=draw), torch.randn(2, 5, TEXT, generator=draw)
    return model(x, torch.tensor([0.2, 0.9]), torch.tensor([[1, 2, 3, 0, 0], [4, 5, 6, 7, 8]]), states).v


def trained(model: Trainee) -> tuple[Trainee, list[torch.optim.Optimizer]]:
    """A few steps, so that no branch is zero and the optimisers have something to remember."""
    optimisers = optimisers_of(model, 2e-3)
    for _ in range(3):
        model.zero_grad()
        (predicted(model) - 1).square().mean().backward()
        for optimiser in optimisers:
            optimiser.step()
    return model, optimisers


@pytest.mark.parametrize(("dtype", "most"), [(torch.float32, 1e-6), (torch.bfloat16, 0.03)])
def test_attention_written_out_equals_pytorchs_own(dtype: torch.dtype, most: float) -> None:
    draw = torch.Generator().manual_seed(4)
    q, k, v = (torch.randn(3, 2, n, 8, generator=draw).to(dtype) for n in (7, 5, 5))
    mask = torch.tensor([[1, 1, 1, 0, 0], [1, 0, 0, 0, 0], [1, 1, 1, 1, 1]]).bool()[:, None, None, :]
    for seen in (mask, None):
        expected = nn.functional.scaled_dot_product_attention(q.float(), k.float(), v.float(), attn_mask=seen)
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype is torch.bfloat16):
            found = attend(q, k, v, seen)
        assert found.dtype is dtype
        assert (found.float() - expected).abs().max() < most


@pytest.mark.parametrize("shape", [(24, 36), (12, 40), (40, 12)])
def test_orthogonalising_levels_singular_values_and_keeps_directions(shape: tuple[int, int]) -> None:
    draw = torch.Generator().manual_seed(5)
    gradients = torch.randn(3, *shape, generator=draw) * torch.tensor([0.01, 1, 100])[:, None, None]
    for gradient, found in zip(gradients, orthogonalise(gradients), strict=True):
        values = torch.linalg.svdvals(found)
        assert values.max() < 1.3 and values.min() > 0.6
        left, _, right = torch.linalg.svd(gradient, full_matrices=False)
        kept = left.T @ found @ right.T
        assert (kept - kept.diagonal().diag()).abs().max() < 1e-3


def test_weights_of_one_shape_are_updated_as_each_alone() -> None:
    draw = torch.Generator().manual_seed(7)
    shapes = [(8, 4, 3, 3), (8, 36), (20, 6), (8, 4, 3, 3)]
    together = [torch.nn.Parameter(torch.randn(shape, generator=draw)) for shape in shapes]
    apart = [torch.nn.Parameter(weight.detach().clone()) for weight in together]
    optimisers = [Muon(together, lr=0.1), *(Muon([weight], lr=0.1) for weight in apart)]
    for _ in range(3):
        for one, other in zip(together, apart, strict=True):
            one.grad = torch.randn(one.shape, generator=draw)
            other.grad = one.grad.clone()
        for optimiser in optimisers:
            optimiser.step()
    for one, other in zip(together, apart, strict=True):
        torch.testing.assert_close(one, other)


def test_orthogonalising_keeps_small_directions_from_blowing_up() -> None:
    draw = torch.Generator().manual_seed(6)
    gradient = torch.randn(96, 96, generator=draw) * torch.logspace(0, -4, 96)
    assert torch.linalg.svdvals(orthogonalise(gradient[None])[0]).max() < 1.3


def test_a_grown_network_says_the_same_and_trains_on() -> None:
    small, optimisers = trained(trainee(1, 1, 1, 1, 1))
    memories = [optimiser.state_dict() for optimiser in optimisers]
    checkpoint = {"trainee": small.state_dict(), "ema": small.unet.state_dict(), "optimisers": memories, "step": 3}
    state, added = grown(checkpoint, trainee(1, 2, 1, 2, 2))
    assert state["step"] == 3 and {name.split(".")[1] for name in added} == {"down8", "up8", "up16"}

    large = trainee(1, 2, 1, 2, 2)
    large.load_state_dict(state["trainee"])
    torch.testing.assert_close(predicted(large), predicted(small))
    averaged = trainee(1, 2, 1, 2, 2).unet
    averaged.load_state_dict(state["ema"])

    remembering = optimisers_of(large, 2e-3)
    known = dict(small.named_parameters())
    for optimiser, memory, before in zip(remembering, state["optimisers"], optimisers, strict=True):
        optimiser.load_state_dict(memory)
        for name, parameter in large.named_parameters():
            if name in known and known[name] in before.state:
                entry = "momentum" if "momentum" in before.state[known[name]] else "exp_avg"
                assert (optimiser.state[parameter][entry] == before.state[known[name]][entry]).all(), name
    before = (predicted(large) - 1).square().mean()
    before.backward()
    for optimiser in remembering:
        optimiser.step()
    assert (predicted(large) - 1).square().mean().item() < before.item()


def test_a_network_that_lacks_a_stage_cannot_be_grown_into() -> None:
    large = trainee(1, 2, 1, 1, 1)
    checkpoint = {"trainee": large.state_dict(), "ema": large.unet.state_dict(), "optimisers": []}
    with pytest.raises(ValueError, match=r"the larger network lacks unet\.down8\.1"):
        grown(checkpoint, trainee(1, 1, 1, 1, 1))
