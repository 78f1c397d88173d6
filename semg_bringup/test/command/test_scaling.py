# SPDX-License-Identifier: Apache-2.0
"""``semg scaling`` trains what is missing, and draws what is there."""

import pytest

from semg_bringup.command.main import main

ROWS = "task,people,person,deg_per_s,of_zero\n" + "".join(
    f"wrist,{people},{person},{(10 + person - 701) * people**-0.5:.6g},0.5\n"
    for people in (1, 4, 16)
    for person in (701, 702, 703)
)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "scaling-wrist.csv"
    path.write_text(ROWS)
    return path


def test_a_table_is_drawn_again_without_training(table, capsys):
    pytest.importorskip("matplotlib", reason="matplotlib is needed to draw figures")
    assert main(["scaling", "--figure-only", str(table)]) == 0
    out = capsys.readouterr().out
    assert "wrist: deg_per_s = 11 · N^(-0.50)" in out
    assert f"{table.with_suffix('.png')}: 3 numbers of people, 3 held out" in out
    assert table.with_suffix(".png").stat().st_size > 10_000
    assert table.read_text() == ROWS


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--task", "wrist", "--output", "x"], "--people: is needed"),
        (["--figure-only", "TABLE", "--task", "wrist"], "--figure-only: without --task"),
        (["--figure-only", "TABLE", "--error", "cler"], "no such column"),
        (["--figure-only", "nowhere.csv"], "nowhere.csv: No such file"),
    ],
)
def test_what_cannot_be_drawn_or_trained_is_refused_in_one_line(words, said, table, capsys):
    words = [str(table) if word == "TABLE" else word for word in words]
    assert main(["scaling", *words]) == 2
    last = capsys.readouterr().err.strip()
    assert last.startswith("semg scaling: ")
    assert said in last
    assert "\n" not in last


def test_a_finished_table_outlives_a_command_that_is_refused(table, capsys, monkeypatch):
    pytest.importorskip("torch", reason="torch is only installed for training")
    monkeypatch.setenv("SEMG_CACHE", str(table.parent / "cache"))
    words = ["--task", "wrist", "--size", "published", "--people", "1,3"]
    assert main(["scaling", *words, "--output", str(table.parent)]) == 2
    assert "--steps: must be given" in capsys.readouterr().err
    assert table.read_text() == ROWS


def test_numbers_of_people_are_whole_and_above_zero(capsys):
    with pytest.raises(SystemExit):
        main(["scaling", "--task", "wrist", "--output", "x", "--people", "3,0"])
    assert "0 is less than 1" in capsys.readouterr().err
