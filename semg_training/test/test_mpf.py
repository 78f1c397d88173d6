# SPDX-License-Identifier: Apache-2.0
"""MPF in torch is what the decoders compute, for many recordings at once."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.signal.mpf import mpf as mpf_of_decoders  # noqa: E402
from semg_decoders.signal.noise_floor import with_noise_floor  # noqa: E402
from semg_training.mpf import mpf  # noqa: E402


def emg_of(seed, samples=1500, channels=16):
    """Correlated channels of unlike strength."""
    rng = np.random.default_rng(seed)
    mixing = rng.normal(0.0, 3.0, (channels, channels))
    return rng.standard_normal((samples, channels)) @ mixing


@pytest.mark.parametrize("window", [160, 200])
def test_frames_equal_the_conformance_data(window, conformance):
    vectors = np.load(conformance / "vectors/mpf.npz")
    frames = mpf(torch.from_numpy(vectors["emg"])[None], window)[0].numpy()
    expected = vectors[f"mpf_w{window}_f64"]
    assert frames.dtype == np.float64
    np.testing.assert_allclose(frames, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("floor", [0.0, 0.1])
def test_every_recording_of_a_batch_has_the_frames_of_the_decoders(floor):
    recordings = [emg_of(seed) for seed in range(3)]
    batch = mpf(torch.from_numpy(np.stack(recordings)), 160, floor).numpy()
    for frames, emg in zip(batch, recordings, strict=True):
        expected = with_noise_floor(mpf_of_decoders(emg, 160), floor)
        np.testing.assert_allclose(frames, expected, rtol=0, atol=1e-6)


def test_it_does_not_matter_how_many_frames_are_worked_on_at_a_time():
    batch = torch.from_numpy(np.stack([emg_of(seed) for seed in range(2)]))
    whole = mpf(batch, 160)
    for at_once in (1, 7, 20):
        torch.testing.assert_close(mpf(batch, 160, at_once=at_once), whole, rtol=0, atol=1e-9)


def test_bands_can_be_left_out():
    batch = torch.from_numpy(emg_of(0)[None])
    some = mpf(batch, 160, 0.1, bands=(0, 3))
    torch.testing.assert_close(some, mpf(batch, 160, 0.1)[:, :, [0, 3]], rtol=0, atol=1e-9)


def test_silence_reads_as_it_does_for_the_decoders():
    emg = np.zeros((300, 4))
    expected = with_noise_floor(mpf_of_decoders(emg, 160), 0.1)
    np.testing.assert_allclose(mpf(torch.from_numpy(emg)[None], 160, 0.1)[0], expected)


def test_frames_of_half_precision_recordings_are_made_in_full():
    emg = emg_of(0).astype(np.float16)
    of_half = mpf(torch.from_numpy(emg)[None], 160)
    of_double = mpf(torch.from_numpy(emg.astype(np.float64))[None], 160)
    assert torch.equal(of_half, of_double)


def test_what_has_no_frame_or_no_floor_is_refused():
    with pytest.raises(ValueError, match="at least 214 samples"):
        mpf(torch.zeros(1, 213, 16), 160)
    with pytest.raises(ValueError, match=r"must be \(batch, samples, channels\)"):
        mpf(torch.zeros(1000, 16), 160)
    with pytest.raises(ValueError, match="multiple of 40"):
        mpf(torch.zeros(1, 1000, 16), 150)
    with pytest.raises(ValueError, match="noise floor: -1"):
        mpf(torch.zeros(1, 1000, 16), 160, -1.0)
