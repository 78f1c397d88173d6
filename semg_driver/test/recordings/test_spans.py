# SPDX-License-Identifier: Apache-2.0
import pickle

import h5py
import numpy as np
import pytest

from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording
from semg_driver.recordings.spans import Cue, Span, holds, read_cues, read_spans, spans_within

BEGIN = 1.7e9
RATE = 1000.0


@pytest.fixture
def recording(tmp_path):
    """Open a recording of 10 s at 1 kHz with tables; times in s since its beginning."""

    def make(prompts=None, stages=None, segment_starts=(0,)):
        rows = np.zeros(10_000, [("time", "<f8"), ("emg", "<f4", (4,))])
        rows["time"] = BEGIN + np.arange(10_000) / RATE
        path = tmp_path / "recording.hdf5"
        with h5py.File(path, "w") as file:
            file["data"] = rows
            file["data"].attrs.update(
                {"sample_rate_hz": RATE, "segment_starts": list(segment_starts)}
            )
            if prompts is not None:
                _table(file.create_group("prompts"), ("name", "time"), prompts)
            if stages is not None:
                _table(file.create_group("stages"), ("name", "start", "end"), stages)
        return Hdf5Recording(path)

    return make


def _table(group, columns, rows):
    group.attrs["pandas_type"] = "frame"
    group.attrs["nblocks"] = 2
    group["axis0"] = np.array([name.encode() for name in columns])
    group["block0_items"] = np.array([name.encode() for name in columns[1:]])
    group["block0_values"] = BEGIN + np.array([times for _, *times in rows], float)
    group["block0_values"].attrs["transposed"] = 1
    group["block1_items"] = np.array([b"name"])
    names = pickle.dumps(np.array([[name for name, *_ in rows]], object))
    node = group.create_dataset("block1_values", (1,), h5py.vlen_dtype(np.uint8))
    node[0] = np.frombuffer(names, np.uint8)
    node.attrs["PSEUDOATOM"] = "object"


def test_prompts_that_begin_stages_of_their_name_are_held(recording):
    stages = [("rest", 0, 2), ("fist", 2, 5)]
    assert holds(recording([("rest", 0), ("fist", 2)], stages))
    assert holds(recording(stages=stages))


@pytest.mark.parametrize(
    ("prompts", "stages"),
    [
        ([("tap", 1), ("snap", 3)], None),
        ([("tap", 1), ("snap", 3)], [("block 1", 0, 9)]),
        ([("fist", 1), ("fist", 3)], [("fist", 1, 9)]),
    ],
)
def test_prompts_of_which_no_stage_tells_how_long_are_moments(recording, prompts, stages):
    assert not holds(recording(prompts, stages))


def test_cues_are_rows_in_order_of_time(recording):
    found = read_cues(recording([("snap", 3), ("tap", 1.0005)]))
    assert found == (Cue("tap", 1001), Cue("snap", 3000))


def test_stages_are_spans_of_rows(recording):
    found = read_spans(recording(stages=[("fist", 2, 5), ("rest", 0, 2)]))
    assert found == (Span("rest", 0, 2000), Span("fist", 2000, 5000))


def test_stages_of_one_name_in_a_row_are_one_unless_a_segment_begins(recording):
    stages = [("rest", 0, 2), ("rest", 2, 4), ("rest", 4, 6)]
    found = read_spans(recording(stages=stages, segment_starts=(0, 4000)))
    assert found == (Span("rest", 0, 4000), Span("rest", 4000, 6000))


def test_a_stage_over_a_seam_is_cut_there(recording):
    found = read_spans(recording(stages=[("rest", 1, 9)], segment_starts=(0, 4000)))
    assert found == (Span("rest", 1000, 4000), Span("rest", 4000, 9000))


def test_spans_are_cut_to_some_rows():
    spans = (Span("rest", 0, 2000), Span("fist", 2000, 5000), Span("rest", 5000, 9000))
    assert spans_within(spans, 1000, 5000) == (Span("rest", 1000, 2000), spans[1])


def test_without_stages_a_prompt_lasts_until_the_next_or_the_end_of_its_segment(recording):
    prompts = [("rest", 0), ("fist", 2), ("rest", 7)]
    found = read_spans(recording(prompts, segment_starts=(0, 5000)))
    assert found == (Span("rest", 0, 2000), Span("fist", 2000, 5000), Span("rest", 7000, 10_000))


def test_two_postures_at_a_time_are_refused(recording):
    with pytest.raises(RecordingError, match="'rest' is not over when 'fist' begins, at row 3000"):
        read_spans(recording(stages=[("rest", 0, 4), ("fist", 3, 5)]))


def test_a_time_that_is_no_number_is_refused(recording):
    with pytest.raises(RecordingError, match="table 'stages': a time is no number"):
        read_spans(recording(stages=[("rest", 0, np.nan)]))


def test_a_recording_without_names_is_refused(recording):
    with pytest.raises(RecordingError, match="no table 'prompts'"):
        read_spans(recording())
    assert not holds(recording())


def test_real_recordings_hold_five_postures(shared):
    path = shared / "data" / "flexemg" / "flexemg_s001_1Train.hdf5"
    with Hdf5Recording(path) as recording:
        assert holds(recording)
        spans = read_spans(recording)
    assert len(spans) == 60
    assert {span.name for span in spans} == {"rest", "fist", "raise", "lower", "open"}
    assert {span.stop - span.first for span in spans} == {3000, 5000}
    assert spans[6].first == 28_000
