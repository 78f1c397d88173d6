# SPDX-License-Identifier: Apache-2.0
"""Facts in sections: as tables on a terminal, as aligned text elsewhere, or as JSON."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TextIO


@dataclass(frozen=True)
class Section:
    """A titled table.

    Attributes
    ----------
    title : str
        What it is about.
    rows : sequence of sequence of str
        Cells.
    columns : sequence of str
        Headings; empty for names with their values.
    """

    title: str
    rows: Sequence[Sequence[str]]
    columns: Sequence[str] = ()


@dataclass(frozen=True)
class Report:
    """What is known of something.

    Attributes
    ----------
    title : str
        What it is.
    facts : dict
        Everything, for programs; only what JSON knows.
    sections : sequence of Section
        The same, for people.
    """

    title: str
    facts: dict[str, Any]
    sections: Sequence[Section]


def show(report: Report, *, as_json: bool = False, stream: TextIO | None = None) -> None:
    """Print a report in the form that suits where it goes."""
    out = sys.stdout if stream is None else stream
    if as_json:
        print(json.dumps(without_infinity(report.facts), indent=2, ensure_ascii=False), file=out)
    elif out.isatty():
        _show_tables(report, out)
    else:
        print(plain(report), file=out)


def plain(report: Report) -> str:
    """Return a report as aligned text."""
    parts = [report.title]
    for section in report.sections:
        rows = [list(section.columns), *section.rows] if section.columns else list(section.rows)
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        parts += ["", f"{section.title}:"]
        parts += [
            "  "
            + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
    return "\n".join(parts)


def without_infinity(value: Any) -> Any:
    """Return `value` with numbers that JSON cannot hold as None."""
    if isinstance(value, dict):
        return {str(key): without_infinity(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_infinity(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _show_tables(report: Report, stream: TextIO) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream, highlight=False)
    console.print(Text(report.title, style="bold"))
    for section in report.sections:
        table = Table(
            title=section.title,
            title_justify="left",
            title_style="bold cyan",
            box=SIMPLE if section.columns else None,
            show_header=bool(section.columns),
            pad_edge=False,
        )
        for i, heading in enumerate(section.columns or ("", "")):
            table.add_column(heading, style="" if i else "dim", overflow="fold")
        for row in section.rows:
            table.add_row(*(Text(cell) for cell in row))
        console.print()
        console.print(table)
