# SPDX-License-Identifier: Apache-2.0
"""Decodes handwriting of recorded EMG by the engines of the nodes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from semg_bringup.command.decoded_frames import Arrays, DecodedFrames, Place, texts
from semg_decoders.decoding.handwriting import Emission, HandwritingDecoder
from semg_decoders.decoding.text_line import LineUpdate
from semg_decoders.decoding.writing import Writing, writing_settings
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import ConditionedBlock
from semg_decoders.signal.mpf import MultiWindowMpf
from semg_driver.devices.device import DeviceInfo


@dataclass(frozen=True)
class _Written:
    sample: int
    place: Place
    text: str
    complete: bool = False


class HandwritingDecoding:
    """Log-probabilities, text, and lines."""

    def __init__(self, model: Model) -> None:
        bundle = model.bundle
        self._model = model
        decoder = HandwritingDecoder(model)
        self._labels = decoder.labels
        period = decoder.stride / decoder.sample_rate
        self._writing = Writing(decoder.labels, period, writing_settings(bundle))
        assert bundle.mpf is not None
        self._window = bundle.mpf.window
        self._place = Place(0, 0)
        self._frames = DecodedFrames()
        self._emissions: list[Emission] = []
        self._settled: list[_Written] = []
        self._lines: list[_Written] = []

    def begin(self, info: DeviceInfo, place: Place) -> None:
        """Start afresh; what was being written stays as it stands."""
        self._end_line()
        self._place = place
        self._features = MultiWindowMpf(info.channels, (self._window,))
        self._decoder = HandwritingDecoder(self._model, info.bandwidth)

    def push(self, block: ConditionedBlock) -> None:
        """Decode the next samples."""
        frames = self._features.push(block.emg, block.first_sample, block.suspect)[self._window]
        # The topic between the nodes carries single precision, frame by frame.
        matrices = frames.log_matrices.astype(np.float32)
        for i, last in enumerate(frames.last_samples.tolist()):
            emissions = self._decoder.push(matrices[i : i + 1], last, frames.suspect[i])
            for emission in emissions:
                self._frames.add(1, emission, self._place, fresh=bool(frames.fresh[i]))
                self._emissions.append(emission)
                self._note(self._writing.push(emission.log_probabilities))

    def arrays(self) -> Arrays:
        """Return emissions, text and lines, the last line as it stands."""
        self._end_line()
        none = np.zeros((0, len(self._labels)), np.float32)
        settled, lines = self._settled, self._lines
        return {
            "output": np.stack([e.log_probabilities for e in self._emissions])
            if self._emissions
            else none,
            "sample": np.array([e.sample for e in self._emissions], np.int64),
            "labels": np.array(self._labels),
            **self._frames.arrays(),
            "event_sample": np.zeros(0, np.int64),
            "event_name": texts([]),
            "event_kind": texts([]),
            "event_probability": np.zeros(0, np.float32),
            "text": texts([one.text for one in settled]),
            "text_sample": np.array([one.sample for one in settled], np.int64),
            "text_stream": np.array([one.place.stream for one in settled], np.int32),
            "text_piece": np.array([one.place.piece for one in settled], np.int32),
            "line": texts([one.text for one in lines]),
            "line_sample": np.array([one.sample for one in lines], np.int64),
            "line_complete": np.array([one.complete for one in lines], np.bool_),
            "line_stream": np.array([one.place.stream for one in lines], np.int32),
            "line_piece": np.array([one.place.piece for one in lines], np.int32),
        }

    def _note(self, updates: Iterable[LineUpdate]) -> None:
        """Keep all settled text, and of each line how it was in the end."""
        sample = self._emissions[-1].sample if self._emissions else 0
        for update in updates:
            if update.text:
                self._settled.append(_Written(sample, self._place, update.text))
            last = self._lines[-1] if self._lines else None
            if last is not None and last.place == self._place and not last.complete:
                self._lines.pop()
            self._lines.append(_Written(sample, self._place, update.line, update.complete))

    def _end_line(self) -> None:
        self._note(self._writing.finish())
