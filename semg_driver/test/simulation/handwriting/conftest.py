# SPDX-License-Identifier: Apache-2.0
import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared():
    """Folder with conformance data."""
    default = Path(__file__).resolve().parents[5] / "shared"
    folder = Path(os.environ.get("SEMG_SHARED", default))
    if not (folder / "conformance").is_dir():
        pytest.skip(f"no shared data at {folder}; SEMG_SHARED names another place")
    return folder
