# SPDX-License-Identifier: Apache-2.0
"""Which simulation this is: models that were trained on it say so."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

SIMULATION_VERSION = 2
"""Counts every change to what simulated EMG looks like."""


@cache
def simulation_hash() -> str:
    """Return a short hash of the simulation's source code, the same on every machine.

    Returns
    -------
    str
        12 hexadecimal digits: of SHA-256 over all files of this package by name, line ends as on
        Linux.
    """
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py"), key=lambda path: path.relative_to(folder).as_posix()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()[:12]
