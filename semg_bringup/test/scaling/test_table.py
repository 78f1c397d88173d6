# SPDX-License-Identifier: Apache-2.0
"""What is written row by row is read as a table."""

import io
import math

import numpy as np
import pytest

from semg_bringup.command.refusal import CommandError
from semg_bringup.scaling.table import ScalingFile, read_scaling


def test_rows_come_back_as_a_table_with_what_is_no_number(tmp_path):
    path = tmp_path / "scaling-gestures.csv"
    with path.open("w", newline="") as file:
        rows = ScalingFile(file, "gestures")
        rows.add(3, 701, {"cler": 0.25, "misses": 0.5})
        rows.add(1, 702, {"cler": 0.5, "misses": 0.125})
        rows.add(1, 701, {"cler": math.nan, "misses": 1.0})
        rows.add(3, 702, {"cler": 0.125, "misses": 0.0})
    table = read_scaling(path)
    assert table.task == "gestures"
    assert table.people.tolist() == [1, 3]
    assert table.persons == (701, 702)
    np.testing.assert_array_equal(table.errors["cler"], [[np.nan, 0.5], [0.25, 0.125]])
    np.testing.assert_array_equal(table.errors["misses"], [[1.0, 0.125], [0.5, 0.0]])


def test_a_row_is_in_the_file_before_the_next_one_comes():
    file = io.StringIO()
    ScalingFile(file, "wrist").add(1, 701, {"deg_per_s": 12.5})
    assert file.getvalue().splitlines() == ["task,people,person,deg_per_s", "wrist,1,701,12.5"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "not a table that semg scaling wrote"),
        ("a,b\n1,2\n", "must have rows, and the columns task, people, person and errors"),
        ("task,people,person,cler\n", "must have rows"),
        ("task,people,person,cler\nwrist,one,701,3\n", "'one'"),
        ("task,people,person,cler\nwrist,0,701,3\n", "people: 0, must be at least 1"),
        ("task,people,person,cler\nwrist,1,701,3\ngestures,1,702,3\n", "must be one"),
    ],
)
def test_what_is_no_such_table_is_refused_in_one_line(content, said, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(content)
    with pytest.raises(CommandError) as refused:
        read_scaling(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
