# SPDX-License-Identifier: Apache-2.0
"""How many samples came, and how many did not."""

from __future__ import annotations

from semg_node.continuity import Continuity, ContinuityCheck


class SampleCount:
    """Counts the samples of one topic.

    Attributes
    ----------
    samples : int
        Samples that came; what came again does not count.
    lost, gaps : int
        Samples left out within a stream, and in how many places.
    streams : int
        Streams that they belong to.
    """

    def __init__(self) -> None:
        self.samples = self.lost = self.gaps = self.streams = 0
        self._check = ContinuityCheck()
        self._next = 0

    def add(self, stream_id: int, first_sample: int, samples: int) -> Continuity:
        """Count a block; return how it continues what came before it."""
        verdict = self._check.step(stream_id, first_sample, samples)
        if verdict is Continuity.REPEATED:
            return verdict
        self.samples += samples
        self.streams += verdict in (Continuity.STARTS, Continuity.NEW_STREAM)
        if verdict is Continuity.GAP and first_sample > self._next:
            self.gaps += 1
            self.lost += first_sample - self._next
        self._next = first_sample + samples
        return verdict
