# SPDX-License-Identifier: Apache-2.0
"""The pilot gets an imagined robot around the course, whatever goes wrong on the way."""

import dataclasses
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from semg_bringup.command.refusal import CommandError
from semg_teleop.profile.lookup import find_profile
from semg_teleop.profile.profile import WristAngle
from semg_teleop.profile.reading import load_profile
from test.course.course import SLALOM, Course, Progress
from test.course.keeping import keep, kept
from test.course.pilot import REACTION_S, Pilot
from test.course.report import to_markdown
from test.course.result import Drive, Gesture, Stop, match
from test.course.sight import Eyes, Sight
from test.course.steering import Steering, deflection
from test.imagined_robot import STEP_S, Flaws, ImaginedRobot

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 180.0
PERSON = 5109


def imagined(flaws, seed, course=SLALOM):
    robot, pilot, progress = ImaginedRobot(flaws, seed), Pilot(course), Progress(course)
    asked = []
    while robot.time < PATIENCE_S and not pilot.is_done:
        hand = pilot.step(robot.time, robot.sight)
        asked += [(robot.time, intent) for intent in hand]
        robot.ask(hand)
        robot.step()
        progress.come_to(robot.time, robot.sight.x, robot.sight.y)
    return robot, progress, asked


def sight(**changes):
    return dataclasses.replace(Sight(0.0, 0.0, 0.0, 0.0, 0.0, False, False, "drive"), **changes)


@pytest.mark.parametrize("seed", range(30))
def test_the_pilot_goes_around_the_course_though_gestures_are_missed_and_mistaken(seed):
    robot, progress, _ = imagined(Flaws(wrist_gain=0.85 + 0.01 * seed), seed)
    assert len(progress.reached) == len(SLALOM.waypoints)
    assert not progress.left_floor
    assert robot.sight.is_still


def test_without_flaws_it_arms_once():
    _, progress, asked = imagined(Flaws(0.0, 0.0, 0.0, 1.0, 0.0), 0)
    assert len(progress.reached) == len(SLALOM.waypoints)
    assert [intent.gesture for _, intent in asked].count("thumb_click") == 3


def test_a_press_is_always_released_before_the_next_one():
    _, _, asked = imagined(Flaws(), 7)
    held = ""
    for _, intent in asked:
        if intent.gesture.endswith("_press"):
            assert not held
            held = intent.gesture.removesuffix("_press")
        elif intent.gesture.endswith("_release"):
            assert intent.gesture == f"{held}_release"
            held = ""
    assert not held


def test_the_wrist_stays_within_60_degrees():
    _, _, asked = imagined(Flaws(wrist_drift=0.1), 3)
    angles = [i.wrist_angle for _, i in asked if not math.isnan(i.wrist_angle)]
    assert angles
    assert max(map(abs, angles)) <= math.radians(60)


def test_a_robot_that_drives_on_after_the_release_is_stopped_by_another_gesture():
    pilot = Pilot(Course(((1.0, 0.0),), 0.3, (-9.0, -9.0), (9.0, 9.0)))
    asked, at, armed = [], 0.0, False
    while at < 12.0:
        clicks = [name for name in asked if name == "thumb_click"]
        armed |= len(clicks) == 3
        pressed = "index_press" in asked
        arrived = 1.0 if at > 8.0 else 0.0
        view = sight(x=arrived, armed=armed, engaged=pressed, speed=0.25 * pressed)
        asked += [intent.gesture for intent in pilot.step(at, view) if intent.gesture]
        at += STEP_S
    assert asked[:5] == [*3 * ["thumb_click"], "index_press", "index_release"]
    assert set(asked[5:]) == {"thumb_click"}


def test_another_mode_is_left_before_anything_is_pressed():
    pilot = Pilot(SLALOM)
    asked = [
        intent.gesture
        for step in range(100)
        for intent in pilot.step(step * STEP_S, sight(armed=True, mode="reverse"))
    ]
    assert asked
    assert set(asked) == {"thumb_up"}


def test_nothing_is_seen_before_the_reaction_time():
    eyes = Eyes(REACTION_S)
    times = [step * STEP_S for step in range(50)]
    seen = [eyes.look(at, sight(x=at)) for at in times]
    for at, view in zip(times, seen, strict=True):
        assert (view is None) == (at < REACTION_S - 1e-9)
        assert view is None or at - view.x >= REACTION_S - 1e-9


@pytest.mark.parametrize("turning", [-0.7, -0.3, -0.05, 0.0, 0.1, 0.5, 0.7])
def test_the_wearer_has_learnt_the_response_of_the_profile(turning):
    profile = load_profile(find_profile("mobile_base"))
    (binding,) = (b for b in profile.modes[0].bindings if isinstance(b.source, WristAngle))
    response = binding.source.response
    share = max(abs(deflection(turning)) / response.full - response.dead_band, 0.0)
    turns = binding.value * (share / (1.0 - response.dead_band)) ** response.curve
    assert math.copysign(turns, turning) == pytest.approx(turning)


def test_a_stroke_that_had_no_effect_is_followed_by_another_one_once_that_is_seen():
    steering = Steering()
    steering.begin(0.0, 0.0)
    asked = {at: steering.stroke(at, 0.3, 0.0) for at in (0.0, 0.3, 0.6, 1.0, 1.3)}
    assert asked[0.0] > 0
    assert asked[0.3] is asked[0.6] is asked[1.3] is None
    assert asked[1.0] >= 2 * asked[0.0]


def test_who_is_stopped_by_strokes_makes_smaller_ones():
    steering, sizes = Steering(), []
    for hold in range(20):
        steering.begin(10.0 * hold, 0.0)
        sizes.append(steering.stroke(10.0 * hold, 0.7, 0.0))
        steering.interrupted()
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 2 * sizes[-1] > 0


def test_waypoints_count_in_their_order_only():
    course = Course(((1.0, 0.0), (2.0, 0.0)), 0.3, (-1.0, -1.0), (3.0, 1.0))
    progress = Progress(course)
    for at, x in enumerate((0.0, 2.0, 1.0, 1.5, 2.0)):
        progress.come_to(at, x, 0.0)
    assert progress.reached == (2, 4)
    assert progress.length == pytest.approx(4.0)
    assert progress.next_waypoint is None


def test_leaving_the_floor_is_not_forgotten():
    progress = Progress(SLALOM)
    for at, x in enumerate((0.0, -0.7, 0.0)):
        progress.come_to(at, x, 0.0)
    assert progress.left_floor


def test_the_course_lies_on_its_floor_and_within_4_by_3_m():
    for x, y in SLALOM.waypoints:
        assert SLALOM.holds(x, y)
    xs, ys = zip((0.0, 0.0), *SLALOM.waypoints, strict=True)
    assert max(xs) - min(xs) <= 4.0
    assert max(ys) - min(ys) <= 3.0


DRIVE = Drive(
    person=3,
    path=((0.0, 0.0), (0.5, 0.25)),
    reached=(7.5, 20.0),
    length=2.5,
    engagements=4,
    stops=(Stop(3.0, "released"), Stop(9.0, "own cycle took 142 ms, must be at most 100 ms")),
    asked=9,
    missed=(Gesture(2.0, "index_press"),),
    false=(Gesture(2.25, "thumb_click"),),
    failure="",
)


def test_a_drive_that_was_kept_is_the_same_and_not_taken_under_other_conditions(tmp_path):
    assert kept(tmp_path, {"time_limit": 180.0}) is None
    keep(tmp_path, DRIVE, {"time_limit": 180.0})
    assert kept(tmp_path, {"time_limit": 180.0}) == DRIVE
    with pytest.raises(CommandError, match=r"was driven with another time_limit"):
        kept(tmp_path, {"time_limit": 60.0})
    (tmp_path / "drive.json").write_text("[]")
    with pytest.raises(CommandError, match=r"drive\.json: is no drive that was kept"):
        kept(tmp_path, {"time_limit": 180.0})


def test_each_decoded_gesture_answers_one_that_was_done():
    asked = [Gesture(1.0, "thumb_click"), Gesture(1.5, "thumb_click"), Gesture(4.0, "index_press")]
    decoded = [
        Gesture(1.3, "thumb_click"),
        Gesture(4.2, "thumb_click"),
        Gesture(9.0, "index_press"),
    ]
    missed, false = match(asked, decoded)
    assert missed == (Gesture(1.5, "thumb_click"), Gesture(4.0, "index_press"))
    assert false == (Gesture(4.2, "thumb_click"), Gesture(9.0, "index_press"))


def test_the_table_counts_who_succeeded_and_says_why_others_did_not():
    failed = dataclasses.replace(DRIVE, person=4, failure="left the floor after waypoint 2")
    text = to_markdown([DRIVE, failed], "make course", "load average 1.0")
    rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]
    assert ["", "3", "yes", "20", "2.5", "4", "1", "1", "9", "1", ""] in rows
    assert ["", "4", "no", "-", "2.5", "4", "1", "1", "9", "1", ""] in rows
    assert "1 of 2 simulated people succeeded. `make course`; load average 1.0." in text
    assert "* person 4: left the floor after waypoint 2" in text
    assert "* 2 times: own cycle took ... ms, must be at most 100 ms" in text


def course(*options, timeout=60):
    return subprocess.run(
        [sys.executable, "-m", "test.course", *map(str, options)],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--first-person", 999_990], "models are trained on the others"),
        (["--gestures", "no/where"], "no/where: no bundle folder and no installed bundle"),
        (["--profile", "mobile_bass"], "mobile_bass: no profile file and no installed profile"),
        (["--figure", "course.bmp"], "--figure course.bmp: must end with .png or .svg"),
        (["--csv", "no/where.csv"], "--csv no/where.csv: there is no folder no"),
        (["--waypoints", 9], "--waypoints 9: the course has 5"),
    ],
)
def test_what_cannot_be_driven_is_refused_in_one_line(options, words):
    finished = course(*options)
    assert finished.returncode == 2
    (line,) = finished.stderr.splitlines()
    assert line.startswith("course: ")
    assert words in line


def test_a_simulated_person_drives_to_the_first_waypoint_by_emg(tmp_path):
    pytest.importorskip("matplotlib", reason="figures need matplotlib")
    finished = course(
        *("--people", 1, "--first-person", PERSON, "--waypoints", 1, "--logs", tmp_path),
        *("--figure", tmp_path / "course.svg", "--csv", tmp_path / "course.csv"),
        timeout=300,
    )
    assert finished.returncode == 0, finished.stderr
    assert "1 of 1 simulated people succeeded" in finished.stdout, finished.stdout
    header, row = (tmp_path / "course.csv").read_text().splitlines()
    drive = dict(zip(header.split(","), row.split(","), strict=True))
    assert drive["success"] == "1"
    assert 0.8 < float(drive["path_m"]) < 3.0
    assert (tmp_path / "course.svg").stat().st_size > 1000
