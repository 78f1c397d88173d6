# SPDX-License-Identifier: Apache-2.0
import os
import resource
import signal
import subprocess
import sys

import pytest
from rosbags.highlevel import AnyReader
from rosbags.interfaces import QosDurability

from semg_bringup.recording.bag_writer import BagWriter
from semg_bringup.recording.topics import TOPICS
from semg_driver.recordings.recording import RecordingError

EVENT = "semg_msgs/msg/GestureEvent"

# Writes numbered messages until it cannot; then closes and says how many it was told are written.
WRITE_FOREVER = """
import itertools, sys
from pathlib import Path
from semg_bringup.recording.bag_writer import BagWriter
from semg_driver.recordings.recording import RecordingError
writer = BagWriter(Path(sys.argv[1]), block_duration=0.005)
writer.add_topic("/t", "semg_msgs/msg/GestureEvent", latched=False)
try:
    for i in itertools.count():
        writer.write("/t", i, i.to_bytes(8, "little") + bytes(2000))
        if i == 2000:
            print("going", flush=True)
except RecordingError as error:
    print(i, writer.close(), error, flush=True)
"""


def numbers(messages):
    return [int.from_bytes(data[:8], "little") for _, _, data in messages]


def test_a_bag_is_read_back_with_its_definitions(tmp_path):
    writer = BagWriter(tmp_path / "bag")
    for topic in TOPICS[:2]:
        writer.add_topic(f"/{topic.name}", topic.kind, latched=topic.latched)
    writer.write("/emg/info", 5, b"\x00\x01\x00\x00first")
    writer.write("/emg/raw", 6, b"\x00\x01\x00\x00second")
    assert writer.close()
    with AnyReader([tmp_path / "bag"]) as reader:
        assert [(c.topic, t, bytes(d)[4:]) for c, t, d in reader.messages()] == [
            ("/emg/info", 5, b"first"),
            ("/emg/raw", 6, b"second"),
        ]
        info = next(c for c in reader.connections if c.topic == "/emg/info")
        assert info.ext.offered_qos_profiles[0].durability == QosDurability.TRANSIENT_LOCAL
        assert "MSG: std_msgs/Header" in info.msgdef.data
        assert info.digest.startswith("RIHS01_")


def test_an_existing_folder_is_never_overwritten(tmp_path):
    (tmp_path / "bag").mkdir()
    with pytest.raises(RecordingError, match="exists already"):
        BagWriter(tmp_path / "bag")
    assert (tmp_path / "bag").is_dir()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError, match="cannot be written: Not a directory"):
        BagWriter(tmp_path / "file" / "bag")


def test_a_bag_without_messages_is_removed(tmp_path):
    writer = BagWriter(tmp_path / "bag")
    writer.add_topic("/t", EVENT, latched=False)
    assert not writer.close()
    assert not (tmp_path / "bag").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_a_full_disk_leaves_a_whole_bag_with_index(tmp_path):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(tmp_path)], check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        run = subprocess.run(
            [sys.executable, "-c", WRITE_FOREVER, tmp_path / "bag"],
            capture_output=True,
            text=True,
            check=True,
        )
        last, indexed, error = run.stdout.splitlines()[-1].split(" ", 2)
        assert (indexed, error) == ("True", f"{tmp_path}/bag: No space left on device")
        with AnyReader([tmp_path / "bag"]) as reader:
            read = numbers((c.topic, t, d) for c, t, d in reader.messages())
        assert read == list(range(len(read)))
        assert len(read) >= int(last)
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_a_file_that_may_not_grow_is_whole_up_to_its_last_block(tmp_path, read_mcap):
    limit = 6 * 2**20
    run = subprocess.run(
        [sys.executable, "-c", WRITE_FOREVER, tmp_path / "bag"],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert "File too large" in run.stdout
    read = numbers(read_mcap(tmp_path / "bag" / "bag.mcap"))
    assert read == list(range(len(read)))
    assert len(read) * 2000 > limit - 1.5 * 2**20


def test_a_killed_process_leaves_what_it_wrote(tmp_path, read_mcap):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOREVER, tmp_path / "bag"], stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"going\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    read = numbers(read_mcap(tmp_path / "bag" / "bag.mcap"))
    assert read == list(range(len(read)))
    assert len(read) > 1000
    assert [file.name for file in (tmp_path / "bag").iterdir()] == ["bag.mcap"]
