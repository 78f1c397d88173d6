# SPDX-License-Identifier: Apache-2.0
import pytest
from rosbags.highlevel import AnyReader

pytest.importorskip("rclpy")

from semg_bringup.recording.local_recording import LocalRecording
from semg_bringup.recording.topics import TOPICS
from semg_driver.recordings.recording import RecordingError
from semg_msgs.msg import EmgChunk, EmgInfo, GestureEvent


def test_messages_of_this_process_are_recorded_without_dds(tmp_path):
    failures = []
    recording = LocalRecording(tmp_path / "bag", "/left", TOPICS, failures.append)
    recording.feed("/left/emg/raw", EmgChunk(stream_id=3, channels=2, data=[1.0] * 40))
    recording.feed("/left/emg/info", EmgInfo(stream_id=3, device="here"))
    recording.feed("/left/gesture/event", GestureEvent(name="thumb_up"))
    recording.feed("/left/not/recorded", GestureEvent(name="nothing"))
    summary = recording.close()
    assert failures == []
    assert "emg/info 1, emg/raw 1, gesture/event 1; no sample lost" in summary
    with AnyReader([tmp_path / "bag"]) as reader:
        read = [(c.topic, reader.deserialize(d, c.msgtype)) for c, _, d in reader.messages()]
    assert [topic for topic, _ in read] == [
        "/left/emg/info",
        "/left/emg/raw",
        "/left/gesture/event",
    ]
    assert read[0][1].device == "here"
    assert read[2][1].name == "thumb_up"


def test_a_recording_whose_folder_is_gone_has_failed_and_says_so(tmp_path):
    failures = []
    recording = LocalRecording(tmp_path / "bag", "", TOPICS, failures.append)
    recording.feed("/emg/raw", EmgChunk(stream_id=3, channels=2, data=[1.0] * 40))
    (tmp_path / "bag").rename(tmp_path / "elsewhere")
    recording.close()
    assert "has been moved or removed" in recording.failure
    assert failures


def test_a_link_to_nowhere_is_refused_in_one_line(tmp_path):
    (tmp_path / "bag").symlink_to(tmp_path / "nowhere")
    with pytest.raises(RecordingError, match="bag: there is something of that name already"):
        LocalRecording(tmp_path / "bag", "", TOPICS, print)
