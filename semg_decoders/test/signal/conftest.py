# SPDX-License-Identifier: Apache-2.0
"""The conformance data, where they are there, and made-up EMG."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray


@pytest.fixture(scope="session")
def vectors() -> Path:
    repository = Path(__file__).resolve().parents[3]
    shared = Path(os.environ.get("SEMG_SHARED", repository.parent / "shared"))
    folder = shared / "conformance" / "vectors"
    if not folder.is_dir():
        pytest.skip(f"no conformance data in {folder}; set SEMG_SHARED to where they are")
    return folder


@pytest.fixture(scope="session")
def emg() -> NDArray[np.float32]:
    """1200 samples of 4 correlated channels with an offset, in noise s.d."""
    rng = np.random.default_rng(3)
    mixing = rng.normal(size=(4, 4))
    return (30.0 * rng.normal(size=(1200, 4)) @ mixing + 500.0).astype(np.float32)
