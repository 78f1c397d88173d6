# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest

from semg_decoders.inference.bundle import (
    BundleError,
    InputDescription,
    ModelBundle,
    MpfDescription,
    OutputDescription,
)
from semg_decoders.inference.stream_check import (
    StreamDescription,
    check_conditioning,
    check_frames,
    check_stream,
)
from semg_decoders.signal.mpf import BANDS as ALL_BANDS

BANDS = ((0.0, 50.0), (30.0, 100.0))


@pytest.fixture
def bundle(tmp_path):
    return ModelBundle(
        folder=tmp_path,
        name="gestures",
        task="discrete_gestures",
        version="1",
        licence="Apache-2.0",
        description="",
        trained_on={},
        metrics={},
        input=InputDescription("emg", 2000.0, 16, "noise_sd", 40.0, 400.0, "emg"),
        mpf=None,
        frames_per_step=2,
        left_context=11,
        warm_up=0,
        stride=10,
        states={},
        output=OutputDescription("logits", "sigmoid", ("a",)),
        decoding={},
        sha256="0" * 64,
    )


STREAM = StreamDescription("emg/conditioned", 2000.0, 16, "noise_sd", 450.0)


def test_a_stream_that_fits_is_taken(bundle):
    check_stream(bundle, STREAM)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"name": "emg/raw", "channels": 8},
            "emg/raw: 8 channels, but bundle 'gestures' needs 16",
        ),
        (
            {"sample_rate": 1000.0},
            "emg/conditioned: 1000 Hz, but bundle 'gestures' needs 2000 Hz",
        ),
        ({"unit": "V"}, "emg/conditioned: unit 'V', but bundle 'gestures' needs 'noise_sd'"),
        (
            {"bandwidth": 225.0},
            "emg/conditioned: bandwidth 225 Hz, but bundle 'gestures' needs 400 Hz",
        ),
        ({"bandwidth": float("nan")}, "emg/conditioned: bandwidth nan Hz"),
    ],
)
def test_a_stream_that_does_not_fit_is_refused(bundle, change, said):
    with pytest.raises(BundleError) as caught:
        check_stream(bundle, replace(STREAM, **change))
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"window": 160}, "MPF window 160 and stride 40 samples, but bundle 'gestures' needs 200"),
        ({"bands": BANDS[:1]}, "MPF bands 0-50 Hz, but bundle 'gestures' needs 0-50, 30-100 Hz"),
    ],
)
def test_features_that_do_not_fit_are_refused(bundle, change, said):
    wrist = replace(bundle, mpf=MpfDescription(200, 40, BANDS, 0.0))
    stream = replace(STREAM, name="emg/mpf/wrist", window=200, stride=40, bands=BANDS)
    check_stream(wrist, stream)
    with pytest.raises(BundleError, match=said):
        check_stream(wrist, replace(stream, **change))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sample_rate": 1000.0}, "input.sample_rate is 1000.0, but EMG is conditioned to 2000.0"),
        ({"unit": "V"}, "input.unit is V, but EMG is conditioned to noise_sd"),
        ({"high_pass_hz": 20.0}, "input.high_pass_hz is 20.0, but EMG is conditioned to 40.0"),
    ],
)
def test_a_bundle_for_other_conditioning_than_ours_is_refused(bundle, change, said):
    check_conditioning(bundle)
    with pytest.raises(BundleError, match=f"bundle 'gestures': {said}"):
        check_conditioning(replace(bundle, input=replace(bundle.input, **change)))


def test_a_bundle_for_other_frames_than_its_task_has_is_refused(bundle):
    usual = MpfDescription(window=200, stride=40, bands=ALL_BANDS, noise_floor=0.0)
    wrist = replace(bundle, task="wrist", mpf=usual)
    check_frames(wrist)
    check_frames(bundle)
    with pytest.raises(BundleError, match=r"emg/mpf/wrist: MPF window 200 and .* needs 160 and 40"):
        check_frames(replace(wrist, mpf=replace(usual, window=160)))
    with pytest.raises(BundleError, match=r"MPF bands 0-.*, but bundle .* needs 0-50, 30-100 Hz"):
        check_frames(replace(wrist, mpf=replace(usual, bands=BANDS)))
