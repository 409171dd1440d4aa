"""The types of arrays by their numbers. What an array holds, its shape and its range stand where it is made."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

F32: TypeAlias = NDArray[np.float32]
F64: TypeAlias = NDArray[np.float64]
Floats: TypeAlias = NDArray[np.floating[Any]]
"""Of either precision, where gradients are checked in float64."""
U8: TypeAlias = NDArray[np.uint8]
"""Pixels as files and screens hold them, 0 … 255."""
U32: TypeAlias = NDArray[np.uint32]
I16: TypeAlias = NDArray[np.int16]
I64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
