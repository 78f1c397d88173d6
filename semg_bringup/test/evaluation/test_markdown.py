# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from rich.cells import cell_len

from semg_bringup.command.report import Report, Section
from semg_bringup.evaluation.markdown import table, to_markdown


def test_columns_are_aligned_also_under_wide_characters():
    lines = table(("name", "n"), [("pinch 🤏", "1"), ("a", "100")]).splitlines()
    assert lines == [
        "| name     | n   |",
        "|----------|-----|",
        "| pinch 🤏 | 1   |",
        "| a        | 100 |",
    ]
    assert len({cell_len(line) for line in lines}) == 1


def test_text_does_not_break_the_table():
    assert table(("text",), [("a|b\\",)]).splitlines()[-1] == "| a\\|b\\\\ |"


def test_a_report_is_its_tables_and_then_what_they_mean():
    report = Report("What it means.", {}, [Section("wrist", [("1",)], ("error",))])
    assert to_markdown(report) == ("**wrist**\n\n| error |\n|-------|\n| 1     |\n\nWhat it means.")
