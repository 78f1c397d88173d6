# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
from rosbags.rosbag2 import CompressionFormat, CompressionMode, Reader, StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

from semg_driver.recordings.bag_writer import write_bag
from semg_driver.recordings.opening import open_recording
from semg_driver.recordings.recording import RecordingError, segments

STORAGES = ["mcap", "sqlite3"]


@pytest.fixture(params=STORAGES)
def storage(request):
    return request.param


@pytest.fixture
def bag(tmp_path):
    def write(blocks, *, name="bag", **options):
        write_bag(tmp_path / name, blocks, **options)
        return tmp_path / name

    return write


def joined(recording, *args):
    return np.concatenate([block.emg for block in recording.blocks(*args)])


def refusal(path, topic=""):
    with pytest.raises(RecordingError) as error:
        segments(open_recording(path, topic))
    assert "\n" not in str(error.value)
    return str(error.value)


def copy_messages(source, target, *, keep=lambda connection: True, **options):
    """Copy a bag by rosbags alone."""
    with Reader(source) as reader, Writer(target, version=9, **options) as writer:
        known = {
            connection.id: writer.add_connection(
                connection.topic, connection.msgtype, msgdef=connection.msgdef.data,
                rihs01=connection.digest,
            )
            for connection in reader.connections
            if keep(connection)
        }  # fmt: skip
        for connection, stamp, data in reader.messages():
            if connection.id in known:
                writer.write(known[connection.id], stamp, data)


def test_what_was_written_is_read(bag, make_blocks, make_info, storage):
    recording = open_recording(bag(make_blocks(100), storage=storage))
    assert recording.info == make_info()
    assert recording.topic == "/emg/raw"
    assert recording.notes == ()
    blocks = list(recording.blocks())
    assert [block.first_sample for block in blocks] == list(range(0, 2000, 20))
    assert blocks[5].stamp_ns == 1_700_000_000_050_000_000
    assert not any(block.starts_stream for block in blocks)
    np.testing.assert_array_equal(joined(recording)[:, 0], np.arange(2000))


def test_another_stream_id_is_a_break_and_brings_its_own_info(bag, make_blocks, make_info):
    other = make_info(serial="8", sample_rate=1000.0, channels=2, channel_labels=("a", "b"),
                      ring_order=())  # fmt: skip
    blocks = chain(
        make_blocks(10), make_blocks(10, first=0, info=other, starts_stream=True, time=5.0)
    )
    recording = open_recording(bag(blocks))
    found = segments(recording)
    assert [(s.first_sample, s.samples, s.info.serial) for s in found] == [
        (0, 200, "7"),
        (0, 200, "8"),
    ]
    assert [s.start for s in found] == pytest.approx([0.0, 5.0])
    assert [b.first_sample for b in recording.blocks() if b.starts_stream] == [0]


def test_a_jump_of_the_recorded_index_stays_a_jump(bag, make_blocks):
    (segment,) = segments(open_recording(bag(make_blocks(10, skip={3, 4, 7}))))
    assert (segment.samples, segment.lost_samples, segment.gaps) == (140, 60, 2)
    assert segment.end == pytest.approx(0.1)


def test_start_and_end_cut_to_the_sample(bag, make_blocks):
    recording = open_recording(bag(make_blocks(100)))
    blocks = list(recording.blocks(0.004, 0.1055, 0.1165))
    assert [block.first_sample for block in blocks] == [211, 219, 220, 228]
    assert [len(block.emg) for block in blocks] == [8, 1, 8, 5]
    assert blocks[0].stamp_ns == 1_700_000_000_105_500_000
    np.testing.assert_array_equal(joined(recording, 0.0, 0.1, 0.2)[:, 0], np.arange(200, 400))


def test_a_bag_without_definitions_is_read_with_those_installed(bag, make_blocks):
    folder = bag(make_blocks(10), storage="sqlite3")
    with sqlite3.connect(folder / "bag.db3") as database:
        database.execute("DELETE FROM message_definitions")
    assert joined(open_recording(folder)).shape == (200, 4)


def test_definitions_in_the_bag_are_used_even_if_older(tmp_path, bag, make_blocks):
    """A field that we add tomorrow must not make today's bags unreadable."""
    folder = bag(make_blocks(10))
    mcap = folder / "bag.mcap"
    content = mcap.read_bytes()
    older = content.replace(b"bool fresh\n", b"bool young\n")
    assert older != content
    mcap.write_bytes(older)
    assert joined(open_recording(folder)).shape == (200, 4)
    mcap.write_bytes(content.replace(b"uint64 first_sample\n", b"uint64 sample_first\n"))
    assert "has no field 'first_sample'" in refusal(folder)


@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_a_bag_that_was_cut_off_is_read_up_to_there(bag, make_blocks, part):
    folder = bag(make_blocks(6000))
    (folder / "metadata.yaml").unlink()
    mcap = folder / "bag.mcap"
    whole = mcap.read_bytes()
    mcap.write_bytes(whole[: int(part * len(whole))])
    for path in (folder, mcap):
        recording = open_recording(path)
        samples = joined(recording)[:, 0]
        np.testing.assert_array_equal(samples, np.arange(samples.size))
        assert samples.size >= 0.9 * part * 120_000 - 60
        assert "cut off" in recording.notes[0]
        assert recording.info.serial == "7"


@pytest.mark.parametrize("compression", ["zstd", "lz4", ""])
def test_a_cut_within_a_compressed_chunk_loses_little(
    tmp_path, bag, make_blocks, compression, mcap_of
):
    folder = bag(make_blocks(3000))
    path = mcap_of(folder, compression)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(0.7 * len(whole))])
    samples = joined(open_recording(path))[:, 0]
    np.testing.assert_array_equal(samples, np.arange(samples.size))
    assert samples.size > 0.3 * 60_000


@pytest.fixture
def mcap_of(tmp_path):
    """Write all messages of a bag into one unfinished MCAP with one chunk."""
    import struct

    import lz4.frame
    from rosbags.rosbag2.storage_mcap import zstd

    def text(value):
        return struct.pack("<I", len(value)) + value

    def record(kind, content):
        return struct.pack("<BQ", kind, len(content)) + content

    def write(folder, compression):
        pack = {"zstd": zstd.compress, "lz4": lz4.frame.compress, "": bytes}[compression]
        records = b""
        with Reader(folder) as reader:
            for c in reader.connections:
                definition = text(c.msgtype.encode()) + text(b"ros2msg")
                definition += text(c.msgdef.data.encode())
                records += record(3, struct.pack("<H", c.id) + definition)
                channel = struct.pack("<HH", c.id, c.id) + text(c.topic.encode()) + text(b"cdr")
                records += record(4, channel + text(b""))
            messages = [
                record(5, struct.pack("<HIQQ", c.id, 0, stamp, stamp) + bytes(data))
                for c, stamp, data in reader.messages()
            ]
        records += b"".join(messages)
        packed = pack(records)
        chunk = struct.pack("<QQQI", 0, 0, len(records), 0) + text(compression.encode())
        chunk += struct.pack("<Q", len(packed)) + packed
        path = tmp_path / "unfinished.mcap"
        header = record(1, text(b"ros2") + text(b"test"))
        path.write_bytes(b"\x89MCAP0\r\n" + header + record(6, chunk))
        return path

    return write


def test_a_split_bag_whose_last_file_was_cut_off_is_read_to_the_end(tmp_path, bag, make_blocks):
    folder = tmp_path / "split"
    folder.mkdir()
    for part in range(11):
        source = bag(make_blocks(600, first=12_000 * part), name=f"part_{part}")
        shutil.copy(source / f"part_{part}.mcap", folder / f"split_{part}.mcap")
    last = folder / "split_10.mcap"
    last.write_bytes(last.read_bytes()[:-100_000])
    (folder / "split_11.mcap").touch()
    recording = open_recording(folder)
    samples = joined(recording)[:, 0]
    assert samples.size > 10.2 * 12_000
    np.testing.assert_array_equal(samples, np.arange(samples.size))
    assert len(recording.notes) == 1


@pytest.mark.parametrize("mode", [CompressionMode.FILE, CompressionMode.MESSAGE])
def test_a_bag_compressed_by_rosbag2_is_read(tmp_path, bag, make_blocks, mode):
    source, target = bag(make_blocks(50)), tmp_path / "packed"
    with Reader(source) as reader:
        writer = Writer(target, version=9, storage_plugin=StoragePlugin.SQLITE3)
        writer.set_compression(mode, CompressionFormat.ZSTD)
        with writer:
            known = {
                c.id: writer.add_connection(
                    c.topic, c.msgtype, msgdef=c.msgdef.data, rihs01=c.digest
                )
                for c in reader.connections
            }
            for connection, stamp, data in reader.messages():
                writer.write(known[connection.id], stamp, data)
    assert joined(open_recording(target)).shape == (1000, 4)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("a: &a [1, 1]\nb: &b [*a, *a]\nc: [*b, *b]", "line 2: not valid YAML: found alias '*a'"),
        ("rosbag2_bagfile_information: " + "[" * 50_000, "line 1: not valid YAML: nested deeper"),
    ],
)
def test_metadata_that_no_recorder_writes_is_refused(bag, make_blocks, metadata, said):
    folder = bag(make_blocks(5))
    (folder / "metadata.yaml").write_text(metadata)
    assert f"{folder / 'metadata.yaml'}, {said}" in refusal(folder)


def test_metadata_that_was_cut_off_is_not_needed(bag, make_blocks):
    folder = bag(make_blocks(50))
    path = folder / "metadata.yaml"
    path.write_text(path.read_text()[:-20] + " [")
    assert joined(open_recording(folder)).shape == (1000, 4)


def test_a_database_whose_recorder_was_killed_is_read_with_its_log(bag, make_blocks, tmp_path):
    source, left = bag(make_blocks(50), storage="sqlite3"), tmp_path / "left"
    left.mkdir()
    with closing(sqlite3.connect(source / "bag.db3")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA wal_autocheckpoint=0")
        rows = database.execute("SELECT * FROM messages WHERE id > 20").fetchall()
        database.execute("DELETE FROM messages WHERE id > 20")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.executemany("INSERT INTO messages VALUES (?, ?, ?, ?)", rows)
        database.commit()
        for file in source.glob("bag.db3*"):
            shutil.copy(file, left)
    before = {file.name: file.read_bytes() for file in left.iterdir()}
    recording = open_recording(left)
    np.testing.assert_array_equal(joined(recording)[:, 0], np.arange(1000))
    recording.close()
    assert "cut off" in recording.notes[0]
    assert {file.name: file.read_bytes() for file in left.iterdir()} == before


def test_several_bands_have_to_be_chosen_from(tmp_path, bag, make_blocks, make_info):
    left = bag(make_blocks(10), name="left", namespace="/left")
    right = bag(make_blocks(5, info=make_info(serial="9")), name="right", namespace="/right")
    both = tmp_path / "both"
    both.mkdir()
    shutil.copy(left / "left.mcap", both)
    shutil.copy(right / "right.mcap", both)
    text = refusal(both)
    assert "/left/emg/raw, /right/emg/raw" in text
    assert open_recording(both, "/right/emg/raw").info.serial == "9"
    assert open_recording(both, "left/emg/raw").info.serial == "7"
    assert "no EMG on topic /middle" in refusal(both, "/middle")


def test_a_bag_without_info_is_taken_by_what_its_chunks_say(tmp_path, bag, make_blocks):
    copy_messages(
        bag(make_blocks(10)),
        tmp_path / "bare",
        keep=lambda connection: connection.topic.endswith("raw"),
        storage_plugin=StoragePlugin.MCAP,
    )
    info = open_recording(tmp_path / "bare").info
    assert (info.sample_rate, info.unit, info.noise_sd, info.conditioned, info.channels) == (
        2000.0,
        "V",
        2.46e-6,
        False,
        4,
    )


def test_a_bag_without_emg_names_what_it_has(tmp_path):
    store = get_typestore(Stores.ROS2_JAZZY)
    kind = "std_msgs/msg/String"
    with Writer(tmp_path / "b", version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        connection = writer.add_connection("/chatter", kind, typestore=store)
        writer.write(connection, 1, store.serialize_cdr(store.types[kind](data="hi"), kind))
    text = refusal(tmp_path / "b")
    assert "no EMG" in text
    assert "/chatter" in text


def test_a_bag_whose_topic_is_silent_is_named(bag):
    assert "no samples on /emg/raw" in refusal(bag([]))


def test_a_truncated_database_is_named(bag, make_blocks):
    folder = bag(make_blocks(500), storage="sqlite3")
    database = folder / "bag.db3"
    whole = database.read_bytes()
    for part in (0.01, 0.5, 0.9):
        database.write_bytes(whole[: int(part * len(whole))])
        assert "damaged bag" in refusal(folder)


def test_a_folder_of_empty_files_is_named(tmp_path):
    (tmp_path / "bag_0.mcap").touch()
    assert "only empty files" in refusal(tmp_path)


def test_a_damaged_message_is_named(bag, make_blocks):
    folder = bag(make_blocks(50), storage="sqlite3")
    with sqlite3.connect(folder / "bag.db3") as database:
        database.execute("UPDATE messages SET data = substr(data, 1, 40) WHERE id = 20")
    assert "is damaged" in refusal(folder)


def test_samples_that_do_not_fill_the_channels_are_named(bag, make_blocks):
    blocks = (replace(block, emg=block.emg[:, :3]) for block in make_blocks(5))
    recorded = (replace(block, emg=block.emg[:1, :3]) for block in blocks)
    assert "are not a chunk of EMG" in refusal(bag(recorded))


def test_a_folder_that_exists_is_not_written_over(tmp_path, make_blocks):
    with pytest.raises(RecordingError, match="cannot be written"):
        write_bag(tmp_path, make_blocks(1))


def test_a_bag_made_of_a_real_recording_holds_the_same(shared, tmp_path, storage):
    source = open_recording(shared / "data" / "flexemg" / "flexemg_s001_3Test.hdf5")
    write_bag(tmp_path / "bag", source.blocks(0.01, 20.0, 60.0), storage=storage)
    copy = open_recording(tmp_path / "bag")
    np.testing.assert_array_equal(joined(copy), source.read(20_000, 60_000))
    assert [s.first_sample for s in segments(copy)] == [20_000, 28_000, 56_000]
    assert copy.info == source.info
