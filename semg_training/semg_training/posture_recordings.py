# SPDX-License-Identifier: Apache-2.0
"""Recordings of held postures, in the form that training reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semg_decoders.evaluation.postures import PostureSpan
from semg_decoders.signal.conditioning import SAMPLE_RATE, Conditioner
from semg_driver.recordings.corpus import CorpusRow
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording
from semg_driver.recordings.spans import read_spans, spans_within
from semg_training.band_covariances import FRAME_SAMPLES, Bands, band_covariances, bands_within

LOWEST_RATE = 500.0
"""Hz, of a device."""


@dataclass(frozen=True)
class PostureRecording:
    """A stream without a break.

    Attributes
    ----------
    covariances : ndarray of float32, shape (frames, bands, channels, channels)
        As `band_covariances` gives them.
    spans : tuple of PostureSpan
        What was asked for; s since the beginning of the stream.
    emg : ndarray of float16, shape (samples, channels)
        Conditioned, at 2 kHz, in noise s.d.
    bandwidth : float
        Hz that the device delivers.
    """

    covariances: NDArray[np.float32]
    spans: tuple[PostureSpan, ...]
    emg: NDArray[np.float16]
    bandwidth: float

    @property
    def channels(self) -> int:
        """EMG channels."""
        return int(self.emg.shape[1])

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.covariances) * FRAME_SAMPLES / SAMPLE_RATE


def read_postures(
    path: Path, bands: Bands | None = None, part: CorpusRow | None = None
) -> list[PostureRecording]:
    """Read a labelled recording, one stream for each of its segments.

    Parameters
    ----------
    path : Path
        HDF5 recording whose table of stages or prompts names postures.
    bands : tuple of (float, float), optional
        Hz; those that its device delivers when not given.
    part : CorpusRow, optional
        Which part of it to read; all when not given.

    Raises
    ------
    RecordingError
        If it cannot be read, says nothing of postures, or is too slow.
    """
    with Hdf5Recording(path) as recording:
        info = recording.info
        if info.sample_rate < LOWEST_RATE:
            raise RecordingError(
                f"{path}: {info.sample_rate:g} Hz, must be at least {LOWEST_RATE:g} Hz"
            )
        try:
            chosen = bands or bands_within(info.bandwidth)
        except ValueError as error:
            raise RecordingError(f"{path}: {error}") from None
        spans = read_spans(recording)
        begins, ends = (0, recording.samples) if part is None else part.rows(recording)
        edges = [edge for edge in recording.segment_starts if begins < edge < ends]
        found = []
        for first, stop in pairwise([begins, *edges, ends]):
            conditioner = Conditioner(
                info.sample_rate, info.noise_sd, info.conditioned, info.channels, info.ring_order
            )
            raw = recording.read(first, stop)
            bad = np.argwhere(~np.isfinite(raw))
            if len(bad):
                row, channel = bad[0].tolist()
                raise RecordingError(
                    f"{path}: EMG is no number in row {first + row}, channel {channel}"
                )
            block = conditioner.push(raw, 0)
            begin = first / info.sample_rate + block.first_sample / SAMPLE_RATE
            inside = tuple(
                PostureSpan(
                    span.name,
                    max(0.0, span.first / info.sample_rate - begin),
                    span.stop / info.sample_rate - begin,
                )
                for span in spans_within(spans, first, stop)
            )
            covariances = band_covariances(block.emg, chosen)
            emg = block.emg.astype(np.float16)
            found.append(PostureRecording(covariances, inside, emg, info.bandwidth))
    return found


def posture_names(recordings: Sequence[PostureRecording], neutral: str = "rest") -> tuple[str, ...]:
    """Return what is held in some recordings: the neutral posture first, if it is among them."""
    names = sorted({span.name for recording in recordings for span in recording.spans})
    return tuple(sorted(names, key=lambda name: name != neutral))
