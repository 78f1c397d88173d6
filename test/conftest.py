# SPDX-License-Identifier: Apache-2.0
import os
from pathlib import Path

import pytest

from semg_decoders.inference.lookup import find_bundle
from semg_decoders.inference.strict_mapping import BundleError
from test.listening import Listener
from test.processes import Processes


def pytest_addoption(parser):
    parser.addoption(
        "--whole-recordings",
        action="store_true",
        help="play every real recording from its beginning to its end (14 minutes)",
    )
    parser.addoption(
        "--fault-repeats",
        type=int,
        default=1,
        help="make every fault so often while a robot is driven (two minutes each time)",
    )


@pytest.fixture(scope="session")
def bundles():
    """Return the folder of each model; SEMG_TEST_BUNDLES names others than the installed ones."""
    folder = os.environ.get("SEMG_TEST_BUNDLES")
    names = ("gestures", "wrist")
    try:
        return {name: str(Path(folder, name) if folder else find_bundle(name)) for name in names}
    except BundleError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def real_recordings():
    """Return the files with real EMG."""
    folder = os.environ.get("SEMG_SHARED") or Path(__file__).parents[2] / "shared"
    files = sorted(Path(folder, "data", "flexemg").glob("*.hdf5"))
    if not files:
        pytest.skip(f"no recordings in {folder}/data/flexemg; SEMG_SHARED names another folder")
    return files


@pytest.fixture
def processes(tmp_path):
    running = Processes(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def listener(processes):
    """Listen to the whole graph without a namespace."""
    listening = Listener(processes.domain)
    yield listening
    listening.close()
