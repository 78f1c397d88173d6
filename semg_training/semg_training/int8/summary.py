# SPDX-License-Identifier: Apache-2.0
"""What 8 bits changed, in words."""

from __future__ import annotations

from semg_training.int8.conversion import TEST_PEOPLE, Int8Report


def lines(report: Int8Report) -> list[str]:
    """Return a report line by line, for a terminal."""
    if not report.layers and not report.kept:
        return ["8 bits: no layer is large enough to gain by it; the bundle stays in float32"]
    if not report.layers:
        return [
            f"8 bits: every large layer changes {_tolerances(report, ' or ')} on simulated people; "
            "the bundle stays in float32"
        ]
    people = ", ".join(map(str, TEST_PEOPLE))
    found = [
        f"8 bits in {', '.join(layer.name for layer in report.layers)}: "
        f"{report.size_before / 1e6:.1f} MB became {report.size_after / 1e6:.1f} MB"
    ]
    if report.kept:
        names = ", ".join(layer.name for layer in report.kept)
        found.append(f"in float32 all the same, as 8 bits did harm there: {names}")
    found.append(f"on simulated people {people}:")
    found += [
        f"  {name}: {before:.4f} in float32, {report.after[name]:.4f} with 8 bits "
        f"({report.after[name] - before:+.4f})"
        for name, before in report.before.items()
    ]
    found += [
        f"  largest change of any output on {name}: {change:.2g}"
        for name, change in report.largest_changes.items()
    ]
    if not report.accepted:
        found.append(
            f"{_tolerances(report, ' and ')} is too much of a change: the bundle stays in float32"
        )
    return found


def _tolerances(report: Int8Report, word: str) -> str:
    """Return what must not happen."""
    each = [f"{name} by more than {accepted:g}" for name, accepted in report.tolerances.items()]
    return f"{', '.join(each[:-1])}{word}{each[-1]}" if each[1:] else each[0]
