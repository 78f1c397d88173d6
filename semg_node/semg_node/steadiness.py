# SPDX-License-Identifier: Apache-2.0
"""Keeps Python's own pauses out of a data stream."""

from __future__ import annotations

import gc
import sys

SWITCH_S = 0.0005
"""How long the executor's thread may keep the interpreter from the thread with the data."""


def favour_the_stream() -> None:
    """Shorten the pauses of this process; to be called once all is imported and loaded.

    What is there by then stays for good: a full garbage collection that went through it all
    the same would hold the stream up for tens of milliseconds.
    """
    gc.freeze()
    sys.setswitchinterval(SWITCH_S)
