# SPDX-License-Identifier: Apache-2.0
"""One pass over recorded EMG: segments, gaps, level and quality of each channel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_decoders.signal.quality import QualityMonitor, fault_names
from semg_driver.devices.device import DeviceInfo
from semg_driver.recordings.recording import RecordedBlock, RecordingError

_PAGE = 4096


@dataclass
class SurveyedSegment:
    """Part of a recording without a true break.

    Attributes
    ----------
    first_sample, samples : int
        Index of the first sample; samples that are there.
    lost_samples, gaps : int
        Samples that are missing within it, and in how many places.
    start, rate : float
        s since the recording's beginning; Hz.
    """

    first_sample: int
    samples: int
    lost_samples: int
    gaps: int
    start: float
    rate: float


@dataclass(frozen=True)
class SurveyedChannel:
    """One channel over the whole recording.

    Attributes
    ----------
    label : str
        Its name.
    rms, offset : float
        Of the finite samples, without and of the offset, in the recording's unit.
    suspect_share : float
        Part of the time, 0 to 1, in stretches that had a fault.
    faults : str
        Which, in words.
    """

    label: str
    rms: float
    offset: float
    suspect_share: float
    faults: str


class SignalSurvey:
    """Takes in a recording block by block. Reads as attributes what it found.

    Attributes
    ----------
    info : DeviceInfo
        Of the first block.
    segments : list of SurveyedSegment
        In order.
    """

    def __init__(self) -> None:
        self.segments: list[SurveyedSegment] = []
        self.duration = 0.0
        self._info: DeviceInfo | None = None
        self._expected = 0
        self._page: list[NDArray[np.float32]] = []
        self._page_samples = 0

    @property
    def info(self) -> DeviceInfo:
        """What was recorded first. Raises RecordingError if there was nothing."""
        if self._info is None:
            raise RecordingError("the recording holds no samples")
        return self._info

    @property
    def samples(self) -> int:
        """Samples that are there."""
        return sum(segment.samples for segment in self.segments)

    @property
    def gaps(self) -> int:
        """Places where samples are missing."""
        return sum(segment.gaps for segment in self.segments)

    @property
    def lost_samples(self) -> int:
        """Samples that are missing."""
        return sum(segment.lost_samples for segment in self.segments)

    def add(self, block: RecordedBlock) -> None:
        """Take in the next block."""
        if self._info is None:
            self._begin(block.info)
        breaks = block.starts_stream or not self.segments
        if breaks:
            self.segments.append(
                SurveyedSegment(block.first_sample, 0, 0, 0, block.time, block.info.sample_rate)
            )
        elif block.first_sample > self._expected:
            self.segments[-1].gaps += 1
            self.segments[-1].lost_samples += block.first_sample - self._expected
        if breaks or block.first_sample != self._expected:
            self._end_page()
            self._quality.reset()
        self.segments[-1].samples += len(block.emg)
        self._expected = block.first_sample + len(block.emg)
        self.duration = max(self.duration, block.time + len(block.emg) / block.info.sample_rate)
        if block.emg.shape[1] == self.info.channels:
            self._page.append(block.emg)
            self._page_samples += len(block.emg)
        if self._page_samples >= _PAGE:
            self._end_page()

    def finish(self) -> None:
        """Work on what is left; call it after the last block."""
        if self._info is not None:
            self._end_page()

    def channels(self) -> list[SurveyedChannel]:
        """Return what was found of each channel."""
        count = np.maximum(self._count, 1)
        mean = self._sum / count
        rms = np.sqrt(np.maximum(self._squares / count - mean**2, 0.0))
        share = self._suspect / max(self._surveyed, 1)
        labels = self.info.channel_labels
        return [
            SurveyedChannel(
                labels[i] if i < len(labels) else str(i),
                float(rms[i]),
                float(mean[i] + self._origin[i]),
                float(share[i]),
                fault_names(int(self._faults[i])),
            )
            for i in range(self.info.channels)
        ]

    def _begin(self, info: DeviceInfo) -> None:
        self._info = info
        self._quality = QualityMonitor(info.channels, info.sample_rate, info.full_scale)
        self._origin = np.zeros(info.channels)
        self._sum = np.zeros(info.channels)
        self._squares = np.zeros(info.channels)
        self._count = np.zeros(info.channels, np.int64)
        self._suspect = np.zeros(info.channels, np.int64)
        self._faults = np.zeros(info.channels, np.uint8)
        self._surveyed = 0

    def _end_page(self) -> None:
        if not self._page:
            return
        raw = np.concatenate(self._page)
        self._page, self._page_samples = [], 0
        faults = self._quality.push(raw).faults
        self._faults |= faults
        self._suspect += len(raw) * (faults != 0)
        good = np.isfinite(raw)
        values = np.where(good, raw, 0.0).astype(np.float64)
        if not self._surveyed:
            # Sums of squares about a far origin would lose the signal beside a large offset.
            self._origin = values[0].copy()
        values = np.where(good, values - self._origin, 0.0)
        self._sum += values.sum(axis=0)
        self._squares += (values**2).sum(axis=0)
        self._count += good.sum(axis=0)
        self._surveyed += len(raw)
