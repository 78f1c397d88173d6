# SPDX-License-Identifier: Apache-2.0
"""Real recordings go through the whole graph over DDS, and nothing is lost or glued."""

import itertools

import numpy as np
import pytest

from semg_driver.recordings.released_hdf5 import Hdf5Recording
from semg_node.stamps import to_nanoseconds
from test import offline
from test.playing import Playing

AT_ONCE = 2
WINDOW = (24.0, 60.0)
"""s, with the seams at 28 s and at 56 s."""
START_UP = 60.0


def expected_pieces(path, start, end):
    """Return (first sample, EMG) of each trial between two times, straight from the file."""
    with Hdf5Recording(path) as recording:
        rate = recording.info.sample_rate
        first = round(start * rate)
        last = round(end * rate) if end else recording.samples
        edges = [edge for edge in recording.segment_starts if first < edge < last]
        return [
            (begin, recording.read(begin, stop))
            for begin, stop in itertools.pairwise([first, *edges, last])
        ]


class Played:
    def __init__(self, path, window, listener, speed):
        self.path, self.window, self.listener, self.speed = path, window, listener, speed
        with Hdf5Recording(path) as recording:
            self.info = recording.info
        self.pieces = offline.pieces(listener["emg/raw"])


def play(folder, files, window, bundles, rate):
    """Play files at the same time; return what came."""
    playing = [
        Playing(folder / path.stem, path, bundles, rate=rate, start=window[0], end=window[1])
        for path in files
    ]
    try:
        length = (window[1] or 280.0) - window[0]
        limit = START_UP + 60.0 + 1.5 * length
        return [Played(p.path, window, p.finish(limit), rate) for p in playing]
    finally:
        for one in playing:
            one.close()


def pytest_generate_tests(metafunc):
    if "played" not in metafunc.fixturenames:
        return
    whole = metafunc.config.getoption("--whole-recordings")
    runs = [("real time", 1.0, slice(i, i + AT_ONCE)) for i in range(0, 6 if whole else 1, AT_ONCE)]
    runs.append(("as fast as acknowledged", 0.0, slice(2, 3)))
    metafunc.parametrize("played", runs, indirect=True, ids=lambda r: f"{r[0]} {r[2].start}")


@pytest.fixture(scope="module")
def played(request, tmp_path_factory, real_recordings, bundles):
    _, rate, files = request.param
    window = (0.0, 0.0) if request.config.getoption("--whole-recordings") else WINDOW
    folder = tmp_path_factory.mktemp("played")
    return play(folder, real_recordings[files], window, bundles, rate)


def test_no_sample_is_lost_and_only_true_seams_begin_a_stream(played):
    for one in played:
        expected = expected_pieces(one.path, *one.window)
        assert [piece.first_sample for piece in one.pieces] == [first for first, _ in expected]
        for piece, (_, emg) in zip(one.pieces, expected, strict=True):
            assert piece.emg.tobytes() == emg.tobytes()
        streams = [piece.stream_id for piece in one.pieces]
        assert len(set(streams)) == len(streams)
        infos = [info.stream_id for info in one.listener["emg/info"]]
        assert infos == streams


def test_sequence_numbers_of_every_topic_count_each_stream_from_zero(played):
    for one in played:
        for topic in ("emg/raw", "emg/conditioned", "emg/mpf/wrist", "emg/mpf/handwriting",
                      "gesture/probabilities", "wrist/velocity"):  # fmt: skip
            messages = one.listener[topic]
            for piece in one.pieces:
                sequence = [m.sequence for m in messages if m.stream_id == piece.stream_id]
                assert sequence == list(range(len(sequence))), (one.path.name, topic)
                assert sequence


@pytest.mark.parametrize(("topic", "window"), [("wrist", 200), ("handwriting", 160)])
def test_mpf_on_the_topic_is_that_of_the_offline_computation(played, topic, window):
    for one in played:
        worst = 0.0
        for piece in one.pieces:
            frames = [
                frame
                for frame in one.listener[f"emg/mpf/{topic}"]
                if frame.stream_id == piece.stream_id
            ]
            lasts, expected = offline.features(piece, one.info, window)
            assert [frame.last_sample for frame in frames] == lasts.tolist()
            worst = max(worst, np.abs(offline.frame_matrices(frames) - expected).max())
        print(f"{one.path.name} {topic}: largest deviation {worst:.2g}")
        assert worst < 1e-4


def test_gestures_are_those_of_the_offline_decoder(played, bundles):
    for one in played:
        expected = offline.decode(one.pieces, one.info, bundles["gestures"])
        messages = one.listener["gesture/probabilities"]
        indices, probabilities = offline.probabilities(messages)
        assert np.array_equal(indices, expected["sample"])
        assert np.allclose(probabilities, expected["output"], rtol=0, atol=1e-6)
        decoded = [(int(s), str(n)) for s, n, i in zip(
            expected["event_sample"], expected["event_name"], expected["event_inferred"],
            strict=True) if not i]  # fmt: skip
        events = [event for event in one.listener["gesture/event"] if not event.inferred]
        assert offline.events(events) == decoded


def test_wrist_velocity_is_that_of_the_offline_decoder(played, bundles):
    for one in played:
        expected = offline.decode(one.pieces, one.info, bundles["wrist"])
        messages = one.listener["wrist/velocity"]
        assert [message.sample for message in messages] == expected["sample"].tolist()
        velocities = np.array([message.velocity for message in messages])
        assert np.allclose(velocities, expected["velocity"], rtol=0, atol=1e-4)


def test_outputs_after_a_seam_are_fresh_and_those_after_100_ms_are_not(played):
    for one in played:
        for topic, sample in (("emg/conditioned", "first_sample"), ("wrist/velocity", "sample")):
            for piece in one.pieces:
                mine = [m for m in one.listener[topic] if m.stream_id == piece.stream_id]
                assert mine[0].fresh
                assert not any(
                    m.fresh for m in mine if getattr(m, sample) > 2 * piece.first_sample + 700
                )


def test_stamps_in_real_time_are_sample_times_and_not_arrival_times(played):
    for one in played:
        if one.speed != 1.0:
            continue
        for piece in one.pieces:
            chunks = [c for c in one.listener["emg/raw"] if c.stream_id == piece.stream_id]
            stamps = np.array([to_nanoseconds(c.header.stamp) for c in chunks]) / 1e9
            samples = np.array([c.first_sample for c in chunks]) / one.info.sample_rate
            assert np.diff(stamps).min() > 0
            # Where a busy machine made the player late, stamps are led back to the line; blocks
            # that merely arrive unevenly, as they do everywhere, must not move them.
            off = np.abs(np.diff(stamps) - np.diff(samples))
            assert np.median(off) < 0.1e-3
