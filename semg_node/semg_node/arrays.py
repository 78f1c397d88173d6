# SPDX-License-Identifier: Apache-2.0
"""Between numpy arrays and the array fields of messages, without loops over elements."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
from numpy.typing import NDArray


def float32_field(values: NDArray[np.floating]) -> array[float]:
    """Return `values` of any shape, row-major, for a ``float32[]`` field."""
    field = array("f")
    field.frombytes(np.ascontiguousarray(values, dtype=np.float32).tobytes())
    return field


def uint64_field(values: NDArray[np.integer]) -> array[int]:
    """Return `values` for a ``uint64[]`` field."""
    field = array("Q")
    field.frombytes(np.ascontiguousarray(values, dtype=np.uint64).tobytes())
    return field


def float32_array(field: Any, *shape: int) -> NDArray[np.float32]:
    """View a ``float32[]`` field as a read-only array of `shape` (one length may be -1).

    Raises
    ------
    ValueError
        If the number of elements does not fit the shape.
    """
    view = np.frombuffer(field, dtype=np.float32).reshape(shape)
    view.flags.writeable = False
    return view
