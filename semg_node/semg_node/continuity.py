# SPDX-License-Identifier: Apache-2.0
"""Whether a message continues the one before it."""

from __future__ import annotations

from enum import Enum

FARTHEST_REPEAT = 4000
"""Samples: a block that lies further back is no repetition, its count has begun anew."""
LONGEST_REPEAT = 400
"""Samples: when more than these come again in one go, a short recording is played again."""


class Continuity(Enum):
    """How a block of samples stands to the blocks before it."""

    CONTINUES = "continues"
    STARTS = "first block"
    NEW_STREAM = "new stream"
    GAP = "gap"
    REPEATED = "repeated"

    @property
    def breaks(self) -> bool:
        """Whether state from earlier blocks must not be used any more."""
        return self in (Continuity.STARTS, Continuity.NEW_STREAM, Continuity.GAP)


class ContinuityCheck:
    """Follows stream ids and sample indices, so that two pieces are never glued together."""

    def __init__(self) -> None:
        self._stream_id: int | None = None
        self._expected = 0
        self._again = self._repeated = 0

    def step(self, stream_id: int, first_sample: int, samples: int) -> Continuity:
        """Judge the next block and remember it.

        Parameters
        ----------
        stream_id : int
            Stream that the block belongs to.
        first_sample : int
            Index of the block's first sample.
        samples : int
            Number of samples in the block.

        Returns
        -------
        Continuity
            ``REPEATED`` for a block that lies wholly in the near past: it is to be dropped,
            and what was expected next still is. A block that overlaps the past only in part,
            or lies far back as when a bag is played again, counts as a gap, and so does one after
            so many repeated ones in a row that a short bag must be being played again.
        """
        if self._stream_id is None:
            verdict = Continuity.STARTS
        elif stream_id != self._stream_id:
            verdict = Continuity.NEW_STREAM
        elif first_sample == self._expected:
            verdict = Continuity.CONTINUES
        elif self._expected - FARTHEST_REPEAT <= first_sample <= self._expected - samples:
            goes_on = first_sample == self._again
            self._repeated = (self._repeated if goes_on else 0) + samples
            self._again = first_sample + samples
            if not goes_on or self._repeated <= LONGEST_REPEAT:
                return Continuity.REPEATED
            verdict = Continuity.GAP
        else:
            verdict = Continuity.GAP
        self._repeated = 0
        self._stream_id = stream_id
        self._expected = first_sample + samples
        return verdict

    def reset(self) -> None:
        """Forget what came, so that the next block is a start."""
        self._stream_id = None
        self._expected = 0
        self._again = self._repeated = 0
