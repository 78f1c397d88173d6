# SPDX-License-Identifier: Apache-2.0
import numpy as np
from scipy import signal

from semg_decoders.signal.stft import bin_frequencies, samples_for, short_time_spectra


def test_agrees_with_scipys_transform(emg):
    window = signal.windows.hann(64, sym=True)
    _, _, expected = signal.stft(
        emg.astype(float),
        fs=2000.0,
        window=window / np.linalg.norm(window),
        nperseg=64,
        noverlap=54,
        boundary=None,
        padded=False,
        scaling="spectrum",
        axis=0,
    )
    # scipy divides by the window's sum, which we do not.
    expected = expected * (window / np.linalg.norm(window)).sum()
    ours = short_time_spectra(emg.astype(float))
    np.testing.assert_allclose(ours, expected.transpose(2, 1, 0), rtol=1e-10, atol=1e-9)


def test_number_of_columns_is_what_fits():
    assert samples_for(1) == 64
    assert samples_for(20) == 254
    assert short_time_spectra(np.zeros((samples_for(20), 3))).shape == (20, 3, 33)
    assert short_time_spectra(np.zeros((samples_for(20) - 1, 3))).shape == (19, 3, 33)


def test_bins_reach_from_zero_to_nyquist():
    frequencies = bin_frequencies(2000.0)
    assert frequencies[0] == 0.0
    assert frequencies[1] == 31.25
    assert frequencies[-1] == 1000.0
