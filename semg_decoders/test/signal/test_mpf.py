# SPDX-License-Identifier: Apache-2.0
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg, signal

from semg_decoders.signal.mpf import MultiWindowMpf, mpf, samples_needed


def by_definition(emg, window):
    """MPF step by step, one frame at a time, with scipy's matrix logarithm."""
    taper = signal.windows.hann(64, sym=True)
    taper = taper / np.sqrt(np.sum(taper**2))
    edges = [(0, 50), (30, 100), (100, 225), (225, 375), (375, 700), (700, 1000)]
    frequencies = np.fft.rfftfreq(64, 1 / 2000)
    columns = window // 10
    frames = []
    for start in range(0, len(emg) - (64 + 10 * (columns - 1)) + 1, 40):
        pieces = [emg[start + 10 * c : start + 10 * c + 64] for c in range(columns)]
        spectra = np.array([np.fft.rfft(p * taper[:, None], axis=0) for p in pieces])
        cross = np.array([spectra[:, b].T @ spectra[:, b].conj() for b in range(33)]) / columns
        power = np.abs(cross) ** 2
        frames.append(
            [
                linalg.logm(power[[low < f <= high for f in frequencies]].mean(axis=0))
                for low, high in edges
            ]
        )
    return np.array(frames).real


@pytest.mark.filterwarnings("ignore:logm result")
@pytest.mark.parametrize("window", [200, 160, 80])
def test_agrees_with_the_definition(emg, window):
    np.testing.assert_allclose(
        mpf(emg, window), by_definition(emg.astype(float), window), atol=1e-8
    )


@pytest.mark.parametrize("window", [200, 160])
def test_agrees_with_the_published_features(vectors, window):
    data = np.load(vectors / "mpf.npz")
    ours = mpf(data["emg"], window)
    assert ours.dtype == np.float64
    np.testing.assert_allclose(ours, data[f"mpf_w{window}_f64"], rtol=0, atol=1e-8)


@pytest.mark.parametrize("chunk", [1, 7, 20, 40, 333])
def test_published_features_come_out_of_a_stream_too(vectors, chunk):
    data = np.load(vectors / "mpf.npz")
    emg = data["emg"]
    stream = MultiWindowMpf(16)
    frames = {200: [], 160: []}
    for i in range(0, len(emg), chunk):
        for window, new in stream.push(emg[i : i + chunk], i).items():
            frames[window].append(new.log_matrices)
    for window, parts in frames.items():
        expected = data[f"mpf_w{window}_f64"]
        np.testing.assert_allclose(np.concatenate(parts), expected, rtol=0, atol=1e-8)


@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.integers(0, 1200), max_size=15), start=st.integers(0, 10**12))
def test_any_cut_gives_the_same_frames(emg, cuts, start):
    edges = [0, *sorted(cuts), len(emg)]
    stream = MultiWindowMpf(4)
    pushed = [stream.push(emg[a:b], start + a) for a, b in pairwise(edges)]
    for window in (200, 160):
        whole = mpf(emg, window)
        parts = np.concatenate([frames[window].log_matrices for frames in pushed])
        np.testing.assert_allclose(parts, whole, rtol=0, atol=1e-10)
        lasts = np.concatenate([frames[window].last_samples for frames in pushed])
        needed = samples_needed(window) - 1
        np.testing.assert_array_equal(lasts, start + needed + 40 * np.arange(len(whole)))


def test_frames_that_are_wanted_only_now_and_then_are_the_same_as_ever(emg):
    channels = emg.shape[1]
    always, sometimes = MultiWindowMpf(channels), MultiWindowMpf(channels)
    suspects = np.zeros(channels, dtype=bool)
    for i in range(0, len(emg), 100):
        suspects[3] = i in (300, 1500)
        wanted = (200, 160) if 1000 <= i < 2000 else (200,)
        expected = always.push(emg[i : i + 100], i, suspects.copy())
        got = sometimes.push(emg[i : i + 100], i, suspects.copy(), wanted)
        assert got.keys() == set(wanted)
        for window, frames in got.items():
            np.testing.assert_array_equal(frames.log_matrices, expected[window].log_matrices)
            np.testing.assert_array_equal(frames.last_samples, expected[window].last_samples)
            np.testing.assert_array_equal(frames.fresh, expected[window].fresh)
            np.testing.assert_array_equal(frames.suspect, expected[window].suspect)
            assert frames.first_frame == expected[window].first_frame


def test_the_cut_does_not_show_in_bands_that_hold_only_rounding():
    # One rounding error more or less would be amplified to order one here.
    time = np.arange(2000)[:, None] / 2000
    emg = np.sin(2 * np.pi * (60 + 7 * np.arange(16)) * time) * 1000
    stream = MultiWindowMpf(16, (200,))
    parts = [stream.push(emg[i : i + 13], i)[200].log_matrices for i in range(0, 2000, 13)]
    np.testing.assert_allclose(np.concatenate(parts), mpf(emg, 200), rtol=0, atol=1e-10)


@pytest.mark.parametrize(("window", "samples"), [(200, 254), (160, 214)])
def test_the_first_frame_needs_its_samples_and_no_more(window, samples):
    assert samples_needed(window) == samples
    emg = np.random.default_rng(1).normal(size=(samples, 16))
    assert mpf(emg[:-1], window).shape == (0, 6, 16, 16)
    assert mpf(emg, window).shape == (1, 6, 16, 16)


def test_a_frame_comes_with_its_last_sample(emg):
    stream = MultiWindowMpf(4)
    for i in range(len(emg)):
        for frames in stream.push(emg[i : i + 1], i).values():
            assert all(last == i for last in frames.last_samples)


def test_scaling_the_emg_adds_four_times_its_logarithm(emg):
    shifted = mpf(emg.astype(float) * 10.0) - mpf(emg.astype(float))
    expected = np.broadcast_to(4 * np.log(10.0) * np.eye(4), shifted.shape)
    np.testing.assert_allclose(shifted, expected, atol=1e-7)


def test_silence_gives_zeros():
    assert not mpf(np.zeros((400, 16))).any()


def test_samples_that_are_not_finite_spoil_only_the_frames_they_are_in(emg):
    spoilt = emg.astype(float)
    spoilt[600] = np.nan
    ours, whole = mpf(spoilt), mpf(emg)
    begins = 40 * np.arange(len(ours))
    hit = (begins <= 600) & (begins + 254 > 600)
    assert np.isnan(ours[hit]).all()
    np.testing.assert_array_equal(ours[~hit], whole[~hit])


def test_nothing_is_glued_over_a_gap(emg):
    stream = MultiWindowMpf(4)
    stream.push(emg[:500], 0)
    frames = stream.push(emg[500:], 600)[200]
    np.testing.assert_array_equal(frames.log_matrices, mpf(emg[500:], 200))
    assert frames.first_frame == 0
    assert frames.last_samples[0] == 600 + 253


def test_frames_are_counted_from_the_reset(emg):
    stream = MultiWindowMpf(4)
    counts = [stream.push(emg[i : i + 300], i)[160] for i in range(0, 1200, 300)]
    firsts = [frames.first_frame for frames in counts]
    assert firsts == np.cumsum([0, *(len(frames) for frames in counts[:-1])]).tolist()


def test_frames_with_samples_of_the_first_100_ms_are_fresh(emg):
    frames = MultiWindowMpf(4).push(emg, 1000)[200]
    assert frames.fresh.tolist() == [True] * 5 + [False] * (len(frames) - 5)


def test_frames_made_from_suspect_samples_are_suspect(emg):
    stream = MultiWindowMpf(4)
    bad = np.array([False, False, True, False])
    spans = []
    for i in range(0, 1200, 20):
        frames = stream.push(emg[i : i + 20], i, bad if i == 600 else None)
        for window, new in frames.items():
            for last, suspect in zip(new.last_samples, new.suspect, strict=True):
                if suspect.any():
                    np.testing.assert_array_equal(suspect, bad)
                touches = last >= 600 and last - (samples_needed(window) - 1) <= 619
                spans.append((bool(suspect.any()), bool(touches)))
    assert any(suspect for suspect, _ in spans)
    assert all(suspect == touches for suspect, touches in spans)


@pytest.mark.parametrize("window", [0, -40, 50, 210])
def test_a_window_that_is_no_multiple_of_the_stride_is_refused(window):
    with pytest.raises(ValueError, match=f"window: {window} samples"):
        mpf(np.zeros((400, 2)), window)


def test_a_block_of_another_width_is_refused():
    with pytest.raises(ValueError, match=r"must be \(samples, 16\)"):
        MultiWindowMpf(16).push(np.zeros((20, 8)), 0)
