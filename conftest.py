# SPDX-License-Identifier: Apache-2.0
"""For all tests: packages are imported from where they are installed, and runs stay apart."""

import importlib
import os
import signal
import sys
from pathlib import Path

import pytest

# Threads that wait for each other by spinning come to a standstill on a busy machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Each package lies in a folder of its own name, which pytest would take for the package.
for package in (
    "semg_node",
    "semg_driver",
    "semg_decoders",
    "semg_teleop",
    "semg_training",
    "semg_bringup",
):
    importlib.import_module(package)

# A shell's background jobs ignore Ctrl-C, and so would every process that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# `make test` says where the packages are; without it they are where this Python is.
os.environ.setdefault("AMENT_PREFIX_PATH", sys.prefix)

# Runs on one machine must not hear each other, nor anything else on the network.
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
os.environ["ROS_DOMAIN_ID"] = str(1 + os.getpid() % 100)


def pytest_addoption(parser):
    """Add the option for what takes too long to be part of every run."""
    parser.addoption(
        "--hour",
        action="store_true",
        help="stream an hour through networks of the published sizes (half an hour of CPU)",
    )


@pytest.fixture(scope="session")
def conformance():
    """Return the folder of what the published networks say."""
    folder = os.environ.get("SEMG_SHARED") or Path(__file__).parents[1] / "shared"
    found = Path(folder, "conformance")
    if not found.is_dir():
        pytest.skip(f"no conformance data in {folder}; SEMG_SHARED names another folder")
    return found


@pytest.fixture(scope="session")
def imported(conformance, tmp_path_factory):
    """Return a task's conformance checkpoint as a model; each is imported once."""
    pytest.importorskip("torch", reason="torch is only installed for training")
    from semg_decoders.inference.session import Model
    from semg_training.checkpoints.import_checkpoint import import_checkpoint

    models = {}

    def get(task):
        if task not in models:
            output = tmp_path_factory.mktemp("imported") / task
            import_checkpoint(conformance / "checkpoints" / task, output, task.replace("_", "-"))
            models[task] = Model.load(output)
        return models[task]

    return get
