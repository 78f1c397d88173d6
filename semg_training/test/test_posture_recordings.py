# SPDX-License-Identifier: Apache-2.0
import os
from pathlib import Path

import numpy as np
import pytest

from semg_decoders.evaluation.postures import PostureSpan
from semg_driver.recordings.corpus import CorpusRow
from semg_driver.recordings.recording import RecordingError
from semg_training.posture_recordings import posture_names, read_postures

BEGIN = 1000.0


@pytest.mark.parametrize("rate", [500.0, 1000.0, 2000.0, 2048.0])
def test_powers_are_in_noise_sd_whatever_the_rate(write_postures, rate):
    (recording,) = read_postures(write_postures(rate))
    assert recording.channels == 6
    assert recording.seconds == pytest.approx(4.0, abs=0.12)
    assert recording.bandwidth == pytest.approx(0.45 * rate)
    powers = recording.covariances[20:].mean(axis=0).sum(axis=0).diagonal()
    np.testing.assert_allclose(powers, (1 + np.arange(6)) ** 2, rtol=0.05)


def test_each_segment_is_a_stream_with_its_own_part_of_the_spans(write_postures):
    first, second = read_postures(write_postures(segment_starts=(0, 1500)))
    assert first.spans == (PostureSpan("rest", 0.0, 1.5),)
    assert second.spans == (PostureSpan("rest", 0.0, 0.5), PostureSpan("fist", 0.5, 2.5))
    assert (first.seconds, second.seconds) == pytest.approx((1.5, 2.5), abs=0.12)


def test_a_row_of_a_corpus_is_a_stream_with_what_is_held_in_it(write_postures):
    path = write_postures()
    row = CorpusRow(path, BEGIN + 1.0, BEGIN + 3.0, "train", "corpus, line 2")
    (found,) = read_postures(path, part=row)
    assert found.spans == (PostureSpan("rest", 0.0, 1.0), PostureSpan("fist", 1.0, 2.0))
    assert found.seconds == pytest.approx(2.0, abs=0.12)


def test_a_slow_recording_is_refused(write_postures):
    with pytest.raises(RecordingError, match="400 Hz, must be at least 500 Hz"):
        read_postures(write_postures(400.0))


def test_the_neutral_posture_comes_first(write_postures):
    recordings = read_postures(
        write_postures(stages=(("wave", 0, 1), ("rest", 1, 2), ("fist", 2, 4)))
    )
    assert posture_names(recordings) == ("rest", "fist", "wave")
    assert posture_names(recordings, neutral="") == ("fist", "rest", "wave")


def test_real_recordings_are_ten_streams_of_five_postures():
    folder = Path(os.environ.get("SEMG_SHARED", Path(__file__).parents[3] / "shared"))
    path = folder / "data" / "flexemg" / "flexemg_s002_1Train.hdf5"
    if not path.is_file():
        pytest.skip(f"there is no {path}; SEMG_SHARED names another folder")
    recordings = read_postures(path)
    assert len(recordings) == 10
    assert posture_names(recordings) == ("rest", "fist", "lower", "open", "raise")
    rest, fist = (
        np.median([r.covariances[part].mean(0)[1].diagonal().mean() for r in recordings])
        for part in (slice(50, 200), slice(300, 450))
    )
    assert fist > 5 * rest


def test_emg_that_is_no_number_is_refused(write_postures):
    with pytest.raises(RecordingError, match="EMG is no number in row 7, channel 2"):
        read_postures(write_postures(bad=(7, 2)))
