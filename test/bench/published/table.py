# SPDX-License-Identifier: Apache-2.0
"""The published networks as tables, with the ratios that are aimed for."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from test.bench.published.ways import (
    ALL_AT_ONCE,
    CHUNK_BY_CHUNK,
    OURS_FLOAT32,
    OURS_INT8,
    WayFigures,
)
from test.bench.tables import new_table, verdict

_PARTS = ("MPF", "gestures", "wrist", "handwriting")
_P99_AIM_MS = 4.0
_RATIOS = (
    ("MPF, both windows", OURS_FLOAT32, ALL_AT_ONCE, "MPF", 1 / 3),
    ("everything in float32", OURS_FLOAT32, ALL_AT_ONCE, "", 1.25),
    ("everything in int8", OURS_INT8, ALL_AT_ONCE, "", 0.5),
    ("everything in float32", OURS_FLOAT32, CHUNK_BY_CHUNK, "", 0.1),
    ("everything in int8", OURS_INT8, CHUNK_BY_CHUNK, "", 0.04),
)


def published_tables(ways: Mapping[str, WayFigures]) -> tuple[Table, Table]:
    """Return what each way costs, and the ratios."""
    costs = new_table(
        "Networks of the published sizes on the same EMG, one thread, ms of CPU per s of EMG",
        "", *_PARTS, "all", "chunk p50, ms", "chunk p99, ms", "peak, MiB",
    )  # fmt: skip
    for way, figures in ways.items():
        costs.add_row(
            way,
            *(f"{1000 * figures.cpu[part]:.1f}" for part in _PARTS),
            f"{1000 * figures.total:.1f}",
            _number(figures.chunk_p50),
            _number(figures.chunk_p99),
            f"{figures.peak_mib:.0f}",
        )
    ratios = new_table("Ratios of that", "", "ratio", "aim", "")
    for words, ours, theirs, part, aim in _RATIOS:
        ratio = _cost(ways[ours], part) / _cost(ways[theirs], part)
        ratios.add_row(f"{words} to {theirs}", f"{ratio:.3f}", f"≤ {aim:.3g}", verdict(ratio, aim))
    p99 = ways[OURS_INT8].chunk_p99
    ratios.add_row(
        "p99 of a chunk in int8, ms", f"{p99:.2f}", f"≤ {_P99_AIM_MS:g}", verdict(p99, _P99_AIM_MS)
    )
    return costs, ratios


def _cost(figures: WayFigures, part: str) -> float:
    return figures.cpu[part] if part else figures.total


def _number(value: float) -> str:
    return "" if value != value else f"{value:.2f}"
