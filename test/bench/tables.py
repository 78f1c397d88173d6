# SPDX-License-Identifier: Apache-2.0
"""What all tables of the bench look like."""

from __future__ import annotations

from rich.table import Table


def new_table(title: str, *columns: str) -> Table:
    """Return an empty table: words in the first column, numbers in the others."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None)
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right", no_wrap=True)
    return table


def verdict(value: float, aim: float) -> str:
    """Say whether a figure is as small as aimed for; nothing if there is none."""
    if value != value:
        return ""
    return "met" if value <= aim else "missed"
