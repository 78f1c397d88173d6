# SPDX-License-Identifier: Apache-2.0
"""What happened to a stream so far."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class StreamStatistics:
    """Counts since the assembler was made.

    Attributes
    ----------
    blocks : int
        Blocks that the device handed over.
    samples : int
        Samples passed on.
    streams : int
        Streams begun.
    gaps, lost_samples : int
        Jumps of the sample index within a stream, and the samples missing there.
    repeated_samples : int
        Samples dropped as they had been passed on before, or came too late to be put in place.
    reordered_blocks : int
        Blocks put back into their place.
    """

    blocks: int = 0
    samples: int = 0
    streams: int = 0
    gaps: int = 0
    lost_samples: int = 0
    repeated_samples: int = 0
    reordered_blocks: int = 0
