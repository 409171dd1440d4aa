"""The numpy networks are the PyTorch networks, and keep to themselves what they compute."""

import tracemalloc

import numpy as np
import pytest

from tdiff import load
from tdiff.errors import WeightsError
from tdiff.manifest import read_manifest
from tdiff.model.conv import Conv, ConvWeights
from tdiff.model.denoiser import SpriteDenoiser
from tdiff.model.memory import Arena, Room
from tdiff.paths import assets_dir
from tdiff.pipeline import Pipeline
from tdiff.prompt.understand import understand
from tdiff.weights import read_weights

PROMPTS = (
    "a blue frog on a yellow background in any style",
    "",
    "two small red houses to the left of a cat in 3d style",
)
TIMES = (0.0, 0.05, 0.3, 0.5, 0.75, 0.95, 1.0)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return load()


def test_its_arithmetic_is_what_pytorch_counts(pipeline: Pipeline) -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    from tdiff.torch_model.context import TEXT
    from tdiff.torch_model.unet import unet_of

    unet = unet_of({name: torch.from_numpy(value) for name, value in weights_of("denoiser").items()})
    context, mask = torch.zeros(1, 16, TEXT), torch.ones(1, 16, dtype=torch.bool)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        unet.predict(torch.zeros(1, 3, 32, 32), torch.zeros(1), context, mask)
    alone = sum(
        n for op, n in counter.get_flop_counts()["Global"].items() if "attention" in str(op) or "bmm" in str(op)
    )
    assert pipeline.info.flop == counter.get_total_flops() - alone


def noisy(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, 32, 32, 3)).astype(np.float32)


def weights_of(part: str) -> dict[str, np.ndarray]:
    folder = assets_dir() / "models"
    manifest = read_manifest(folder)
    return read_weights(folder / f"{part}.safetensors", manifest.files[part], manifest.shapes[part])


def test_denoiser_equals_pytorch_at_every_noise_level(pipeline: Pipeline) -> None:
    torch = pytest.importorskip("torch")
    from tdiff.torch_model.towers import TextTower
    from tdiff.torch_model.unet import unet_of
    from tdiff.train.samples import prompt_ids

    text = TextTower(pipeline.model.text_tower.vocabulary).eval()
    unet = unet_of({name: torch.from_numpy(value) for name, value in weights_of("denoiser").items()})
    text.load_state_dict({name: torch.from_numpy(value) for name, value in weights_of("text").items()})
    conditions = pipeline.conditions(PROMPTS, PROMPTS).positive
    bound = pipeline.denoiser.bind(conditions, TIMES)
    ids = prompt_ids(list(PROMPTS))
    for t in TIMES:
        x = noisy(3, seed=int(t * 100))
        with torch.no_grad():
            states, _ = text.states(ids)
            wanted = unet(torch.from_numpy(x).permute(0, 3, 1, 2), torch.full((3,), t), ids, states)
        assert np.abs(bound(x, t) - wanted.permute(0, 2, 3, 1).numpy()).max() < 1e-4


def test_towers_equal_pytorch(pipeline: Pipeline) -> None:
    torch = pytest.importorskip("torch")
    from tdiff.torch_model.towers import ImageTower, TextTower
    from tdiff.train.samples import prompt_ids

    text, image = TextTower(pipeline.model.text_tower.vocabulary).eval(), ImageTower().eval()
    text.load_state_dict({name: torch.from_numpy(value) for name, value in weights_of("text").items()})
    image.load_state_dict({name: torch.from_numpy(value) for name, value in weights_of("image").items()})
    x = np.tanh(noisy(4))
    with torch.no_grad():
        said = text(prompt_ids(list(PROMPTS))).numpy()
        seen = image(torch.from_numpy(x).permute(0, 3, 1, 2)).numpy()
    for i, prompt in enumerate(PROMPTS):
        assert np.abs(pipeline.model.pair.text(understand(prompt).ids) - said[i]).max() < 1e-4
    assert np.abs(pipeline.model.pair.images(x) - seen).max() < 1e-4


def test_the_stored_reference_comes_out(pipeline: Pipeline) -> None:
    """Where PyTorch is not installed, this is what stands for it: written with the weights, by the PyTorch modules."""
    reference = np.load(assets_dir() / "reference" / "networks.npz", allow_pickle=False)
    assert str(reference["model"]) == pipeline.info.hash, "export the weights and the reference together"
    conditions = pipeline.conditions(PROMPTS, PROMPTS).positive
    bound = pipeline.denoiser.bind(conditions)
    for i, t in enumerate(reference["times"]):
        assert np.abs(bound(noisy(3, seed=i), float(t)) - reference["v"][i]).max() < 1e-4
    said = [pipeline.model.pair.text(understand(prompt).ids) for prompt in PROMPTS]
    assert np.abs(np.stack(said) - reference["said"]).max() < 1e-4
    assert np.abs(pipeline.model.pair.images(np.tanh(noisy(3))) - reference["seen"]).max() < 1e-4


@pytest.mark.parametrize("count", [1, 3, 8, 11])
def test_a_batch_is_its_singles(pipeline: Pipeline, count: int) -> None:
    prompts = [PROMPTS[i % 3] for i in range(count)]
    conditions = pipeline.conditions(prompts, prompts).positive
    x = noisy(count)
    together = pipeline.denoiser.bind(conditions)(x, 0.6).copy()
    for i in range(count):
        alone = pipeline.denoiser.bind(conditions[i : i + 1])(x[i : i + 1], 0.6)
        assert np.abs(together[i] - alone[0]).max() < 1e-5 * max(1, np.abs(alone).max())  # rounding grows with v


def test_a_time_that_was_not_announced_gives_the_same(pipeline: Pipeline) -> None:
    conditions = pipeline.conditions(PROMPTS, PROMPTS).positive
    x = noisy(3)
    announced = pipeline.denoiser.bind(conditions, (0.4,))(x, 0.4).copy()
    assert np.abs(pipeline.denoiser.bind(conditions)(x, 0.4) - announced).max() < 1e-6


def test_calls_do_not_disturb_each_other(pipeline: Pipeline) -> None:
    conditions = pipeline.conditions(PROMPTS, PROMPTS).positive
    bound, other = pipeline.denoiser.bind(conditions), pipeline.denoiser.bind(conditions[:1])
    x = noisy(3)
    before, given = bound(x, 0.5).copy(), x.copy()
    bound(noisy(3, 9), 0.9)
    other(noisy(1, 4), 0.2)
    assert (bound(x, 0.5) == before).all()
    assert (x == given).all()


def test_a_call_makes_no_array_of_any_size(pipeline: Pipeline) -> None:
    conditions = pipeline.conditions(PROMPTS[:2], PROMPTS[:2]).positive
    bound = pipeline.denoiser.bind(conditions, (0.5,))
    x = noisy(2)
    bound(x, 0.5)
    tracemalloc.start()
    for _ in range(3):
        bound(x, 0.5)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 128 * 1024  # what a single map at 16×16 takes


def test_attention_maps_are_shares_over_the_prompts_own_tokens(pipeline: Pipeline) -> None:
    conditions = pipeline.conditions(PROMPTS, PROMPTS).positive
    look = pipeline.model.look(noisy(3), 0.5, conditions)
    plain = pipeline.denoiser.bind(conditions)(noisy(3), 0.5).copy()
    assert np.abs(look.v - plain).max() < 1e-6
    assert look.attention
    for layer in look.attention:
        batch, _, rows, columns, length = layer.shape
        assert batch == 3
        assert rows == columns and rows in (4, 8, 16)
        assert np.allclose(layer.sum(-1), 1, atol=1e-4)
        for row, condition in enumerate(conditions):
            assert np.abs(layer[row, ..., condition.length : length]).max(initial=0) < 1e-6


@pytest.mark.parametrize(("side", "channels", "out"), [(16, 12, 64), (16, 64, 12), (8, 32, 32), (4, 64, 64)])
def test_winograd_is_the_plain_convolution(side: int, channels: int, out: int) -> None:
    rng = np.random.default_rng(0)
    kernel = (rng.standard_normal((out, channels, 3, 3)) / np.sqrt(9 * channels)).astype(np.float32)
    bias = rng.standard_normal(out).astype(np.float32)
    x = rng.standard_normal((side, side, 2, channels)).astype(np.float32)
    conv = Conv(Room(2), side, channels, out)
    conv.inside[...] = x
    made = np.empty((side, side, 2, out), np.float32)
    conv(ConvWeights(Arena(), kernel, bias, side), made)
    padded = np.pad(x, ((1, 1), (1, 1), (0, 0), (0, 0)))
    plain = sum(padded[dy : dy + side, dx : dx + side] @ kernel[:, :, dy, dx].T for dy in range(3) for dx in range(3))
    assert np.abs(made - (plain + bias)).max() < 1e-4


def test_weights_of_another_network_are_refused() -> None:
    weights = weights_of("denoiser")
    with pytest.raises(WeightsError):
        SpriteDenoiser({name: value for name, value in weights.items() if name != "stem.weight"})
    with pytest.raises(WeightsError):
        SpriteDenoiser(weights | {"last.bias": np.zeros(4, np.float32)})
