"""Numbers that tell two batches of pictures apart."""

import numpy as np

from tdiff.arrays import F32, F64


def mean_abs_difference(first: F32, second: F32) -> F64:
    """Mean absolute difference between two batches (B, …): 0 … 2 for pictures."""
    difference = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    means: F64 = np.abs(_rows(difference)).mean(axis=1)
    return means


def correlation(first: F32, second: F32) -> F64:
    """Pearson's r between two batches (B, …): 1 for equal pictures, 0 for unrelated or plain ones."""
    a, b = (_rows(np.asarray(each, np.float64)) for each in (first, second))
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    products: F64 = np.einsum("bi,bi->b", a, b)
    related: F64 = np.divide(products, lengths, out=np.zeros(len(a)), where=lengths > 0)
    return related


def _rows(batch: F64) -> F64:
    return batch.reshape(len(batch), -1)
