# SPDX-License-Identifier: Apache-2.0
"""For all tests: packages are imported from where they are installed, and runs stay apart."""

import importlib
import os
import signal
import sys

# Threads that wait for each other by spinning come to a standstill on a busy machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Each package lies in a folder of its own name, which pytest would take for the package.
for package in ("semg_node", "semg_driver", "semg_decoders", "semg_training", "semg_bringup"):
    importlib.import_module(package)

# A shell's background jobs ignore Ctrl-C, and so would every process that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# `make test` says where the packages are; without it they are where this Python is.
os.environ.setdefault("AMENT_PREFIX_PATH", sys.prefix)

# Runs on one machine must not hear each other, nor anything else on the network.
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
os.environ["ROS_DOMAIN_ID"] = str(1 + os.getpid() % 100)
