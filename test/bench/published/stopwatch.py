# SPDX-License-Identifier: Apache-2.0
"""Adds up CPU by part, and keeps the time that each chunk took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """CPU of one process by part.

    Attributes
    ----------
    cpu : dict of str to float
        Seconds by part.
    chunks : list of float
        Seconds of wall clock from the arrival of each chunk until all was done.
    """

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}
        self.chunks: list[float] = []

    @contextmanager
    def time(self, part: str) -> Iterator[None]:
        """Add what happens inside to a part."""
        before = time.process_time()
        yield
        self.cpu[part] = self.cpu.get(part, 0.0) + time.process_time() - before

    @contextmanager
    def chunk(self) -> Iterator[None]:
        """Take what happens inside as the work on one chunk."""
        before = time.perf_counter()
        yield
        self.chunks.append(time.perf_counter() - before)
