# SPDX-License-Identifier: Apache-2.0
"""Channels that are no EMG are flagged down to the decoders, and spoil nothing that follows."""

import numpy as np
import pytest

from semg_decoders.signal.conditioning import Conditioner
from semg_msgs.msg import EmgChunk
from test import offline
from test.band import CHUNK, FULL_SCALE, NOISE_SD, RATE, Band, noise
from test.processes import CONSUMERS

SECONDS = 5
BAD = slice(4000, 5000)
FAULTS = {2: np.nan, 5: np.inf, 9: FULL_SCALE, 12: None}
"""Channel and its value; None stands for: as the sample before."""
RECOVERY = 200
"""Samples for which a channel stays suspect after its last bad value."""
LONGEST_MEMORY = 254
"""Samples that the longest MPF frame is made from."""


@pytest.fixture
def heard(processes, listener, bundles):
    """What a whole graph says to five seconds of which half a second is bad."""
    processes.node("preprocessor")
    processes.node("gesture_decoder", parameters={"bundle": bundles["gestures"]})
    processes.node("wrist_decoder", parameters={"bundle": bundles["wrist"]})
    band = Band(listener)
    band.describe(1, paced_by=CONSUMERS)
    band.wait_until_heard()
    band.wait_for_listeners(2)
    listener.wait(lambda: all(listener.publishers(topic) for topic in OUTPUTS))
    clean = noise(int(SECONDS * RATE))
    emg = clean.copy()
    for channel, value in FAULTS.items():
        emg[BAD, channel] = clean[BAD.start - 1, channel] if value is None else value
    band.send(emg)
    listener.wait_for_end(len(emg))
    return listener, clean


OUTPUTS = ("emg/conditioned", "emg/mpf/wrist", "gesture/probabilities", "wrist/velocity")


def test_bad_channels_are_flagged_and_their_state_is_protected(heard):
    listener, clean = heard
    chunks = listener["emg/conditioned"]
    conditioned = offline.pieces(chunks)
    assert len(conditioned) == 1
    emg = conditioned[0].emg
    assert np.isfinite(emg).all()

    # Channels without a fault are what they would have been.
    expected = Conditioner(RATE, NOISE_SD, False, 16).push(clean, 0).emg
    good = [channel for channel in range(16) if channel not in FAULTS]
    first = conditioned[0].first_sample
    assert np.array_equal(emg[:, good], expected[first:, good])
    # One with a fault is so again a second later, as the filter has forgotten it.
    after = BAD.stop + int(RATE)
    assert np.allclose(emg[after - first :], expected[after:], atol=0.01)

    bits = sum(1 << channel for channel in FAULTS)
    for chunk in chunks:
        start, end = chunk.first_sample, chunk.first_sample + CHUNK
        if end <= BAD.start or start >= BAD.stop + RECOVERY:
            assert (chunk.quality, chunk.suspect_channels) == (EmgChunk.GOOD, 0), start
        elif start >= BAD.start + 100 and end <= BAD.stop:
            assert (chunk.quality, chunk.suspect_channels) == (EmgChunk.SUSPECT, bits), start

    for topic, sample in (("emg/mpf/wrist", "last_sample"), ("wrist/velocity", "sample"),
                          ("gesture/probabilities", "samples")):  # fmt: skip
        for message in listener[topic]:
            where = np.max(getattr(message, sample))
            if where < BAD.start or where > BAD.stop + RECOVERY + LONGEST_MEMORY + CHUNK:
                assert message.quality == EmgChunk.GOOD, (topic, where)
            elif BAD.start + CHUNK < where < BAD.stop:
                assert message.quality == EmgChunk.SUSPECT, (topic, where)
    assert np.isfinite(offline.probabilities(listener["gesture/probabilities"])[1]).all()
    assert np.isfinite([message.velocity for message in listener["wrist/velocity"]]).all()
    assert np.isfinite(offline.frame_matrices(listener["emg/mpf/wrist"])).all()


def test_bad_channels_of_a_device_are_named_in_the_diagnostics(processes, listener):
    processes.node("preprocessor")
    processes.node(
        "driver",
        parameters={
            "simulator.nan_channel": 3,
            "simulator.saturated_channel": 7,
            "simulator.flat_channel": 11,
        },
    )

    def named():
        status = listener.diagnosis("/preprocessor")
        return status is not None and status.message == "suspect channels: 3, 7, 11"

    listener.wait(named, 60, "the suspect channels")
    assert listener.diagnosis("/preprocessor").level == b"\x01"
