# SPDX-License-Identifier: Apache-2.0
"""The profiles that come with the package."""

from pathlib import Path

import pytest

from semg_teleop.intent import Intent
from semg_teleop.mapping.mapper import Mapper
from semg_teleop.profile.profile import GESTURES, OutputKind
from semg_teleop.profile.reading import load_profile

FOLDER = Path(__file__).parents[2] / "profiles"
PROFILES = sorted(FOLDER.glob("*.yaml"))


@pytest.fixture(params=PROFILES, ids=lambda path: path.stem)
def profile(request):
    return load_profile(request.param)


def test_there_is_one_for_every_kind_of_robot():
    assert [path.stem for path in PROFILES] == [
        "arm_cartesian",
        "arm_joints",
        "media",
        "mobile_base",
        "mobile_base_unstamped",
    ]


def test_each_is_called_as_its_file(profile):
    assert profile.name == Path(profile.path).stem
    assert profile.description


def test_each_fits_the_default_decoder_and_takes_a_deliberate_act(profile):
    assert profile.gestures == GESTURES
    assert profile.engagement.arm == ("thumb_click",) * 3
    assert profile.engagement.hold
    assert profile.engagement.hold_for >= 0.5


def test_each_has_its_growth_limited_wherever_something_moves(profile):
    for output in profile.outputs:
        if output.kind not in (OutputKind.JOY, OutputKind.TEXT):
            assert all(0.0 < group.growth <= 5.0 * group.largest for group in output.limits)


def test_no_mode_can_ask_for_more_than_the_limits(profile):
    held = {"index", "middle"}
    for mode in profile.modes:
        mapper = Mapper(profile)
        for event in mode.enter[:1]:
            mapper.step(Intent(events=(event,)), True, 0.01)
        assert mapper.mode == mode.name
        for gesture in held:
            mapper.step(Intent(events=(f"{gesture}_press",), held=frozenset({gesture})), True, 0.01)
            for travel in (9.0, -18.0):
                intent = Intent(frozenset({gesture}), (), travel, 100.0 * travel)
                vectors = mapper.step(intent, True, 0.01).vectors
                for output in profile.outputs:
                    for group in output.limits:
                        parts = [vectors[output.name][i] for i in group.components]
                        assert sum(part**2 for part in parts) <= group.largest**2


def drive(name, gesture, travel, enter=()):
    mapper = Mapper(load_profile(FOLDER / f"{name}.yaml"))
    held = frozenset({gesture})
    mapper.step(Intent(events=enter), False, 0.01)
    mapper.step(Intent(events=(f"{gesture}_press",), held=held), False, 0.01)
    return mapper.step(Intent(held=held, wrist_travel=travel), True, 0.01).vectors


@pytest.mark.parametrize("name", ["mobile_base", "mobile_base_unstamped"])
def test_a_base_drives_by_index_and_turns_on_the_spot_by_middle(name):
    assert drive(name, "index", 0.6)["base"] == (0.25, 0.0, 0.0, 0.0, 0.0, 0.7)
    assert drive(name, "middle", -0.6)["base"] == (0.0, 0.0, 0.0, 0.0, 0.0, -0.7)
    assert drive(name, "index", 0.0, ("thumb_down",))["base"][0] == -0.15
    assert not any(drive(name, "index", 0.6, ("thumb_in",))["base"])


def test_the_two_bases_differ_in_their_message_alone():
    stamped = load_profile(FOLDER / "mobile_base.yaml")
    plain = load_profile(FOLDER / "mobile_base_unstamped.yaml")
    assert stamped.modes == plain.modes
    assert stamped.engagement == plain.engagement
    assert stamped.outputs[0].limits == plain.outputs[0].limits
    assert (stamped.outputs[0].kind, plain.outputs[0].kind) == (
        OutputKind.TWIST_STAMPED,
        OutputKind.TWIST,
    )


@pytest.mark.parametrize("name", ["arm_cartesian", "arm_joints"])
def test_an_arm_moves_along_one_axis_at_a_time_and_each_can_be_reached(name):
    profile = load_profile(FOLDER / f"{name}.yaml")
    output = profile.outputs[0]
    moved = set()
    for mode in profile.modes:
        for gesture in ("index", "middle"):
            vector = drive(name, gesture, 0.6, mode.enter)[output.name]
            axes = {component for component, value in enumerate(vector) if value}
            assert len(axes) <= 1
            moved |= axes
    assert moved == set(range(len(output.components)))


def test_media_writes_and_presses_on_a_swipe():
    mapper = Mapper(load_profile(FOLDER / "media.yaml"))
    mapper.step(Intent(), True, 0.01)
    command = mapper.step(Intent(events=("thumb_out",)), True, 0.01)
    assert command.vectors["joy"] == (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
    assert [(text.output, text.text) for text in command.texts] == [("words", "next")]
