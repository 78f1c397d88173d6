# SPDX-License-Identifier: Apache-2.0
"""What personalising does is measured on another occasion, and summed up as it is said."""

import csv

import pytest

from semg_decoders.inference.lookup import installed_bundles
from test.personalisation.figure import draw
from test.personalisation.person import Personalised, Settings, personalise
from test.personalisation.report import (
    cut_of_medians,
    cut_of_worst,
    save_csv,
    to_markdown,
    worst_quarter,
)

PEOPLE = [
    Personalised(1, 10.0, 9.0),
    Personalised(2, 20.0, 16.0),
    Personalised(3, 30.0, 15.0),
    Personalised(4, 8.0, 8.0),
    Personalised(5, 40.0, 10.0),
]


def test_the_worst_quarter_are_those_with_most_errors_before():
    assert [person.person for person in worst_quarter(PEOPLE)] == [5, 3]
    assert cut_of_worst(PEOPLE) == pytest.approx(100 * (1 - 12.5 / 35))


def test_medians_are_compared_not_the_median_of_gains():
    assert cut_of_medians(PEOPLE) == pytest.approx(100 * (1 - 10 / 20))


def test_a_table_a_file_and_a_picture_name_everybody(tmp_path):
    table = to_markdown(PEOPLE)
    assert "| 3 | 30.0 | 15.0 | 50 |" in table
    assert "| **median** | **20.0** | **10.0** | **50** |" in table
    save_csv(PEOPLE, tmp_path / "people.csv")
    with (tmp_path / "people.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["person"] for row in rows] == ["1", "2", "3", "4", "5"]
    pytest.importorskip("matplotlib", reason="matplotlib draws the figure")
    draw(tmp_path / "people.png", PEOPLE)
    assert (tmp_path / "people.png").stat().st_size > 5000


@pytest.mark.skipif(
    "handwriting" not in installed_bundles(),
    reason="the default handwriting bundle is not installed: run `make train`",
)
def test_one_person_goes_all_the_way():
    pytest.importorskip("torch", reason="torch is only installed for training")
    options = ("--layers", "output", "--rates", "0.001", "--steps", "2")
    found = personalise(7490, Settings("handwriting", 0.8, 0.4, options))
    assert found.person == 7490
    assert 0 <= found.before < 100
    assert 0 <= found.after < 100
