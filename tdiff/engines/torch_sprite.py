"""The model that ships with tdiff, run by PyTorch: the same weights, on a CPU or a GPU."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Bound
from tdiff.engines.devices import device_named, dtype_named, require
from tdiff.engines.sprite import SpriteModel, sprite_model
from tdiff.model.shapes import check_denoiser, check_image

if TYPE_CHECKING:
    from torch import Tensor


def torch_model(folder: Path | None = None, device: str | None = None, dtype: str | None = None) -> SpriteModel:
    """Return the model of a folder with its denoiser and image tower on a device.

    Args:
        folder: holds manifest.json and the safetensors files; None for the model that ships with tdiff.
        device: cpu, cuda, cuda:1, mps; None for the best there is.
        dtype: of products: float32 (equal to numpy to 1e-4), float16 or bfloat16.

    Raises:
        UsageError: PyTorch is not installed, or there is no such device or dtype.
        WeightsError: a file is missing or damaged.
    """
    require("torch")
    place = device_named(device)
    kind = dtype_named(dtype, place)
    plain = sprite_model(folder)
    denoiser = TorchDenoiser(plain.weights("denoiser"), place, kind)
    image = TorchImageTower(plain.weights("image"), place, kind)
    return sprite_model(folder, denoiser=denoiser, image=image, engine="torch", dtype=dtype or "float32")


@dataclass(frozen=True, eq=False, slots=True)
class TorchContext:
    """One prompt, encoded for the denoiser.

    Attributes:
        ids: token ids, without padding.
        states: (L, 128) what cross-attention reads, on the device.
    """

    ids: tuple[int, ...]
    states: "Tensor"


class TorchDenoiser:
    """The U-Net on a device; numpy arrays go in and come out.

    Args:
        weights: tensors of the denoiser, float32.
        device: a torch.device.
        dtype: a torch.dtype for products; weights stay float32.

    Raises:
        WeightsError: they are not a denoiser's.
    """

    def __init__(self, weights: Mapping[str, F32], device: Any, dtype: Any) -> None:
        from tdiff.torch_model.unet import unet_of

        check_denoiser(weights)
        self.device, self.dtype = device, dtype
        self._unet = unet_of(_tensors(weights)).to(device)

    def encode(self, ids: Sequence[int], states: F32) -> TorchContext:
        """Return what the network needs of a prompt: token ids and the text tower's states (L, 128)."""
        import torch

        with _computing(self.device, self.dtype):
            numbers = torch.tensor([list(ids)], device=self.device)
            context, _ = self._unet.context(numbers, self._sent(states[None]))
        return TorchContext(tuple(ids), context[0].float())

    def read(self, ids: Sequence[int], states: F32) -> F32:
        """Return what the network makes of each token of a prompt, (L, 128)."""
        read: F32 = self.encode(ids, states).states.cpu().numpy()
        return read

    def bind(self, conditions: Sequence[TorchContext], times: Sequence[float] = ()) -> Bound:
        """Fix the prompts, one for each picture of the batch; times need no preparation."""
        context, mask = self._padded(conditions)

        def predict(x_t: F32, t: float) -> F32:
            return self._predict(x_t, t, context, mask, None)

        return predict

    def look(self, x_t: F32, t: float, conditions: Sequence[TorchContext]) -> tuple[F32, tuple[F32, ...]]:
        """Predict once, and keep the cross-attention, a mean over heads.

        Args:
            x_t: (B, 32, 32, 3).
            t: in [0, 1].
            conditions: encoded prompts, one for each picture.

        Returns:
            v, (B, 32, 32, 3), and for each cross-attention layer (B, 1, side, side, L), summing to 1 over the tokens.
        """
        maps: list[Tensor] = []
        v = self._predict(x_t, t, *self._padded(conditions), maps)
        kept = [layer.float().cpu().numpy() for layer in maps]
        sides = [round(layer.shape[1] ** 0.5) for layer in kept]
        return v, tuple(layer.reshape(len(layer), 1, side, side, -1) for layer, side in zip(kept, sides, strict=True))

    def _predict(self, x_t: F32, t: float, context: "Tensor", mask: "Tensor", maps: "list[Tensor] | None") -> F32:
        import torch

        with _computing(self.device, self.dtype):
            x = self._sent(x_t).permute(0, 3, 1, 2)
            times = torch.full((len(x_t),), t, dtype=torch.float32, device=self.device)
            v = self._unet.predict(x, times, context, mask, maps).float().permute(0, 2, 3, 1)
        return np.ascontiguousarray(v.cpu().numpy())

    def _padded(self, conditions: Sequence[TorchContext]) -> "tuple[Tensor, Tensor]":
        """Contexts (B, L, 128) of the longest prompt's length, and where their tokens are (B, L)."""
        import torch

        states = [condition.states for condition in conditions]
        context = torch.nn.utils.rnn.pad_sequence(states, batch_first=True)
        lengths = torch.tensor([len(each) for each in states], device=self.device)
        mask = torch.arange(context.shape[1], device=self.device)[None] < lengths[:, None]
        return context, mask

    def _sent(self, array: F32) -> "Tensor":
        import torch

        return torch.from_numpy(np.array(array, np.float32)).to(self.device)  # a copy: steps are read-only


class TorchImageTower:
    """The image half of the pair on a device.

    Args:
        weights: tensors of the image tower, float32.
        device: a torch.device.
        dtype: a torch.dtype for products.

    Raises:
        WeightsError: they are not an image tower's.
    """

    def __init__(self, weights: Mapping[str, F32], device: Any, dtype: Any) -> None:
        from tdiff.torch_model.towers import ImageTower

        check_image(weights)
        self.device, self.dtype = device, dtype
        self._tower = ImageTower().to(device).eval()
        self._tower.load_state_dict(_tensors(weights))

    def vectors(self, pictures: F32) -> F32:
        """Return unit vectors (B, 128) of pictures (B, 32, 32, 3) in [-1, 1]."""
        import torch

        with _computing(self.device, self.dtype):
            x = torch.from_numpy(np.array(pictures, np.float32)).to(self.device).permute(0, 3, 1, 2)
            result: F32 = self._tower(x).float().cpu().numpy()
        return result


@contextmanager
def _computing(device: Any, dtype: Any) -> Iterator[None]:
    """No gradients, and products in `dtype`."""
    import torch

    with torch.inference_mode(), torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
        yield


def _tensors(weights: Mapping[str, F32]) -> "dict[str, Tensor]":
    import torch

    return {name: torch.from_numpy(np.array(value, np.float32)) for name, value in weights.items()}
