# SPDX-License-Identifier: Apache-2.0
import array

import numpy as np
import pytest

from semg_decoders.decoder_shell import BundleStream
from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.lookup import find_bundle
from semg_decoders.mpf_input import MpfInput
from semg_msgs.msg import MpfFrame
from semg_node.component import Refused

EDGES = [(0, 50), (30, 100), (100, 225), (225, 375), (375, 700), (700, 1000)]


def frame(last_sample, channels=16, bands=6):
    return MpfFrame(
        stream_id=1,
        last_sample=last_sample,
        sample_rate=2000.0,
        bandwidth=1000.0,
        window=200,
        stride=40,
        channels=channels,
        band_low=[float(low) for low, _ in EDGES[:bands]],
        band_high=[float(high) for _, high in EDGES[:bands]],
        data=array.array("f", bytes(4 * bands * channels**2)),
    )


@pytest.fixture
def begun():
    return []


@pytest.fixture
def frames(begun):
    # What is asked of the stream here needs no node.
    stream = BundleStream(None)
    stream.bundle = ModelBundle.load(find_bundle("wrist"))
    return MpfInput("emg/mpf/wrist", stream, lambda verdict, one: begun.append(verdict.value))


def test_only_a_break_begins_anew_and_a_repeated_frame_is_dropped(frames, begun):
    taken = [frames.take(frame(last)) for last in (253, 293, 293, 413)]
    assert [one is None for one in taken] == [False, False, True, False]
    assert begun == ["first block", "gap"]
    assert taken[0].log_matrices.shape == (1, 6, 16, 16)
    assert not np.any(taken[0].suspect)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"channels": 8}, "emg/mpf/wrist: 8 channels, but bundle 'wrist"),
        ({"bands": 5}, "emg/mpf/wrist: MPF bands 0-50, 30-100"),
    ],
)
@pytest.mark.parametrize("before", [[], [253]])
def test_frames_that_the_model_does_not_take_are_refused_in_the_midst_of_a_stream_too(
    frames, before, other, said
):
    for last in before:
        frames.take(frame(last))
    with pytest.raises(Refused, match=said):
        frames.take(frame(293, **other))
