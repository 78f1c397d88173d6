# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import time
from dataclasses import replace
from itertools import chain
from pathlib import Path

import h5py
import numpy as np
import pytest

from semg_driver.devices.device import DeviceError, DeviceInfo, EndOfRecording, Hand, Source
from semg_driver.devices.replay import PLUGIN, ReplayOptions
from semg_driver.recordings.bag_writer import write_bag
from semg_driver.recordings.recording import RecordedBlock
from semg_driver.recordings.writer import Content, write_hdf5
from semg_driver.stream.assembler import StreamAssembler

INFO = DeviceInfo("band", "7", 2000.0, 850.0, 2, ("a", "b"), (), Hand.RIGHT, "V", 2.46e-6, 0.0,
                  False, Source.LIVE)  # fmt: skip


@pytest.fixture(scope="session")
def shared():
    default = Path(__file__).resolve().parents[4] / "shared"
    folder = Path(os.environ.get("SEMG_SHARED", default))
    if not (folder / "data").is_dir():
        pytest.skip(f"no shared data at {folder}; SEMG_SHARED names another place")
    return folder


@pytest.fixture
def hdf5(tmp_path):
    def write(rows=2000, **fields):
        emg = (np.arange(rows)[:, None] + np.arange(2) / 8).astype(np.float32)
        write_hdf5(tmp_path / "recording.hdf5", Content(emg, INFO, **fields))
        return tmp_path / "recording.hdf5"

    return write


@pytest.fixture
def bag(tmp_path):
    def write(blocks):
        write_bag(tmp_path / "bag", blocks)
        return tmp_path / "bag"

    return write


def recorded(firsts, *, info=INFO, starts_stream=False, time=0.0):
    for first in firsts:
        emg = (first + np.arange(20)[:, None] + np.zeros(info.channels)).astype(np.float32)
        begin = time + (first - firsts[0]) / info.sample_rate
        yield RecordedBlock(first, emg, info, begin, starts_stream and first == firsts[0])


@pytest.fixture
def play():
    devices = []

    def open_replay(path, rate=0.0, **options):
        device = PLUGIN.create(ReplayOptions(path=str(path), rate=rate, **options))
        devices.append(device)
        device.open()
        return device

    yield open_replay
    for device in devices:
        device.close()


def read_all(device, most=100_000):
    blocks = []
    while len(blocks) < most:
        try:
            block = device.read(1.0)
        except EndOfRecording:
            return blocks
        if block is not None:
            blocks.append(block)
    return blocks


def test_every_row_is_played_once_by_its_own_index(hdf5, play):
    blocks = read_all(play(hdf5()))
    np.testing.assert_array_equal(
        np.concatenate([block.emg[:, 0] for block in blocks]), np.arange(2000)
    )
    assert [block.first_sample for block in blocks] == list(range(0, 2000, 20))
    assert [block.device_time for block in blocks] == pytest.approx(np.arange(100) * 0.01)


def test_segments_start_streams_and_no_block_crosses_them(hdf5, play):
    blocks = read_all(play(hdf5(segment_starts=(0, 30, 1000))))
    assert [block.first_sample for block in blocks if block.starts_stream] == [30, 1000]
    assert [block.first_sample for block in blocks][:4] == [0, 20, 30, 50]


def test_info_is_the_recording_s_but_says_playback(hdf5, play):
    device = play(hdf5())
    assert device.info == replace(INFO, source=Source.PLAYBACK)


def test_in_real_time_a_block_comes_when_its_last_sample_is_due(hdf5, play):
    device = play(hdf5(800), rate=1.0)
    begun = time.monotonic()
    blocks = read_all(device)
    due = begun + (np.arange(40) + 1) * 0.01
    late = np.array([block.received for block in blocks]) - due
    assert late.min() > -0.005
    assert np.median(late) < 0.02
    assert all(block.stamp_ns is None for block in blocks)


def test_playing_begins_with_the_first_read_and_not_with_opening(hdf5, play):
    device = play(hdf5(400), rate=1.0)
    time.sleep(0.3)  # what a driver does that waits for its consumers
    blocks = read_all(device)
    # A block can come late, but the last not before all that was played has passed.
    assert blocks[-1].received - blocks[0].received > 0.19 - 0.01


def test_deadlines_do_not_drift_when_the_reader_is_late(hdf5, play):
    device = play(hdf5(1000), rate=1.0)
    begun = time.monotonic()
    for _ in range(10):
        device.read(1.0)
    while time.monotonic() < begun + 0.3:
        pass
    read_all(device)
    assert 0.49 < time.monotonic() - begun < 0.68


def test_a_speed_factor_shortens_the_wait_but_not_the_stamps(hdf5, play):
    device = play(hdf5(2000), rate=4.0)
    begun = time.monotonic()
    blocks = read_all(device)
    assert 0.24 < time.monotonic() - begun < 0.9
    stamps = np.array([block.stamp_ns for block in blocks])
    assert set(np.diff(stamps)) == {10_000_000}


def test_a_read_that_is_too_early_gives_nothing_and_loses_nothing(hdf5, play):
    device = play(hdf5(400), rate=1.0, block_ms=100.0)
    assert device.read(0.0) is None
    assert device.read(0.01) is None
    assert [block.first_sample for block in read_all(device)] == [0, 200]


def test_the_end_is_told_again_and_again(hdf5, play):
    device = play(hdf5(20))
    device.read(0.0)
    for _ in range(2):
        with pytest.raises(EndOfRecording):
            device.read(0.0)


def test_a_loop_is_a_new_stream_on_a_clock_that_goes_on(hdf5, play):
    blocks = read_all(play(hdf5(60), loop=True, start=0.01), most=6)
    assert [block.first_sample for block in blocks] == [20, 40, 20, 40, 20, 40]
    assert [block.starts_stream for block in blocks] == [False, False, True, False, True, False]
    assert [block.device_time for block in blocks] == pytest.approx(0.01 + np.arange(6) * 0.01)


def test_start_and_end_are_seconds(hdf5, play):
    blocks = read_all(play(hdf5(), start=0.5, end=0.52))
    assert [block.first_sample for block in blocks] == [1000, 1020]


def test_a_bag_keeps_index_stamps_losses_and_streams(bag, play):
    other = replace(INFO, serial="8", channels=3, channel_labels=("a", "b", "c"))
    path = bag(
        chain(
            recorded([100, 120, 180]),
            recorded([0, 20], info=other, starts_stream=True, time=1.0),
        )
    )
    device = play(path)
    assert device.info.serial == "7"
    blocks = []
    for serial in ("7", "7", "7", "8", "8"):
        blocks.append(device.read(0.0))
        assert device.info.serial == serial
        assert device.info.source is Source.PLAYBACK
    assert [block.first_sample for block in blocks] == [100, 120, 180, 0, 20]
    assert [block.starts_stream for block in blocks] == [False, False, False, True, False]
    assert [block.stamp_ns - 1_700_000_000_000_000_000 for block in blocks] == [
        0,
        10_000_000,
        40_000_000,
        1_000_000_000,
        1_010_000_000,
    ]


def test_lost_samples_take_the_time_they_took(bag, play):
    device = play(bag(recorded([0, 20, 440, 460])), rate=1.0)
    begun = time.monotonic()
    read_all(device)
    assert 0.235 < time.monotonic() - begun < 1.0


def test_a_bag_cut_into_smaller_blocks_is_the_same(bag, play):
    path = bag(recorded(range(0, 2000, 20)))
    small, large = read_all(play(path, block_ms=1.0)), read_all(play(path))
    assert {len(block.emg) for block in small} == {2}
    np.testing.assert_array_equal(
        np.concatenate([block.emg for block in small]),
        np.concatenate([block.emg for block in large]),
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate": -1.0}, "replay.rate: -1.0 is out of range"),
        ({"block_ms": 0.0}, "replay.block_ms"),
        ({"loop": 1}, "replay.loop"),
    ],
)
def test_options_out_of_range_are_refused(options, message):
    with pytest.raises(DeviceError, match=message):
        PLUGIN.create(ReplayOptions(path="x", **options))


def test_what_cannot_be_played_is_refused_in_one_line(hdf5, play, tmp_path):
    path = hdf5()
    for options, message in [
        ({"path": ""}, "path is empty"),
        ({"path": tmp_path / "missing"}, "no such file"),
        ({"path": path, "start": 2.0, "end": 1.0}, "must be after start"),
        ({"path": path, "start": 5.0}, "no samples after start, 5 s"),
        ({"path": path, "topic": "/left/emg/raw"}, "has no topics"),
    ]:
        with pytest.raises(DeviceError, match=message) as error:
            play(**options)
        assert "\n" not in str(error.value)


def test_damage_is_told_after_the_last_good_block(tmp_path, play):
    path = tmp_path / "damaged.hdf5"
    data = np.zeros(50_000, [("time", "<f8"), ("emg", "<f4", (2,))])
    data["time"] = np.arange(50_000) / 2000.0
    data["emg"] = np.random.default_rng(0).normal(size=(50_000, 2))
    with h5py.File(path, "w") as file:
        file.create_dataset("data", data=data, chunks=(5000,), compression="gzip")
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2 : len(whole) // 2 + 5000] = bytes(5000)
    path.write_bytes(bytes(whole))
    device = play(path)
    blocks = []
    with pytest.raises(DeviceError, match="cannot be read"):
        blocks.extend(iter(lambda: device.read(0.0), None))
    assert 5000 < 20 * len(blocks) < 30_000


def test_a_device_that_is_not_open_says_so_and_may_be_closed_again():
    device = PLUGIN.create(ReplayOptions(path="x"))
    device.close()
    device.close()
    with pytest.raises(DeviceError, match="not open"):
        device.read(0.0)
    with pytest.raises(DeviceError, match="not open"):
        _ = device.info


def test_a_device_can_be_opened_again(hdf5, play):
    device = play(hdf5(40))
    read_all(device)
    device.close()
    device.open()
    assert [block.first_sample for block in read_all(device)] == [0, 20]


def test_a_recording_played_through_the_assembler_loses_nothing(shared, play):
    path = shared / "data" / "flexemg" / "flexemg_s002_3Test.hdf5"
    device = play(path)
    assembler = StreamAssembler(device.info.sample_rate)
    chunks = [chunk for block in read_all(device) for chunk in assembler.push(block)]
    chunks += assembler.flush()
    with h5py.File(path) as file:
        np.testing.assert_array_equal(
            np.concatenate([chunk.emg for chunk in chunks]), file["data"]["emg"]
        )
    starts = [chunk.first_sample for chunk in chunks if chunk.new_stream]
    assert starts == list(range(0, 280_000, 28_000))
    assert assembler.statistics.gaps == 0
