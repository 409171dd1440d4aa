"""Weights are checked tensor by tensor before anything is made of them."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from tdiff.errors import WeightsError
from tdiff.manifest import read_manifest
from tdiff.weights import parse_weights, read_weights
from tests.counts import times

SHAPES = {"a": (2, 3), "b": (4,)}


def good(**changes: np.ndarray) -> bytes:
    tensors = {"a": np.arange(6, dtype=np.float16).reshape(2, 3), "b": np.ones(4, np.float32)} | changes
    return save(tensors)


def test_good_weights_come_back_as_float32() -> None:
    weights = parse_weights(good(), "w.safetensors", SHAPES)
    assert set(weights) == {"a", "b"}
    assert all(array.dtype == np.float32 for array in weights.values())
    assert (weights["a"] == np.arange(6).reshape(2, 3)).all()


def broken(values: list[float]) -> np.ndarray:
    return np.array(values, np.float32)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (save({"a": np.zeros((2, 3), np.float16)}), "lacks tensor b"),
        (good(c=np.zeros(1, np.float16)), "unexpected"),
        (good(b=np.zeros(5, np.float16)), r"shape \(5,\) where \(4,\)"),
        (good(b=np.zeros(4, np.float64)), "type F64"),
        (good(b=np.zeros(4, np.int32)), "type I32"),
        (good(b=broken([1, np.nan, 1, 1])), "not finite"),
        (good(b=broken([1, np.inf, 1, 1])), "not finite"),
        (good()[:-3], "no whole safetensors"),
        (good()[:5], "no whole safetensors"),
        (b"", "no whole safetensors"),
        (good(**{"evil\x1b[31m": np.zeros(1, np.float16)}), "unexpected"),
    ],
)
def test_damaged_weights_are_refused_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(WeightsError, match=says) as caught:
        parse_weights(data, "w.safetensors", SHAPES)
    assert "\x1b" not in str(caught.value)
    assert "reinstall" in str(caught.value)


def test_a_tensor_named_twice_is_refused() -> None:
    one = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    header = '{"a":%s,"a":%s}' % (json.dumps(one), json.dumps(one))  # noqa: UP031 (braces)
    data = len(header).to_bytes(8, "little") + header.encode() + bytes(4)
    with pytest.raises(WeightsError):
        parse_weights(data, "w.safetensors", {"a": (1,)})


@settings(max_examples=2000, deadline=None)
@given(st.integers(0, len(good()) - 1), st.integers(1, 255))
def test_any_flipped_byte_is_noticed_by_the_hash_or_harmless(place: int, change: int) -> None:
    data = bytearray(good())
    data[place] ^= change
    try:
        weights = parse_weights(bytes(data), "w.safetensors", SHAPES)
    except WeightsError:
        return
    assert {name: array.shape for name, array in weights.items()} == SHAPES
    assert hashlib.sha256(data).digest() != hashlib.sha256(good()).digest()


_size = st.sampled_from([0, 1, 3, 4, 8, 12, 16, 24, 2**31, 2**63, 2**64]) | st.integers(-2, 64)
_anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.lists(_size, max_size=3)
_tensor = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["F32", "F16", "BF16", "F64", "I8", "F8_E4M3", "", "\x1b[2J"]) | _anything,
        "shape": st.sampled_from([[2, 3], [4], [], [0], [2**32, 2**32], [6], [3, 2]]) | _anything,
        "data_offsets": st.sampled_from([[0, 12], [12, 28], [0, 24], [24, 40], [28, 12]]) | _anything,
    },
    optional={"more": _anything},
)
_header = st.dictionaries(st.sampled_from(["a", "b", "__metadata__", "", "\x1b]0;owned\x07"]), _tensor | _anything)


@settings(max_examples=times(300, 5000))
@given(_header, st.none() | _size, st.binary(max_size=64), st.sampled_from(["", " ", "\0", "{", "]"]))
def test_any_structure_is_read_or_refused_in_one_clean_sentence(
    header: dict[str, object], size: int | None, values: bytes, behind: str
) -> None:
    text = (json.dumps(header) + behind).encode("utf-8", "surrogatepass")
    data = ((len(text) if size is None else size) % 2**64).to_bytes(8, "little") + text + values
    try:
        weights = parse_weights(data, "w.safetensors", SHAPES)
    except WeightsError as error:
        assert str(error).isprintable()
    else:
        assert {name: array.shape for name, array in weights.items()} == SHAPES
        assert all(np.isfinite(array).all() for array in weights.values())


def test_another_hash_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(good())
    assert set(read_weights(path, hashlib.sha256(good()).hexdigest(), SHAPES)) == {"a", "b"}
    with pytest.raises(WeightsError, match="sha256"):
        read_weights(path, "0" * 64, SHAPES)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(WeightsError, match="not a file"):
            read_weights(path, "", SHAPES)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"name": 1}', "\ufeff", '{"files": {}, "name": "x", "step": NaN}', "[" * 5000]
)
def test_a_broken_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(WeightsError, match="manifest"):
        read_manifest(tmp_path)


def test_the_hash_names_the_networks_and_not_the_checker(tmp_path: Path) -> None:
    def manifest(**digests: str) -> str:
        files = {"text": "1", "image": "2", "denoiser": "3", "checker": "4"} | digests
        (tmp_path / "manifest.json").write_text(
            json.dumps({"name": "x", "step": 1, "pictures": 2, "files": files, "shapes": {}})
        )
        return read_manifest(tmp_path).hash

    assert manifest() == manifest(checker="other")
    assert manifest() != manifest(denoiser="other")
    assert len(manifest()) == 8
