# SPDX-License-Identifier: Apache-2.0
"""Arithmetic on message stamps in integer nanoseconds."""

from __future__ import annotations

from builtin_interfaces.msg import Time

_SECOND = 1_000_000_000


def to_nanoseconds(stamp: Time) -> int:
    """Return a stamp in ns."""
    return int(stamp.sec) * _SECOND + int(stamp.nanosec)


def to_stamp(nanoseconds: int) -> Time:
    """Return `nanoseconds` as a stamp."""
    return Time(sec=nanoseconds // _SECOND, nanosec=nanoseconds % _SECOND)


def offset_ns(samples: float, sample_rate: float) -> int:
    """Return the length of `samples` samples in ns, rounded."""
    return round(samples * _SECOND / sample_rate)
