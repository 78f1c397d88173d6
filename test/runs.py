# SPDX-License-Identifier: Apache-2.0
"""What a node said from one start of its state to the next, and whether it is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from semg_decoders.decoding.gestures import GestureDecoder
from semg_decoders.decoding.wrist import WristDecoder, WristSettings, wrist_settings
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import Conditioner
from semg_decoders.signal.mpf import MultiWindowMpf
from test import gesture_frames, offline

FRESH = 200
"""Samples at 2 kHz."""


@dataclass(frozen=True)
class Run:
    """Messages that follow from one fresh state.

    Attributes
    ----------
    stream_id : int
        Their stream.
    start : int
        Sample of the first message since that start, also if it came before anyone listened.
    messages : list
        In order.
    """

    stream_id: int
    start: int
    messages: list[Any]


def runs(messages: list[Any], sample: Callable[[Any], int], stride: int) -> list[Run]:
    """Part messages where a stream, a sequence or the samples begin anew; none may be missing."""
    found: list[Run] = []
    before = None
    for message in messages:
        restarted = before is None or (
            message.stream_id != before.stream_id or message.sequence <= before.sequence
        )
        if restarted:
            # A node that has just started may have spoken before it was heard.
            start = sample(message) - stride * message.sequence
            found.append(Run(message.stream_id, start, []))
        else:
            assert message.sequence == before.sequence + 1, "a message was lost on the way"
            if sample(message) != sample(before) + stride:
                found.append(Run(message.stream_id, sample(message), []))
        found[-1].messages.append(message)
        before = message
    return found


def source(run_start: int, stream_id: int, given: list[offline.Piece]) -> offline.Piece | None:
    """Return what is known of a stream from `run_start` on; None if its beginning is not."""
    for piece in given:
        if piece.stream_id == stream_id and piece.first_sample <= run_start < piece.end:
            emg = piece.emg[run_start - piece.first_sample :]
            return offline.Piece(stream_id, run_start, emg)
    return None


def check_conditioned(messages: list[Any], raw: list[offline.Piece], info: Any) -> int:
    """Compare each run of emg/conditioned with a fresh offline pass; return how many."""
    checked = 0
    for run in runs(messages, lambda m: m.first_sample, 20):
        piece = source(run.start, run.stream_id, raw)
        assert piece is not None, f"conditioned from {run.start}, but no such sample was sent"
        conditioner = Conditioner(info.sample_rate, info.noise_sd, info.conditioned, info.channels)
        expected = conditioner.push(piece.emg, run.start).emg
        for message in run.messages:
            at = message.first_sample - run.start
            assert message.fresh == (at < FRESH)
            if at + 20 <= len(expected):
                assert np.array_equal(offline.samples(message), expected[at : at + 20])
                checked += 1
    return checked


def check_gestures(messages: list[Any], conditioned: list[offline.Piece], model: Model) -> int:
    """Compare each run of gesture/probabilities with a fresh offline pass; return how many."""
    checked = 0
    for run in runs(
        messages, lambda m: int(m.samples[0]), gesture_frames.STRIDE * gesture_frames.PER_MESSAGE
    ):
        piece = source(run.start - gesture_frames.FIRST, run.stream_id, conditioned)
        if piece is None:  # the node heard the beginning of a stream before we did
            continue
        steps = GestureDecoder(model).push(piece.emg, piece.first_sample)
        by_sample = {int(step.samples[0]): step for step in steps}
        for message in run.messages:
            assert message.fresh == (message.samples[0] - run.start < FRESH)
            step = by_sample.get(int(message.samples[0]))
            if step is not None:
                _, rows = offline.probabilities([message])
                assert np.allclose(rows, step.probabilities, rtol=0, atol=1e-6)
                checked += 1
    return checked


def check_mpf(messages: list[Any], conditioned: list[offline.Piece]) -> int:
    """Compare each run of emg/mpf/wrist with a fresh offline pass; return how many."""
    checked = 0
    for run in runs(messages, lambda m: m.last_sample, 40):
        piece = source(run.start - 253, run.stream_id, conditioned)
        if piece is None:
            continue
        frames = MultiWindowMpf(16, (200,)).push(piece.emg, piece.first_sample)[200]
        by_sample = dict(zip(frames.last_samples.tolist(), frames.log_matrices, strict=True))
        for message in run.messages:
            if message.last_sample in by_sample:
                matrices = offline.frame_matrices([message])[0]
                assert np.abs(matrices - by_sample[message.last_sample]).max() < 1e-4
                checked += 1
    return checked


def check_wrist(messages: list[Any], frames: list[Any], model: Model) -> int:
    """Compare each run of wrist/velocity with a fresh offline pass; return how many."""
    checked = 0
    settings: WristSettings = wrist_settings(model.bundle.decoding, model.bundle.name)
    for run in runs(messages, lambda m: m.sample, 40):
        given = [f for f in frames if f.stream_id == run.stream_id and f.last_sample >= run.start]
        if not given or given[0].last_sample != run.start:
            continue
        decoder = WristDecoder(model, given[0].bandwidth, settings)
        expected = {}
        for number, frame in enumerate(given):
            if frame.last_sample != run.start + 40 * number:
                break
            matrices = offline.frame_matrices([frame])
            for velocity in decoder.push(matrices, frame.last_sample, np.zeros(16, np.bool_)):
                expected[velocity.sample] = velocity.velocity
        for message in run.messages:
            if message.sample in expected:
                assert abs(message.velocity - expected[message.sample]) < 1e-4
                checked += 1
    return checked
