"""Which tensors each network is made of, so that weights which do not fit are refused with a sentence."""

from collections.abc import Mapping

from tdiff.errors import WeightsError
from tdiff.model.transformer import Weights, depth
from tdiff.text import clean_text

Shapes = Mapping[str, tuple[int, ...]]

TEXT = 128
"""Width of the text states, and of the pair's vectors."""

EMBED = 256
"""Width of the embedding of noise level and prompt."""

HEAD = 32
"""Channels an attention head."""

_PARTS = ("down16", "down8", "middle", "up8", "up16")


def check_denoiser(weights: Weights) -> None:
    """Refuse weights that are no denoiser's.

    Raises:
        WeightsError: a tensor is missing, too many, or of another shape than the others ask for.
    """
    a, b, c = widths = tuple(_size(weights, f"{part}.0.block.norm1.weight", 0) for part in _PARTS[:3])
    if any(width % HEAD for width in widths):
        raise WeightsError(
            f"the denoiser's widths {widths} are not multiples of {HEAD}", remedy="export the weights again"
        )
    fine = _size(weights, "detail.weight", 0) // 4
    shapes = (
        _context("context", weights)
        | _linear("time1", 128, EMBED)
        | _linear("time2", EMBED, EMBED)
        | _linear("pool", TEXT, EMBED)
        | _conv("stem", 12, a)
        | _linear("shrink8", 4 * a, b)
        | _linear("shrink4", 4 * b, c)
        | _linear("grow8", c, 4 * b)
        | _linear("grow16", b, 4 * a)
        | _norm("norm", a)
        | _conv("detail", a, 4 * fine)
        | _conv("last", fine, 3)
    )
    for part, channels in zip(_PARTS, (a, b, c, b, a), strict=True):
        for i in range(depth(weights, part, "block.norm1.weight")):
            shapes |= _stage(f"{part}.{i}", channels, part not in ("down16", "up16"))
    _compare("denoiser", weights, shapes)


def check_text(weights: Weights) -> None:
    """Refuse weights that are no text tower's; raises WeightsError like `check_denoiser`."""
    shapes: dict[str, tuple[int, ...]] = {
        "tokens.weight": (_size(weights, "tokens.weight", 0), TEXT),
        "places": (_size(weights, "places", 0), TEXT),
        "project.weight": (TEXT, TEXT),
    }
    shapes |= _norm("norm", TEXT) | _text_blocks("blocks", depth(weights, "blocks"))
    _compare("text tower", weights, shapes | _context("above", weights))


def check_image(weights: Weights) -> None:
    """Refuse weights that are no image tower's; raises WeightsError like `check_denoiser`."""
    a, b, c = (_size(weights, f"{name}.norm.weight", 0) for name in ("stage1", "stage2", "stage3"))
    shapes = _conv("stem", 12, a) | _conv("down1", a, b) | _conv("down2", b, c) | _norm("norm", c)
    for name, channels in (("stage1", a), ("stage2", b), ("stage3", c)):
        shapes |= _norm(f"{name}.norm", channels)
        shapes |= _conv(f"{name}.conv1", channels, channels) | _conv(f"{name}.conv2", channels, channels)
    hidden = _size(weights, "fc1.weight", 0)
    _compare("image tower", weights, shapes | _linear("fc1", 16 * c, hidden) | _linear("fc2", hidden, TEXT))


def _compare(network: str, weights: Weights, shapes: Shapes) -> None:
    for name in sorted(set(shapes) | set(weights)):
        label = clean_text(name, 60)
        if name not in weights:
            raise WeightsError(f"the {network}'s weights lack the tensor {label}", remedy="export them again")
        if name not in shapes:
            raise WeightsError(
                f"the {network}'s weights hold {label}, which it has no place for", remedy="export them again"
            )
        if weights[name].shape != shapes[name]:
            raise WeightsError(
                (
                    f"the {network}'s tensor {label} has the shape {weights[name].shape} where the others ask for "
                    f"{shapes[name]}"
                ),
                remedy="export the weights again",
            )


def _size(weights: Weights, name: str, axis: int) -> int:
    """One side of a tensor that decides how large others must be."""
    if name not in weights or weights[name].ndim <= axis or weights[name].shape[axis] == 0:
        raise WeightsError(f"the weights lack the tensor {name}, or it is empty", remedy="export them again")
    return int(weights[name].shape[axis])


def _linear(name: str, fan_in: int, fan_out: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (fan_out, fan_in), f"{name}.bias": (fan_out,)}


def _norm(name: str, channels: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (channels,), f"{name}.bias": (channels,)}


def _conv(name: str, fan_in: int, fan_out: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (fan_out, fan_in, 3, 3), f"{name}.bias": (fan_out,)}


def _context(name: str, weights: Weights) -> dict[str, tuple[int, ...]]:
    tokens, places = (_size(weights, f"{name}.{tensor}", 0) for tensor in ("tokens.weight", "places"))
    shapes: dict[str, tuple[int, ...]] = {f"{name}.tokens.weight": (tokens, TEXT), f"{name}.places": (places, TEXT)}
    shapes |= _linear(f"{name}.project", TEXT, TEXT) | _norm(f"{name}.norm", TEXT)
    return shapes | _text_blocks(f"{name}.blocks", depth(weights, f"{name}.blocks"))


def _text_blocks(name: str, count: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for block in (f"{name}.{i}" for i in range(count)):
        shapes |= _norm(f"{block}.norm1", TEXT) | _linear(f"{block}.qkv", TEXT, 3 * TEXT)
        shapes |= _linear(f"{block}.out", TEXT, TEXT) | _norm(f"{block}.norm2", TEXT)
        shapes |= _linear(f"{block}.fc1", TEXT, 4 * TEXT) | _linear(f"{block}.fc2", 4 * TEXT, TEXT)
    return shapes


def _stage(name: str, channels: int, self_attention: bool) -> dict[str, tuple[int, ...]]:
    block, own, cross = (f"{name}.{layer}" for layer in ("block", "self_attention", "cross_attention"))
    shapes = _norm(f"{block}.norm1", channels) | _linear(f"{block}.modulate", EMBED, 2 * channels)
    shapes |= _conv(f"{block}.conv1", channels, channels) | _conv(f"{block}.conv2", channels, channels)
    if self_attention:
        shapes |= _norm(f"{own}.norm", channels) | _linear(f"{own}.qkv", channels, 3 * channels)
        shapes |= _linear(f"{own}.out", channels, channels)
    shapes |= _norm(f"{cross}.norm", channels) | _linear(f"{cross}.query", channels, channels)
    return shapes | _linear(f"{cross}.key_value", TEXT, 2 * channels) | _linear(f"{cross}.out", channels, channels)
