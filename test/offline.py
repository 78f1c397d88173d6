# SPDX-License-Identifier: Apache-2.0
"""What the graph should say, computed from arrays without ROS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_bringup.command.offline_decoding import OfflineDecoder
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import Conditioner
from semg_decoders.signal.mpf import MultiWindowMpf
from semg_driver.devices.device import DeviceInfo, Hand, Source
from semg_driver.recordings.recording import RecordedBlock


@dataclass(frozen=True)
class Piece:
    """Consecutive samples of one stream, as they went over a topic."""

    stream_id: int
    first_sample: int
    emg: NDArray[np.float32]

    @property
    def end(self) -> int:
        """Index after the last sample."""
        return self.first_sample + len(self.emg)


def samples(chunk: Any) -> NDArray[np.float32]:
    """Return the samples of an EmgChunk, (samples, channels)."""
    return np.frombuffer(chunk.data, np.float32).reshape(-1, chunk.channels)


def pieces(chunks: list[Any]) -> list[Piece]:
    """Join chunks as far as they continue each other."""
    joined: list[list[Any]] = []
    expected = None
    for chunk in chunks:
        if (chunk.stream_id, chunk.first_sample) != expected:
            joined.append([])
        joined[-1].append(chunk)
        expected = (chunk.stream_id, chunk.first_sample + len(chunk.data) // chunk.channels)
    return [
        Piece(
            group[0].stream_id,
            group[0].first_sample,
            np.concatenate([samples(chunk) for chunk in group]),
        )
        for group in joined
    ]


def device_info(info: Any) -> DeviceInfo:
    """Return an EmgInfo as the driver had it from its device."""
    return DeviceInfo(
        device=info.device,
        serial=info.serial,
        sample_rate=info.sample_rate,
        bandwidth=info.bandwidth,
        channels=info.channels,
        channel_labels=tuple(info.channel_labels),
        ring_order=tuple(info.ring_order),
        hand=Hand(info.handedness),
        unit=info.unit,
        noise_sd=info.noise_sd,
        full_scale=info.full_scale,
        conditioned=info.conditioned,
        source=Source(info.source),
    )


def decode(found: list[Piece], info: DeviceInfo, bundle: str) -> dict[str, NDArray[Any]]:
    """Decode pieces, each from a fresh state, as ``semg decode`` does."""
    decoder = OfflineDecoder(Model.load(bundle))
    for number, piece in enumerate(found):
        decoder.push(RecordedBlock(piece.first_sample, piece.emg, info, 0.0, number > 0))
    return decoder.arrays()


def features(piece: Piece, info: DeviceInfo, window: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the last samples, and the MPF frames, of one piece."""
    conditioner = Conditioner(info.sample_rate, info.noise_sd, info.conditioned, info.channels)
    block = conditioner.push(piece.emg, piece.first_sample)
    frames = MultiWindowMpf(info.channels, (window,)).push(block.emg, block.first_sample)[window]
    return frames.last_samples, frames.log_matrices


def frame_matrices(frames: list[Any]) -> NDArray[np.float32]:
    """Return the MPF of MpfFrame messages, (frames, bands, channels, channels)."""
    return np.array(
        [
            np.frombuffer(f.data, np.float32).reshape(len(f.band_low), f.channels, f.channels)
            for f in frames
        ]
    )


def probabilities(messages: list[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return sample indices and probabilities of GestureProbabilities messages."""
    if not messages:
        return np.zeros(0, np.int64), np.zeros((0, 0), np.float32)
    rows = [np.frombuffer(m.probabilities, np.float32).reshape(m.frames, -1) for m in messages]
    indices = [np.asarray(m.samples, np.int64) for m in messages]
    return np.concatenate(indices), np.concatenate(rows)


def events(messages: list[Any]) -> list[tuple[int, str]]:
    """Return sample and name of GestureEvent messages."""
    return [(event.sample, event.name) for event in messages]
