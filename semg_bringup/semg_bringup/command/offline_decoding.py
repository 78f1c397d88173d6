# SPDX-License-Identifier: Apache-2.0
"""Decodes recorded EMG by the engines of the nodes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from semg_bringup.command.decoded_frames import Arrays, DecodedFrames, Decoding, Place, texts
from semg_bringup.command.offline_handwriting import HandwritingDecoding
from semg_decoders.decoding.detectors import detector_for
from semg_decoders.decoding.events import GestureEvent
from semg_decoders.decoding.gestures import GestureDecoder, GestureStep
from semg_decoders.decoding.wrist import WristDecoder, WristSettings, WristVelocity, wrist_settings
from semg_decoders.inference.bundle import BundleError
from semg_decoders.inference.session import Model
from semg_decoders.inference.stream_check import StreamDescription, check_conditioning, check_stream
from semg_decoders.signal.conditioning import ConditionedBlock, Conditioner
from semg_decoders.signal.mpf import MultiWindowMpf
from semg_decoders.signal.quality import QualityMonitor
from semg_driver.devices.device import DeviceInfo
from semg_driver.recordings.recording import RecordedBlock
from semg_node.continuity import Continuity, ContinuityCheck


class OfflineDecoder:
    """Conditions recorded blocks and decodes them; starts afresh after each break and gap.

    Parameters
    ----------
    model : Model
        Of any task.

    Raises
    ------
    BundleError
        If its description does not fit its task, or EMG is conditioned otherwise here.
    """

    def __init__(self, model: Model) -> None:
        self.bundle = model.bundle
        check_conditioning(self.bundle)
        kinds: dict[str, Callable[[Model], Decoding]] = {
            "discrete_gestures": GestureDecoding,
            "wrist": WristDecoding,
            "handwriting": HandwritingDecoding,
        }
        self._decoding: Decoding = kinds[self.bundle.task](model)
        self._info: DeviceInfo | None = None
        self._place = Place(-1, -1)
        self._check = ContinuityCheck()
        self.samples = 0
        self.gaps = 0

    @property
    def streams(self) -> int:
        """Streams so far: one more than there were true breaks."""
        return self._place.stream + 1

    def push(self, block: RecordedBlock) -> None:
        """Decode the next block.

        Raises
        ------
        BundleError
            If the model cannot work on such EMG.
        """
        new_stream = block.starts_stream or block.info != self._info
        stream = self._place.stream + new_stream
        verdict = self._check.step(stream, block.first_sample, len(block.emg))
        if verdict is Continuity.REPEATED:
            return
        if verdict.breaks:
            self._begin(block, new_stream)
        self.samples += len(block.emg)
        checked = self._quality.push(block.emg)
        conditioned = self._conditioner.push(checked.emg, block.first_sample, checked.suspect)
        if len(conditioned.emg):
            self._decoding.push(conditioned)

    def arrays(self) -> Arrays:
        """Return everything that was decoded, by name; nothing may be pushed after it."""
        return self._decoding.arrays()

    def _begin(self, block: RecordedBlock, new_stream: bool) -> None:
        info = block.info
        if new_stream:
            wanted = self.bundle.input
            # Conditioning brings any band to the model's rate and unit.
            stream = StreamDescription(
                "recording", wanted.sample_rate, info.channels, wanted.unit, info.bandwidth
            )
            check_stream(self.bundle, stream)
        self._info = info
        self._place = Place(self._place.stream + new_stream, self._place.piece + 1)
        self.gaps += not new_stream
        self._quality = QualityMonitor(info.channels, info.sample_rate, info.full_scale)
        try:
            self._conditioner = Conditioner(
                info.sample_rate, info.noise_sd, info.conditioned, info.channels, info.ring_order
            )
        except ValueError as error:
            raise BundleError(f"recording: {error}") from None
        self._decoding.begin(info, self._place)


class GestureDecoding:
    """Probabilities and events."""

    def __init__(self, model: Model) -> None:
        bundle = model.bundle
        self._decoder = GestureDecoder(model)
        self._detector = detector_for(bundle)
        self._place = Place(0, 0)
        self._frames = DecodedFrames()
        self._steps: list[GestureStep] = []
        self._events: list[tuple[GestureEvent, Place]] = []

    def begin(self, info: DeviceInfo, place: Place) -> None:
        """Start afresh; what was held ends where it was last seen."""
        self._events += [(event, self._place) for event in self._detector.reset()]
        self._decoder.reset()
        self._place = place

    def push(self, block: ConditionedBlock) -> None:
        """Decode the next samples."""
        for step in self._decoder.push(block.emg, block.first_sample, block.suspect):
            self._frames.add(len(step.samples), step, self._place)
            self._steps.append(step)
            events = self._detector.push(step.samples, step.probabilities)
            self._events += [(event, self._place) for event in events]

    def arrays(self) -> Arrays:
        """Return frames and events."""
        labels = self._decoder.labels
        events = [event for event, _ in self._events]
        places = [place for _, place in self._events]
        none = np.zeros((0, len(labels)), np.float32)
        output = np.concatenate([none, *(step.probabilities for step in self._steps)])
        return {
            "output": output.astype(np.float32),
            "sample": np.concatenate(
                [np.zeros(0, np.int64), *(step.samples for step in self._steps)]
            ),
            "labels": np.array(labels),
            **self._frames.arrays(),
            "event_sample": np.array([event.sample for event in events], np.int64),
            "event_name": texts([event.name for event in events]),
            "event_gesture": texts([event.gesture for event in events]),
            "event_kind": texts([event.kind.name.lower() for event in events]),
            "event_probability": np.array([event.probability for event in events], np.float32),
            "event_inferred": np.array([event.inferred for event in events], np.bool_),
            "event_stream": np.array([place.stream for place in places], np.int32),
            "event_piece": np.array([place.piece for place in places], np.int32),
        }


class WristDecoding:
    """Displacement and velocity."""

    def __init__(self, model: Model) -> None:
        bundle = model.bundle
        self._model = model
        self._settings = wrist_settings(bundle.decoding, bundle.name)
        WristDecoder(model)
        assert bundle.mpf is not None
        self._window = bundle.mpf.window
        self._period = bundle.stride / bundle.input.sample_rate
        self._place = Place(0, 0)
        self._frames = DecodedFrames()
        self._raw: list[WristVelocity] = []
        self._smoothed: list[float] = []

    def begin(self, info: DeviceInfo, place: Place) -> None:
        """Start afresh."""
        self._place = place
        self._features = MultiWindowMpf(info.channels, (self._window,))
        # The model's own output is what a decoder without smoothing gives.
        self._decoder = WristDecoder(self._model, info.bandwidth, WristSettings())
        self._smoother = (
            WristDecoder(self._model, info.bandwidth, self._settings)
            if self._settings.smoothing
            else None
        )

    def push(self, block: ConditionedBlock) -> None:
        """Decode the next samples."""
        frames = self._features.push(block.emg, block.first_sample, block.suspect)[self._window]
        # The topic between the nodes carries single precision, frame by frame.
        matrices = frames.log_matrices.astype(np.float32)
        for i, last in enumerate(frames.last_samples.tolist()):
            one = (matrices[i : i + 1], last, frames.suspect[i])
            raw = self._decoder.push(*one)
            smoothed = raw if self._smoother is None else self._smoother.push(*one)
            for velocity in raw:
                self._frames.add(1, velocity, self._place, fresh=bool(frames.fresh[i]))
            self._raw += raw
            self._smoothed += [velocity.velocity for velocity in smoothed]

    def arrays(self) -> Arrays:
        """Return frames; a wrist has no events."""
        displacement = np.array([v.velocity * self._period for v in self._raw], np.float32)
        return {
            "output": displacement[:, np.newaxis],
            "velocity": np.array(self._smoothed, np.float32),
            "sample": np.array([v.sample for v in self._raw], np.int64),
            "labels": np.array(self._model.bundle.output.labels),
            **self._frames.arrays(),
            "event_sample": np.zeros(0, np.int64),
            "event_name": texts([]),
            "event_kind": texts([]),
            "event_probability": np.zeros(0, np.float32),
        }
