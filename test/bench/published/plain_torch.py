# SPDX-License-Identifier: Apache-2.0
"""The networks and their features in plain PyTorch: all at once, or chunk by chunk as it comes."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from semg_decoders.signal.mpf import BANDS, HANDWRITING_WINDOW, WRIST_WINDOW
from test.bench.published.networks import make_networks
from test.bench.published.stopwatch import Stopwatch

CHUNK = 20
"""Samples: 10 ms."""
_RATE = 2000.0
_TRANSFORM, _HOP, _STRIDE = 64, 10, 40
_EMISSION = 320
REACH = 19_854
"""Samples that an emission of handwriting is made from: 9.93 s."""


def torch_mpf(emg: Tensor, window: int) -> Tensor:
    """Return MPF frames in float32, (frames, 6, channels, channels), of (samples, channels)."""
    taper = torch.hann_window(_TRANSFORM, periodic=False)
    spectra = torch.stft(
        emg.T, _TRANSFORM, _HOP, window=taper / taper.norm(), center=False, return_complex=True
    )
    columns = window // _HOP
    grouped = spectra.unfold(2, columns, _STRIDE // _HOP).permute(2, 1, 0, 3)
    power = (grouped @ grouped.mH / columns).abs() ** 2
    frequencies = torch.arange(_TRANSFORM // 2 + 1) * (_RATE / _TRANSFORM)
    inside = torch.stack([(frequencies > low) & (frequencies <= high) for low, high in BANDS])
    weights = inside / inside.sum(1, keepdim=True)
    bands = torch.einsum("bf,tfij->tbij", weights, power)
    values, vectors = torch.linalg.eigh(bands)
    logarithms = torch.nan_to_num(values.log(), nan=0.0, posinf=0.0, neginf=0.0)
    return (vectors * logarithms[..., None, :]) @ vectors.mT


def all_at_once(emg: NDArray[np.float32], watch: Stopwatch) -> None:
    """Decode a recording in one call of each network."""
    gestures, wrist, handwriting = make_networks()
    samples = torch.from_numpy(emg)
    with torch.no_grad():
        with watch.time("gestures"):
            gestures(samples.T[None], *gestures.initial_states().values())
        with watch.time("MPF"):
            for_wrist = torch_mpf(samples, WRIST_WINDOW)[None]
            for_handwriting = torch_mpf(samples, HANDWRITING_WINDOW)[None]
        with watch.time("wrist"):
            wrist(for_wrist, *wrist.initial_states().values())
        with watch.time("handwriting"):
            group = handwriting.settings.frames_per_emission
            whole = for_handwriting.shape[1] // group * group
            handwriting(for_handwriting[:, :whole], *handwriting.initial_states().values())


def chunk_by_chunk(emg: NDArray[np.float32], watch: Stopwatch) -> None:
    """Decode every chunk as it comes, from the first on for which 9.93 s have come before.

    The LSTM state is carried on. For an emission of handwriting the network runs over all that
    the emission is made from.
    """
    gestures, wrist, handwriting = make_networks()
    samples = torch.from_numpy(emg)
    context = gestures.settings.left_context
    gesture_states = tuple(gestures.initial_states().values())
    wrist_states = tuple(wrist.initial_states().values())
    lead = torch.zeros(1, handwriting.settings.leading_frames, len(BANDS), 16, 16)
    needed = (WRIST_WINDOW // _HOP - 1) * _HOP + _TRANSFORM
    with torch.no_grad():
        for end in range(REACH + CHUNK, len(emg) + 1, CHUNK):
            with watch.chunk():
                with watch.time("gestures"):
                    piece = samples[end - CHUNK - context : end].T[None]
                    _, *gesture_states = gestures(piece, *gesture_states)
                if (end - needed) % _STRIDE < CHUNK:
                    with watch.time("MPF"):
                        frame = torch_mpf(samples[end - needed : end], WRIST_WINDOW)[None]
                    with watch.time("wrist"):
                        _, *wrist_states = wrist(frame, *wrist_states)
                if (end - REACH) % _EMISSION < CHUNK:
                    with watch.time("MPF"):
                        frames = torch_mpf(samples[end - REACH : end], HANDWRITING_WINDOW)[None]
                    with watch.time("handwriting"):
                        frames = torch.cat([lead, frames], dim=1)
                        group = handwriting.settings.frames_per_emission
                        frames = frames[:, : frames.shape[1] // group * group]
                        handwriting(frames, *handwriting.initial_states().values())
