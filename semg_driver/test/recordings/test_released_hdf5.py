# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import pickle

import h5py
import numpy as np
import pytest

from semg_driver.devices.device import Source
from semg_driver.recordings.opening import open_recording
from semg_driver.recordings.pandas_table import Table
from semg_driver.recordings.recording import RecordingError, segments
from semg_driver.recordings.released_hdf5 import Hdf5Recording
from semg_driver.recordings.writer import Content, write_hdf5


@pytest.fixture
def write(tmp_path):
    """Write a data set by h5py alone; sample i of channel c holds i + c / 8."""

    def write(rows=3000, *, fields=None, times=None, attributes=None, on_file=False, **options):
        path = tmp_path / "recording.hdf5"
        fields = fields or [("time", "<f8"), ("emg", "<f4", (16,))]
        data = np.zeros(rows, fields)
        names = data.dtype.names
        if "time" in names:
            data["time"] = np.arange(rows) / 2000.0 if times is None else times
        if "emg" in names and data["emg"].ndim == 2:
            data["emg"] = np.arange(rows)[:, None] + np.arange(data["emg"].shape[1]) / 8
        with h5py.File(path, "w") as file:
            node = file.create_dataset("data", data=data, **options)
            (file if on_file else node).attrs.update(attributes or {})
        return path

    return write


def joined(recording, *args):
    return np.concatenate([block.emg for block in recording.blocks(*args)])


def test_a_released_recording_without_attributes_is_conditioned_noise_sd_at_2_khz(write):
    info = Hdf5Recording(write()).info
    assert (info.sample_rate, info.unit, info.noise_sd, info.conditioned) == (
        2000.0,
        "noise_sd",
        1.0,
        True,
    )
    assert info.ring_order == tuple(range(16))
    assert info.source is Source.PLAYBACK


@pytest.mark.parametrize("on_file", [False, True])
def test_volts_are_raw_whether_the_file_or_the_data_set_says_so(write, on_file):
    attributes = {"sample_rate_hz": 1000.0, "unit": "V", "task": "discrete_gestures"}
    recording = Hdf5Recording(write(attributes=attributes, on_file=on_file))
    info = recording.info
    assert (info.sample_rate, info.unit, info.noise_sd, info.conditioned) == (
        1000.0,
        "V",
        2.46e-6,
        False,
    )
    assert recording.task == "discrete_gestures"


@pytest.mark.parametrize("block", [0.0, 0.0005, 0.01, 0.333, 1.0, 60.0])
def test_blocks_join_to_the_whole_and_keep_to_their_length(write, block):
    path = write(20_000, attributes={"segment_starts": [0, 28, 12_345]})
    recording = Hdf5Recording(path)
    blocks = list(recording.blocks(block))
    np.testing.assert_array_equal(np.concatenate([b.emg for b in blocks])[:, 0], np.arange(20_000))
    assert [b.first_sample for b in blocks if b.starts_stream] == [28, 12_345]
    if block:
        assert max(len(b.emg) for b in blocks) <= max(round(block * 2000), 1)
    for b in blocks:
        assert b.emg[0, 0] == b.first_sample == round(b.time * 2000)


def test_blocks_begin_anew_at_a_segment(write):
    recording = Hdf5Recording(write(100, attributes={"segment_starts": [0, 50]}))
    lengths = [len(block.emg) for block in recording.blocks(0.01)]
    assert lengths == [20, 20, 10, 20, 20, 10]


def test_start_and_end_are_seconds_of_rows(write):
    recording = Hdf5Recording(write(4000, attributes={"segment_starts": [0, 1000]}))
    blocks = list(recording.blocks(0.01, 0.5, 1.25))
    assert blocks[0].first_sample == 1000
    assert not blocks[0].starts_stream
    assert sum(len(block.emg) for block in blocks) == 1500
    assert list(recording.blocks(0.01, 9.0)) == []


def test_a_jump_in_time_is_a_break_and_repeated_stamps_are_not(write):
    times = np.arange(30_000) // 40 * 40 / 2000.0
    times[21_000:] += 3.0
    recording = Hdf5Recording(write(30_000, times=times))
    assert [s.first_sample for s in segments(recording)] == [0, 21_000]


def test_a_break_at_the_edge_of_what_is_read_at_once_is_found(write):
    for row in (8191, 8192, 8193):
        times = np.arange(20_000) / 2000.0
        times[row:] += 1.0
        with Hdf5Recording(write(20_000, times=times)) as recording:
            assert [s.first_sample for s in segments(recording)] == [0, row]


@pytest.mark.parametrize(("channels", "rate"), [(1, 500.0), (8, 250.0), (24, 4000.0), (64, 2048.0)])
def test_any_number_of_channels_and_rate(write, channels, rate):
    fields = [("time", "<f8"), ("emg", "<f4", (channels,))]
    times = np.arange(3000) / rate
    recording = Hdf5Recording(
        write(fields=fields, times=times, attributes={"sample_rate_hz": rate})
    )
    assert (recording.info.channels, recording.info.sample_rate) == (channels, rate)
    assert recording.info.ring_order == ()
    assert joined(recording).shape == (3000, channels)


def test_double_precision_and_big_endian_are_read_as_float32(write):
    emg = Hdf5Recording(write(fields=[("time", ">f8"), ("emg", ">f8", (4,))])).read(0, 10)
    assert emg.dtype == np.float32
    assert emg[9, 0] == 9.0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ([("emg", "<f4", (4,))], "no field 'time'"),
        ([("time", "<f8"), ("accelerometer", "<f4", (3,))], "no field 'emg'"),
        ([("time", "<f8"), ("emg", "<i2", (4,))], "must be float32"),
        ([("time", "<f8"), ("emg", "S4")], "must be float32"),
        ([("time", "<f8"), ("emg", "<f4", (4, 4))], "must be float32"),
        ([("time", "<i8"), ("emg", "<f4", (4,))], "must be float64"),
    ],
)
def test_a_wrong_layout_is_refused(write, fields, message):
    with pytest.raises(RecordingError, match=message) as error:
        open_recording(write(fields=fields))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"sample_rate_hz": 0.0}, "sample_rate_hz"),
        ({"sample_rate_hz": "fast"}, "sample_rate_hz"),
        ({"sample_rate_hz": np.nan}, "sample_rate_hz"),
        ({"unit": "mV"}, "'mV', must be one of 'V', 'noise_sd'"),
        ({"segment_starts": [0, 3000]}, "rows run from 0 to 2999"),
        ({"segment_starts": [0.5]}, "must be integers"),
        ({"noise_sd": -1.0}, "noise_sd"),
    ],
)
def test_a_wrong_attribute_is_named(write, attributes, message):
    with pytest.raises(RecordingError, match=message):
        open_recording(write(attributes=attributes))


def test_no_samples_are_refused(write):
    with pytest.raises(RecordingError, match="no samples"):
        open_recording(write(0))


def test_a_file_without_data_is_refused(tmp_path):
    with h5py.File(tmp_path / "other.hdf5", "w") as file:
        file["x"] = [1]
    with pytest.raises(RecordingError, match=r"no data set 'data' .* holds 'x'"):
        open_recording(tmp_path / "other.hdf5")


def test_data_that_is_no_table_is_refused(tmp_path):
    with h5py.File(tmp_path / "other.hdf5", "w") as file:
        file["data"] = np.zeros((10, 16))
    with pytest.raises(RecordingError, match="must be a table"):
        open_recording(tmp_path / "other.hdf5")


def test_a_truncated_file_is_refused(write):
    path = write()
    whole = path.read_bytes()
    for part in (0.1, 0.5, 0.99):
        path.write_bytes(whole[: int(part * len(whole))])
        with pytest.raises(RecordingError, match="truncated or damaged") as error:
            open_recording(path)
        assert "\n" not in str(error.value)


def test_samples_that_cannot_be_unpacked_are_named(write):
    path = write(20_000, chunks=(1000,), compression="gzip")
    whole = bytearray(path.read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 2000] = bytes(2000)
    path.write_bytes(bytes(whole))
    with pytest.raises(RecordingError, match=r"rows .* cannot be read"):
        segments(open_recording(path))


def test_a_table_that_runs_code_is_refused_and_samples_are_still_read(write, tmp_path):
    path = write()
    with h5py.File(path, "a") as file:
        group = file.create_group("prompts")
        group.attrs["pandas_type"] = "frame"
        group.attrs["nblocks"] = 1
        group["axis0"] = group["block0_items"] = np.array([b"name"])
        node = group.create_dataset("block0_values", (1,), h5py.vlen_dtype(np.uint8))
        node[0] = np.frombuffer(pickle.dumps(print), np.uint8)
        node.attrs["PSEUDOATOM"] = "object"
    recording = Hdf5Recording(path)
    assert len(joined(recording)) == 3000
    with pytest.raises(RecordingError, match=r"table 'prompts': .*print, which is refused"):
        recording.labels()


def test_a_table_that_is_a_link_to_nothing_is_refused(write):
    path = write()
    with h5py.File(path, "a") as file:
        file["prompts"] = h5py.ExternalLink("none.hdf5", "/prompts")
    with pytest.raises(RecordingError, match="table 'prompts': "):
        Hdf5Recording(path).labels()


def test_what_is_written_is_read_again(tmp_path, make_info):
    rng = np.random.default_rng(1)
    emg = rng.normal(size=(40_000, 4)).astype(np.float32)
    angles = rng.normal(size=(40_000, 2)).astype(np.float32)
    info = make_info()
    write_hdf5(
        tmp_path / "a.hdf5",
        Content(emg, info, wrist_angles=angles, segment_starts=(0, 500), task="wrist"),
    )
    recording = Hdf5Recording(tmp_path / "a.hdf5")
    assert recording.info == info
    assert recording.task == "wrist"
    assert recording.segment_starts == (0, 500)
    np.testing.assert_array_equal(recording.read(0, 40_000), emg)
    np.testing.assert_array_equal(recording.wrist_angles(0, 40_000), angles)
    np.testing.assert_allclose(recording.times(0, 40_000), np.arange(40_000) / 2000.0)
    assert recording.rows_at(np.array([0.0, 0.5, 1.00001])).tolist() == [0, 1000, 2001]


def test_labels_are_written_and_read_again(tmp_path, make_info):
    names = np.array(["fist", "→ 🤏"], object)
    prompts = Table({"name": names, "time": np.array([0.25, 1.5])})
    stages = Table({"start": np.zeros(1), "end": np.ones(1), "name": names[:1]})
    emg = np.zeros((10, 4), np.float32)
    write_hdf5(tmp_path / "a.hdf5", Content(emg, make_info(), prompts=prompts, stages=stages))
    labels = Hdf5Recording(tmp_path / "a.hdf5").labels()
    assert list(labels.prompts.rows()) == list(prompts.rows())
    assert list(labels.stages.rows()) == list(stages.rows())


def test_a_recording_that_fails_leaves_what_was_there(tmp_path, make_info):
    path = tmp_path / "a.hdf5"
    path.write_bytes(b"yesterday's")
    no_text = Table({"name": np.array([1.5], object)})
    content = Content(np.zeros((10, 4), np.float32), make_info(), prompts=no_text)
    with pytest.raises(ValueError, match="must be text"):
        write_hdf5(path, content)
    assert path.read_bytes() == b"yesterday's"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path, make_info):
    content = Content(np.zeros((10, 4), np.float32), make_info())
    with pytest.raises(RecordingError, match=r"none/a\.hdf5: cannot be written: ") as error:
        write_hdf5(tmp_path / "none" / "a.hdf5", content)
    assert "\n" not in str(error.value)
    assert ".partial" not in str(error.value)


def test_columns_of_another_length_are_not_written(tmp_path, make_info):
    content = Content(np.zeros((10, 4), np.float32), make_info(), times=np.zeros(9))
    with pytest.raises(RecordingError, match="9 rows of time, must be 10"):
        write_hdf5(tmp_path / "a.hdf5", content)


def test_reading_does_not_take_in_the_whole_file(write):
    recording = Hdf5Recording(write(200_000))
    next(iter(recording.blocks(0.01)))
    assert recording._page.nbytes < 200_000 * 64 / 10


@pytest.mark.parametrize("name", ["s001_1Train", "s001_3Test", "s002_1Test"])
def test_real_recordings_have_their_seams_and_no_others(shared, name):
    recording = Hdf5Recording(shared / "data" / "flexemg" / f"flexemg_{name}.hdf5")
    found = segments(recording)
    assert [s.first_sample for s in found] == list(range(0, 280_000, 28_000))
    assert {s.samples for s in found} == {28_000}
    assert (recording.info.sample_rate, recording.info.unit) == (1000.0, "V")
    prompts = recording.labels().prompts
    assert len(prompts) == 60
    assert set(prompts["name"]) == {"rest", "fist", "raise", "lower", "open"}
    rows = recording.rows_at(prompts["time"])
    assert rows[0] == 0
    assert (np.diff(rows) >= 3000).all()


@pytest.mark.parametrize("task", ["discrete_gestures", "handwriting", "wrist"])
def test_recordings_in_the_released_layout(shared, task):
    folder = shared / "conformance" / "datasets"
    recording = Hdf5Recording(folder / f"{task}_user_000_dataset_000.hdf5")
    assert recording.task == task
    assert len(segments(recording)) == 1
    labels = recording.labels()
    assert (recording.wrist_angles(0, 10) is None) == (task != "wrist")
    assert (labels.prompts is None) == (task == "wrist")
    assert len(labels.stages) > 0
    if task == "handwriting":
        results = json.loads((folder / "reference_results.json").read_text("utf-8"))
        assert labels.prompts["prompt"][0] in json.dumps(results, ensure_ascii=False)


def test_a_single_wrong_time_stamp_moves_no_other_row(write):
    times = np.arange(16_384) / 2000.0
    times[8192] = 0.0
    with Hdf5Recording(write(16_384, times=times)) as recording:
        assert recording.rows_at(np.array([2.0, 6.0])).tolist() == [4000, 12_000]


def test_rows_are_not_looked_up_where_time_goes_back(write):
    times = np.arange(3000) / 2000.0
    times[2000:] -= 0.5
    recording = Hdf5Recording(write(3000, times=times))
    with pytest.raises(RecordingError, match=r"time goes back by 0.\d* s at row 2000"):
        recording.rows_at(np.array([0.7]))


def test_a_ring_order_that_counts_from_one_is_refused(write):
    path = write(attributes={"ring_order": np.arange(1, 17)})
    with pytest.raises(RecordingError, match="must name each of the 16 channels once, from 0 on"):
        Hdf5Recording(path)
