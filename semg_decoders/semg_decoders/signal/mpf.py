# SPDX-License-Identifier: Apache-2.0
"""MPF: multivariate power-frequency features, streaming and offline with the same arithmetic.

After Kaifosh, Reardon et al., "A generic non-invasive neuromotor interface for human-computer
interaction", Nature 2025, doi 10.1038/s41586-025-09255-w. Everything from the cross-spectrum
to the logarithm is float64: in float32 the logarithm of small eigenvalues is rounding noise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from semg_decoders.signal.quality import SuspectHistory
from semg_decoders.signal.stft import (
    HOP,
    bin_frequencies,
    samples_for,
    short_time_spectra,
)

SAMPLE_RATE = 2000.0
"""Hz, the rate the features are defined at."""
STRIDE = 40
"""Samples from one frame to the next."""
BANDS: tuple[tuple[float, float], ...] = (
    (0.0, 50.0),
    (30.0, 100.0),
    (100.0, 225.0),
    (225.0, 375.0),
    (375.0, 700.0),
    (700.0, 1000.0),
)
"""Hz, (exclusive low, inclusive high)."""
WRIST_WINDOW = 200
HANDWRITING_WINDOW = 160
FRESH_SAMPLES = 200
"""A frame with a sample among the first 100 ms after a start or reset is fresh."""

_COLUMNS_PER_STRIDE = STRIDE // HOP
# Strides worked through at once: bounds the memory of an offline pass.
_BATCH = 64


@dataclass(frozen=True)
class MpfFrames:
    """Feature frames that became available with one push.

    Attributes
    ----------
    log_matrices : array of float64, (frames, bands, channels, channels)
        Matrix logarithms; natural logarithm of (noise s.d.)^4.
    last_samples : array of int64, (frames,)
        Index of the last sample that each frame was made from.
    first_frame : int
        Frames since the last start or reset before the first of these.
    fresh : array of bool, (frames,)
        Whether a sample used lies within 100 ms after a start or reset.
    suspect : array of bool, (frames, channels)
        Channels that were suspect anywhere in the samples used.
    """

    log_matrices: NDArray[np.float64]
    last_samples: NDArray[np.int64]
    first_frame: int
    fresh: NDArray[np.bool_]
    suspect: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.last_samples)


def samples_needed(window: int) -> int:
    """Return how many samples the first frame needs: 254 for window 200, 214 for 160."""
    _columns(window)
    return samples_for(window // HOP)


class MultiWindowMpf:
    """MPF frames for several window lengths from one short-time Fourier transform.

    Frames advance by 40 samples (20 ms). The cross-spectra of the four transform columns that
    every stride adds are summed once, and shared by all frames and windows that cover them.
    Results do not depend on how the stream is cut into blocks. A block that does not continue
    the one before resets the state by itself.

    Parameters
    ----------
    channels : int
        Number of channels.
    windows : sequence of int
        Window lengths in samples, multiples of 40.

    Raises
    ------
    ValueError
        For a window that is no positive multiple of 40.
    """

    def __init__(
        self, channels: int, windows: Sequence[int] = (WRIST_WINDOW, HANDWRITING_WINDOW)
    ) -> None:
        self.channels = channels
        self.windows = tuple(windows)
        self._strides = {window: _columns(window) // _COLUMNS_PER_STRIDE for window in windows}
        self._longest = max(self._strides.values())
        self._bins, self._bands = _band_weights()
        self._suspects = {window: SuspectHistory(channels) for window in windows}
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next block starts a new stream."""
        self._expected: int | None = None
        self._start = 0
        self._samples = np.zeros((0, self.channels))
        # Cross-spectra of the last strides, each (bins, channels, channels).
        self._recent: list[NDArray[np.complex128]] = []
        self._strides_done = 0
        for history in self._suspects.values():
            history.reset()

    def push(
        self,
        block: NDArray[np.floating],
        first_sample: int,
        suspect: NDArray[np.bool_] | None = None,
        wanted: Collection[int] | None = None,
    ) -> dict[int, MpfFrames]:
        """Compute the frames that the next samples complete.

        Parameters
        ----------
        block : array, (samples, channels)
            Conditioned EMG at 2 kHz in noise s.d.
        first_sample : int
            Index of the first sample.
        suspect : array of bool, (channels,), optional
            Channels that are suspect in this block.
        wanted : collection of int, optional
            Those of the windows to compute frames for; all if None. The frames of the others
            only count, so that they can be wanted again at any time.

        Returns
        -------
        dict of int to MpfFrames
            For each wanted window length the new frames, of which there may be none.
        """
        asked = self.windows if wanted is None else tuple(w for w in self.windows if w in wanted)
        emg = np.asarray(block, dtype=np.float64)
        if emg.ndim != 2 or emg.shape[1] != self.channels:
            raise ValueError(f"block: shape {emg.shape}, must be (samples, {self.channels})")
        if first_sample != self._expected:
            self.reset()
            self._start = first_sample
        self._expected = first_sample + emg.shape[0]
        for history in self._suspects.values():
            history.add(first_sample, emg.shape[0], suspect)

        self._samples = np.concatenate([self._samples, emg])
        results: dict[int, list[NDArray[np.float64]]] = {window: [] for window in asked}
        spare = self._samples.shape[0] - samples_for(_COLUMNS_PER_STRIDE)
        strides = max(0, spare // STRIDE + 1)
        for done in range(0, strides, _BATCH):
            begin = done * STRIDE
            end = begin + samples_for(min(_BATCH, strides - done) * _COLUMNS_PER_STRIDE)
            self._work(self._samples[begin:end], results)
        self._samples = self._samples[strides * STRIDE :].copy()
        frames = {window: self._frames_of(window, results[window]) for window in asked}
        self._strides_done += strides
        for window, history in self._suspects.items():
            history.forget(self._start + STRIDE * self._frames_done(window))
        return frames

    def _work(
        self, emg: NDArray[np.float64], results: dict[int, list[NDArray[np.float64]]]
    ) -> None:
        """Add the next strides of cross-spectra, and the frames they complete, to `results`."""
        before = len(self._recent)
        known = [*self._recent, *self._cross_spectra(emg)]
        powers: dict[int, list[NDArray[np.float64]]] = {window: [] for window in results}
        for end in range(before + 1, len(known) + 1):
            sums = _sums_backwards(known[max(0, end - self._longest) : end])
            for strides, total in enumerate(sums, 1):
                for window, frames in powers.items():
                    if self._strides[window] == strides:
                        frames.append(total.real**2 + total.imag**2)
        self._recent = known[max(0, len(known) - self._longest + 1) :]
        for window, logarithms in self._logarithms(powers).items():
            results[window].append(logarithms)

    def _cross_spectra(self, emg: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Return the outer products summed over four columns, (strides, bins, channels, channels).

        Every product has the same small shape whatever the number of strides, so that BLAS
        rounds alike for every cut.
        """
        spectra = short_time_spectra(emg)[:, :, self._bins]
        channels, bins = spectra.shape[1:]
        grouped = spectra.reshape(-1, _COLUMNS_PER_STRIDE, channels, bins)
        ordered = np.ascontiguousarray(grouped.transpose(0, 3, 2, 1))
        products: NDArray[np.complex128] = ordered @ ordered.conj().swapaxes(2, 3)
        return products

    def _logarithms(
        self, powers: dict[int, list[NDArray[np.float64]]]
    ) -> dict[int, NDArray[np.float64]]:
        """Return the matrix logarithms of each window's frames, (frames, bands, …), if any.

        `powers` are the squared magnitudes of the cross-spectra, each (bins, …).
        """
        counts = {window: len(frames) for window, frames in powers.items() if frames}
        if not counts:
            return {}
        together = np.stack([frame for window in counts for frame in powers[window]])
        per_band = self._bands @ together.reshape(*together.shape[:2], -1)
        columns = np.repeat([float(_columns(window)) for window in counts], [*counts.values()])
        per_band /= (columns**2)[:, np.newaxis, np.newaxis]
        shape = (-1, len(self._bands), self.channels, self.channels)
        logarithms = matrix_logarithm(per_band.reshape(shape))
        edges = np.cumsum([*counts.values()])[:-1]
        return dict(zip(counts, np.split(logarithms, edges), strict=True))

    def _frames_done(self, window: int) -> int:
        return max(0, self._strides_done - self._strides[window] + 1)

    def _frames_of(self, window: int, batches: list[NDArray[np.float64]]) -> MpfFrames:
        first_frame = self._frames_done(window)
        if not batches:
            return self._no_frames(first_frame)
        matrices = batches[0] if len(batches) == 1 else np.concatenate(batches)
        count = len(matrices)
        begins = self._start + STRIDE * np.arange(first_frame, first_frame + count, dtype=np.int64)
        lasts = begins + (samples_needed(window) - 1)
        suspect = np.zeros((count, self.channels), dtype=np.bool_)
        history = self._suspects[window]
        for frame in range(count if history else 0):
            suspect[frame] = history.over(int(begins[frame]), int(lasts[frame]))
        fresh = begins < self._start + FRESH_SAMPLES
        return MpfFrames(matrices, lasts, first_frame, fresh, suspect)

    def _no_frames(self, first_frame: int) -> MpfFrames:
        return MpfFrames(
            np.zeros((0, len(self._bands), self.channels, self.channels)),
            np.zeros(0, dtype=np.int64),
            first_frame,
            np.zeros(0, dtype=np.bool_),
            np.zeros((0, self.channels), dtype=np.bool_),
        )


def mpf(emg: ArrayLike, window: int = WRIST_WINDOW) -> NDArray[np.float64]:
    """Return the MPF frames of a whole recording.

    Parameters
    ----------
    emg : array, (samples, channels)
        Conditioned EMG at 2 kHz in noise s.d.
    window : int
        Window length in samples, a multiple of 40.

    Returns
    -------
    array of float64, (frames, 6, channels, channels)
        Frame k is made from samples 40 k … 40 k + `samples_needed(window)` - 1.
    """
    block = np.asarray(emg, dtype=np.float64)
    if block.ndim != 2:
        raise ValueError(f"emg: shape {block.shape}, must be (samples, channels)")
    return MultiWindowMpf(block.shape[1], (window,)).push(block, 0)[window].log_matrices


def _sums_backwards(strides: list[NDArray[np.complex128]]) -> Iterator[NDArray[np.complex128]]:
    """Yield the last, the sum of the last two, and so on; each only until the next is asked for.

    From the newest back, all windows share their sums, and every cut rounds alike.
    """
    total = strides[-1].copy()
    yield total
    for stride in reversed(strides[:-1]):
        total += stride
        yield total


def matrix_logarithm(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of symmetric matrices, (…, n, n), through their eigenvalues.

    Where the logarithm of an eigenvalue is NaN or minus infinity, it is taken to be 0. A matrix
    that is not finite becomes NaN.
    """
    values, vectors = eigen(matrices)
    logarithms = np.log(values, where=values > 0, out=np.zeros_like(values))
    return from_eigen(logarithms, vectors)


def eigen(
    matrices: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return eigenvalues, (…, n), and eigenvectors, (…, n, n), of symmetric matrices.

    The vectors of a matrix that is not finite are NaN, and do no harm to the others.
    """
    finite = np.asarray(np.isfinite(matrices).all(axis=(-2, -1)))
    if finite.all():
        values, vectors = np.linalg.eigh(matrices)
        return values, vectors
    values, vectors = np.linalg.eigh(np.where(finite[..., np.newaxis, np.newaxis], matrices, 0.0))
    vectors[~finite] = np.nan
    return values, vectors


def from_eigen(values: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the symmetric matrices that have these eigenvalues, (…, n), and eigenvectors."""
    matrices: NDArray[np.float64] = (vectors * values[..., np.newaxis, :]) @ vectors.swapaxes(
        -1, -2
    )
    return matrices


def _columns(window: int) -> int:
    if window <= 0 or window % STRIDE:
        raise ValueError(f"window: {window} samples, must be a positive multiple of {STRIDE}")
    return window // HOP


def _band_weights() -> tuple[slice, NDArray[np.float64]]:
    """Return the bins from the first to the last that a band holds, and each band's mean."""
    frequencies = bin_frequencies(SAMPLE_RATE)
    inside = np.array([(frequencies > low) & (frequencies <= high) for low, high in BANDS])
    held = np.flatnonzero(inside.any(axis=0))
    bins = slice(int(held[0]), int(held[-1]) + 1)
    weights = inside[:, bins] / inside.sum(axis=1, keepdims=True)
    return bins, weights
