# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared():
    """Folder with real recordings and conformance data."""
    default = Path(__file__).resolve().parents[4] / "shared"
    folder = Path(os.environ.get("SEMG_SHARED", default))
    if not (folder / "conformance").is_dir():
        pytest.skip(f"no shared data at {folder}; SEMG_SHARED names another place")
    return folder


@pytest.fixture(scope="session")
def text_cases(shared):
    """What the published metrics say of texts."""
    return json.loads((shared / "conformance/metrics/text.json").read_text("utf-8"))
