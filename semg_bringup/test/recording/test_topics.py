# SPDX-License-Identifier: Apache-2.0
import pytest

from semg_bringup.recording.topics import TOPICS, choose, resolve
from semg_driver.recordings.recording import RecordingError


def test_without_a_choice_everything_is_recorded():
    assert choose([]) == TOPICS


def test_a_star_chooses_several():
    assert [t.name for t in choose(["gesture/*"])] == ["gesture/probabilities", "gesture/event"]


def test_one_member_of_a_family_can_be_chosen():
    (topic,) = choose(["emg/mpf/wrist"])
    assert (topic.name, topic.kind) == ("emg/mpf/wrist", "semg_msgs/msg/MpfFrame")
    assert not topic.is_family


def test_absolute_names_are_found_with_and_without_slash():
    assert choose(["diagnostics"]) == choose(["/diagnostics"])


def test_unknown_topics_are_refused_with_those_that_are_known():
    with pytest.raises(RecordingError, match=r"--topics emg/wrong: no such topic; .*emg/raw"):
        choose(["emg/wrong"])


@pytest.mark.parametrize(
    ("namespace", "name", "resolved"),
    [
        ("", "emg/raw", "/emg/raw"),
        ("/", "emg/raw", "/emg/raw"),
        ("/left", "emg/raw", "/left/emg/raw"),
        ("/left", "/diagnostics", "/diagnostics"),
    ],
)
def test_names_are_resolved_as_ros_does(namespace, name, resolved):
    assert resolve(namespace, name) == resolved
