# SPDX-License-Identifier: Apache-2.0
"""A system clock that one process alone sees, to be set forward and back."""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock.c")
_NS = struct.Struct("=q")


def why_no_clock() -> str:
    """Say why no process can be given a clock of its own here; empty if one can."""
    return "" if shutil.which("gcc") else "there is no gcc to compile test/faults/clock.c with"


def build(folder: Path) -> Path:
    """Compile what LD_PRELOAD has to name; return its path."""
    library = folder / "libclock.so"
    command = ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    done = subprocess.run(
        [*command, "-o", str(library), str(_SOURCE), "-ldl"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return library


class Clock:
    """What is added to the system clock, in a file that the process maps.

    Parameters
    ----------
    path : Path
        Of the file; is made.
    """

    def __init__(self, path: Path) -> None:
        path.write_bytes(_NS.pack(0))
        self.path = path
        with path.open("r+b") as file:
            self._mapped = mmap.mmap(file.fileno(), _NS.size)

    def set(self, seconds: float) -> None:
        """Let the clock differ from the machine's by so much, at once."""
        # One aligned store: a reader sees either the old offset or the new one.
        memoryview(self._mapped).cast("q")[0] = round(1e9 * seconds)
