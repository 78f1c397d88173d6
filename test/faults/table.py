# SPDX-License-Identifier: Apache-2.0
"""The table of faults, in markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from test.faults.trials import Stop

AIM_S = 0.15
DEADLINE_S = 0.25


def markdown(stops: Mapping[str, Sequence[Stop]], missing: Mapping[str, str]) -> str:
    """Return one row for each fault.

    Parameters
    ----------
    stops : mapping of str to sequence of Stop
        What came of each time, by the name of the fault.
    missing : mapping of str to str
        Why other faults could not be made.
    """
    lines = ["| fault | times | median, ms | slowest, ms |", "|---|---|---|---|"]
    for name, found in stops.items():
        seconds = [stop.seconds for stop in found]
        if seconds:
            middle, slowest = (f"{1e3 * value:.0f}" for value in (median(seconds), max(seconds)))
            lines.append(f"| {name} | {len(seconds)} | {middle} | {slowest} |")
    every = [stop.seconds for found in stops.values() for stop in found]
    if every:
        lines.append(f"| **all** | {len(every)} | {1e3 * median(every):.0f} "
                     f"| **{1e3 * max(every):.0f}** |")  # fmt: skip
    lines += [f"| {name} | 0 | not measured: {reason} | |" for name, reason in missing.items()]
    return "\n".join(lines)


def misses(stops: Mapping[str, Sequence[Stop]], limit: float) -> list[str]:
    """Return one line for each stop that took longer than `limit` s."""
    return [
        f"{name}: {1e3 * stop.seconds:.0f} ms; teleop: {stop.reason}"
        for name, found in stops.items()
        for stop in found
        if stop.seconds > limit
    ]
