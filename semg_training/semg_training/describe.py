# SPDX-License-Identifier: Apache-2.0
"""What ``bundle.yaml`` says of a trained network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from semg_decoders.signal.mpf import BANDS, STRIDE, WRIST_WINDOW
from semg_training.export import STATES
from semg_training.gesture_targets import FRAME_STRIDE, GESTURES
from semg_training.networks.gestures import LEFT_CONTEXT, GestureNetwork
from semg_training.networks.wrist import WristNetwork
from semg_training.recordings import NOISE_FLOOR

FRAMES_PER_STEP = 2
BANDWIDTH = 400.0
"""Hz that a device has to deliver; the training people include bands of 1 kHz."""


def gestures_input_shape(network: GestureNetwork) -> tuple[int, int, int]:
    """Shape of one step's input: two frames and the convolution's left context."""
    return (1, network.settings.channels, LEFT_CONTEXT + FRAMES_PER_STEP * FRAME_STRIDE)


def wrist_input_shape(network: WristNetwork) -> tuple[int, int, int, int, int]:
    """Shape of one step's input: one MPF frame."""
    channels = network.settings.channels
    return (1, 1, len(BANDS), channels, channels)


def describe_gestures(
    network: GestureNetwork,
    decoding: Mapping[str, float],
    trained_on: Mapping[str, Any],
    metrics: Mapping[str, Any],
) -> dict[str, Any]:
    """Describe a gesture network; the keys are those of the bundle format."""
    return {
        "name": "gestures",
        "task": "discrete_gestures",
        "version": 1,
        "licence": "Apache-2.0",
        "description": "Nine discrete gestures from 16 channels of wrist EMG. Trained on "
        "simulated people only.",
        "trained_on": dict(trained_on),
        "metrics": dict(metrics),
        "input": _input("emg"),
        "frames_per_step": FRAMES_PER_STEP,
        "left_context": LEFT_CONTEXT,
        "stride": FRAME_STRIDE,
        "states": {name: list(network.state_shape()) for name in STATES},
        "output": {"tensor": "logits", "activation": "sigmoid", "labels": list(GESTURES)},
        "decoding": dict(decoding),
    }


def describe_wrist(
    network: WristNetwork, trained_on: Mapping[str, Any], metrics: Mapping[str, Any]
) -> dict[str, Any]:
    """Describe a wrist network; the keys are those of the bundle format."""
    return {
        "name": "wrist",
        "task": "wrist",
        "version": 1,
        "licence": "Apache-2.0",
        "description": "Wrist flexion/extension from MPF features of 16 channels of wrist EMG: "
        "change of the angle over each 20 ms in rad, extension is positive. Trained on "
        "simulated people only.",
        "trained_on": dict(trained_on),
        "metrics": dict(metrics),
        "input": _input("mpf"),
        "mpf": {
            "window": WRIST_WINDOW,
            "stride": STRIDE,
            "bands": [list(band) for band in BANDS],
            "noise_floor": NOISE_FLOOR,
        },
        "frames_per_step": 1,
        "left_context": 0,
        "stride": STRIDE,
        "states": {name: list(network.state_shape()) for name in STATES},
        "output": {"tensor": "displacement", "activation": "none", "labels": ["extension"]},
        "decoding": {},
    }


def _input(kind: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "sample_rate": 2000.0,
        "channels": 16,
        "unit": "noise_sd",
        "high_pass_hz": 40.0,
        "bandwidth": BANDWIDTH,
        "tensor": kind,
    }
