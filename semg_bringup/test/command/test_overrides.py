# SPDX-License-Identifier: Apache-2.0
import argparse

import pytest

from semg_bringup.command.overrides import node_names, overrides, parse_parameter
from semg_bringup.command.refusal import CommandError
from semg_bringup.command.run import add_arguments
from semg_bringup.graph import NODE_NAMES


def options(*arguments):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args([str(argument) for argument in arguments])


def test_without_options_the_parameter_file_decides():
    assert overrides(options()) == {}


def test_a_person_is_simulated():
    assert overrides(options("--person", 7, "--rate", 2)) == {
        "driver": {"device": "simulator", "simulator.person": 7, "simulator.rate": 2.0}
    }


def test_a_recording_waits_for_those_who_consume_it():
    driver = overrides(options("--recording", "x.hdf5", "--rate", 0))["driver"]
    assert driver["device"] == "replay"
    assert driver["replay.path"] == "x.hdf5"
    assert driver["replay.rate"] == 0.0
    assert "gesture_decoder" in driver["wait_for"]


def test_handwriting_is_decoded_where_its_bundle_is_named():
    assert node_names(options()) == list(NODE_NAMES)
    named = options("--handwriting", "mine", "-p", "handwriting_decoder.decoder:=beam")
    assert node_names(named) == [*NODE_NAMES, "handwriting_decoder"]
    assert overrides(named) == {"handwriting_decoder": {"bundle": "mine", "decoder": "beam"}}
    played = overrides(options("--recording", "x.hdf5", "--handwriting", "mine"))
    assert "handwriting_decoder" in played["driver"]["wait_for"]
    alone = options("--nodes", "handwriting_decoder", "--handwriting", "mine")
    assert node_names(alone) == ["handwriting_decoder"]


def test_parameters_of_handwriting_without_its_bundle_are_refused():
    with pytest.raises(CommandError, match="does not run without --handwriting BUNDLE"):
        overrides(options("-p", "handwriting_decoder.decoder:=beam"))


def test_a_robot_is_driven_where_a_profile_is_named():
    named = options("--teleop", "mobile_base", "-p", "teleop.dead_man:=bool")
    assert node_names(named) == [*NODE_NAMES, "teleop"]
    assert overrides(named) == {"teleop": {"profile": "mobile_base", "dead_man": "bool"}}


def test_a_recording_does_not_wait_for_a_robot():
    played = overrides(options("--recording", "x.hdf5", "--teleop", "mobile_base"))
    assert played["driver"]["wait_for"] == [name for name in NODE_NAMES if name != "driver"]


def test_parameters_of_teleoperation_without_its_profile_are_refused():
    with pytest.raises(CommandError, match="does not run without --teleop PROFILE"):
        overrides(options("-p", "teleop.dead_man:=bool"))


def test_other_devices_have_a_rate_of_their_own():
    assert overrides(options("--device", "band", "--rate", 3)) == {
        "driver": {"device": "band", "band.rate": 3.0}
    }


def test_parameters_come_last():
    found = overrides(options("--person", 7, "-p", "driver.simulator.person:=8"))
    assert found["driver"]["simulator.person"] == 8


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("gesture_decoder.threshold:=0.7", ("gesture_decoder", "threshold", 0.7)),
        ("driver.simulator.script:=rest", ("driver", "simulator.script", "rest")),
        ("driver.wait_for:=[a, b]", ("driver", "wait_for", ["a", "b"])),
        ("preprocessor.mpf:=false", ("preprocessor", "mpf", False)),
    ],
)
def test_values_are_read_as_ros_does(text, parsed):
    assert parse_parameter(text) == parsed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("threshold:=0.7", "must be NODE.PARAMETER:=VALUE"),
        ("driver.rate", "must be NODE.PARAMETER:=VALUE"),
        ("juggler.rate:=1", "no node 'juggler'; there are: driver"),
        ("driver.rate:={a: 1}", "must be a number"),
        ("driver.rate:=[1", "cannot be read"),
        ("driver.rate:=&a [*a]", "cannot be read"),
    ],
)
def test_what_is_no_parameter_is_refused(text, said):
    with pytest.raises(CommandError, match=said):
        parse_parameter(text)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--recording", "x", "--device", "simulator"],
        ["--person", "1", "--device", "replay"],
        ["--person", "1", "--recording", "x"],
    ],
)
def test_options_that_contradict_each_other_are_refused(arguments):
    with pytest.raises(CommandError, match="is for --device"):
        overrides(options(*arguments))
