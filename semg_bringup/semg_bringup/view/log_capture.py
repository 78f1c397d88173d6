# SPDX-License-Identifier: Apache-2.0
"""Keeps what is written to standard error away from a picture on the terminal."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from contextlib import suppress
from typing import BinaryIO

_COLOURS = re.compile(rb"\x1b\[[0-9;]*m")
_PREFIX = re.compile(r"^\[(\w+)\] \[[0-9.]+\] \[([^\]]+)\]: ")
_TAIL = 4096


class LogCapture:
    """Sends standard error, of C code too, to a file, and prints it at the end."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None
        self._stderr = -1

    def begin(self) -> None:
        """Start to keep back."""
        sys.stderr.flush()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._stderr = os.dup(2)
        os.dup2(self._file.fileno(), 2)

    def last_lines(self, count: int) -> tuple[str, ...]:
        """Return the last lines that came, without colours and times."""
        if self._file is None:
            return ()
        size = os.fstat(self._file.fileno()).st_size
        tail = os.pread(self._file.fileno(), _TAIL, max(size - _TAIL, 0))
        lines = _COLOURS.sub(b"", tail).decode("utf-8", "replace").splitlines()
        return tuple(_PREFIX.sub(r"\1 \2: ", line) for line in lines[-count:])

    def end(self) -> None:
        """Give standard error back, and print what was kept. May be called more than once."""
        if self._file is None:
            return
        sys.stderr.flush()
        os.dup2(self._stderr, 2)
        os.close(self._stderr)
        self._file.seek(0)
        kept = self._file.read()
        self._file.close()
        self._file = None
        with suppress(OSError):
            os.write(2, kept)
