# SPDX-License-Identifier: Apache-2.0
"""Reports as Markdown, readable on a terminal as well."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from semg_bringup.command.report import Report


def to_markdown(report: Report) -> str:
    """Return a report's tables, each under the name of its section, then its title."""
    parts = []
    for section in report.sections:
        parts += [f"**{section.title}**", table(section.columns, section.rows)]
    return "\n\n".join([*parts, report.title])


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose columns are aligned."""
    cells = [[_escaped(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(_padded(*pair) for pair in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - cell_len(cell))


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|")
