# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from semg_bringup.evaluation.markdown import to_markdown
from semg_bringup.evaluation.people.gestures import GestureScore
from semg_bringup.evaluation.people.handwriting import WritingScore
from semg_bringup.evaluation.people.report import report_people
from semg_bringup.evaluation.simulated_people import Evaluation, Pair, PersonResult
from semg_decoders.evaluation.cler import GestureErrors
from semg_decoders.evaluation.text_error import TextErrors
from semg_decoders.evaluation.velocity import VelocityScore


def gestures(right, missed, false):
    done = GestureErrors({("thumb_in", "thumb_in"): right, ("thumb_in", None): missed}, {}, 60.0)
    return GestureScore(done, {"rest": GestureErrors({}, {"thumb_in": false}, 60.0)})


@pytest.fixture
def evaluation():
    people = (
        PersonResult(
            1,
            Pair(gestures(9, 1, 0), gestures(5, 5, 4)),
            Pair(VelocityScore(100, 0.9, 10.0, 40.0), VelocityScore(100, 0.5, 30.0, 40.0)),
            Pair(WritingScore(3, TextErrors(1, 0, 0, 10), None), None),
        ),
        PersonResult(
            2,
            Pair(gestures(7, 3, 3), gestures(5, 5, 0)),
            Pair(VelocityScore(100, 0.7, 30.0, 50.0), VelocityScore(100, math.nan, 40.0, 50.0)),
            Pair(WritingScore(3, TextErrors(0, 3, 0, 10), None), None),
        ),
    )
    return Evaluation(2.0, 1.5, 0.75, people)


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_each_person_has_a_row_and_then_come_mean_and_worst(evaluation):
    tables = to_markdown(report_people(evaluation)).split("\n\n")
    rows = [cells(line) for line in tables[1].splitlines()]
    assert rows[0][1:4] == ["CLER", "missed, %", "false events/min of null activity"]
    assert rows[0][4] == "linear: CLER"
    assert [row[0] for row in rows[2:]] == ["1", "2", "**mean**", "**worst**"]
    assert [row[2] for row in rows[2:]] == ["10.0", "30.0", "20.0", "30.0"]
    assert [row[6] for row in rows[2:]] == ["4.00", "0.00", "2.00", "4.00"]


def test_the_worst_correlation_is_the_lowest_and_what_is_undefined_is_left_out(evaluation):
    report = report_people(evaluation)
    wrist = report.facts["summary"]["wrist"]
    assert wrist["correlation"]["worst"] == 0.7
    assert wrist["linear_correlation"] == {"mean": 0.5, "worst": 0.5}
    assert wrist["error_ratio"] == {"mean": pytest.approx(0.425), "worst": 0.6}
    assert wrist["mean_speed_deg_per_s"]["mean"] == 45.0


def test_a_search_that_no_bundle_makes_has_no_column(evaluation):
    handwriting = report_people(evaluation).sections[2]
    assert list(handwriting.columns) == ["person (seed)", "CER, %"]
    assert [row[1] for row in handwriting.rows] == ["10.0", "30.0", "20.0", "30.0"]


def test_what_was_done_is_said(evaluation):
    title = report_people(evaluation).title
    assert "crosses 0.75" in title
    assert "1.5 times as far" in title
    assert "simulated" in title
    facts = report_people(evaluation).facts
    assert facts["people"][1]["gestures"]["missed_percent"] == 30.0
    assert facts["people"][1]["linear_handwriting"] is None
