# SPDX-License-Identifier: Apache-2.0
"""What ``bundle.yaml`` says of a network, trained here or imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from semg_decoders.signal.mpf import BANDS, STRIDE
from semg_training.networks.gestures import GestureNetwork
from semg_training.networks.handwriting import HandwritingNetwork
from semg_training.networks.postures import PostureNetwork
from semg_training.networks.wrist import WristNetwork

_STEP = 20
"""Samples of gestures in one run of the graph, at least: 10 ms."""


@dataclass(frozen=True)
class Identity:
    """What a bundle says beside what follows from its network.

    Attributes
    ----------
    name, licence, description : str
        Who it is.
    trained_on, metrics : mapping
        Free notes on its origin and quality.
    bandwidth : float
        Hz that a device has to deliver.
    noise_floor : float
        (noise s.d.)^4, added to every eigenvalue of MPF features before the logarithm.
    decoding : mapping
        Defaults of the decoder's settings.
    """

    name: str
    licence: str
    description: str
    trained_on: Mapping[str, Any]
    metrics: Mapping[str, Any]
    bandwidth: float
    noise_floor: float = 0.0
    decoding: Mapping[str, Any] = field(default_factory=dict)


def frames_per_step(network: GestureNetwork) -> int:
    """Frames of gestures in one run of the graph: two, or one where frames are 10 ms apart."""
    return 1 if network.settings.stride >= _STEP else 2


def gestures_input_shape(network: GestureNetwork) -> tuple[int, int, int]:
    """Shape of one step's input: its frames and the convolution's left context."""
    settings = network.settings
    samples = settings.left_context + frames_per_step(network) * settings.stride
    return (1, settings.channels, samples)


def mpf_input_shape(channels: int, frames: int) -> tuple[int, int, int, int, int]:
    """Shape of one step's input of so many MPF frames."""
    return (1, frames, len(BANDS), channels, channels)


def describe_gestures(
    network: GestureNetwork, identity: Identity, labels: Sequence[str]
) -> dict[str, Any]:
    """Describe a gesture network; the keys are those of the bundle format."""
    settings = network.settings
    return {
        **_identity(identity, "discrete_gestures"),
        "input": _input("emg", settings.channels, identity),
        "frames_per_step": frames_per_step(network),
        "left_context": settings.left_context,
        "stride": settings.stride,
        "states": _states(network),
        "output": {"tensor": "logits", "activation": "sigmoid", "labels": list(labels)},
        "decoding": dict(identity.decoding),
    }


def describe_postures(
    network: PostureNetwork, identity: Identity, labels: Sequence[str], neutral: str = ""
) -> dict[str, Any]:
    """Describe a network that tells held postures, of which `neutral` means none."""
    settings = network.settings
    output = {"tensor": "logits", "activation": "softmax", "labels": list(labels)}
    return {
        **_identity(identity, "discrete_gestures"),
        "input": _input("emg", settings.channels, identity),
        "frames_per_step": 1,
        "left_context": settings.left_context,
        "stride": settings.stride,
        "states": _states(network),
        "output": {**output, "neutral": neutral} if neutral else output,
        "decoding": dict(identity.decoding),
    }


def describe_wrist(
    network: WristNetwork, identity: Identity, window: int, labels: Sequence[str]
) -> dict[str, Any]:
    """Describe a wrist network whose MPF frames are made from `window` samples."""
    return {
        **_identity(identity, "wrist"),
        "input": _input("mpf", network.settings.channels, identity),
        "mpf": _mpf(window, identity),
        "frames_per_step": 1,
        "left_context": 0,
        "stride": STRIDE,
        "states": _states(network),
        "output": {"tensor": "displacement", "activation": "none", "labels": list(labels)},
        "decoding": dict(identity.decoding),
    }


def describe_handwriting(
    network: HandwritingNetwork, identity: Identity, window: int, labels: Sequence[str]
) -> dict[str, Any]:
    """Describe a handwriting network whose MPF frames are made from `window` samples."""
    settings = network.settings
    return {
        **_identity(identity, "handwriting"),
        "input": _input("mpf", settings.channels, identity),
        "mpf": _mpf(window, identity),
        "frames_per_step": 1,
        "left_context": 0,
        "warm_up": settings.warm_up,
        "stride": settings.frames_per_emission * STRIDE,
        "states": _states(network),
        "output": {"tensor": "log_probabilities", "activation": "none", "labels": list(labels)},
        "decoding": dict(identity.decoding),
    }


def _identity(identity: Identity, task: str) -> dict[str, Any]:
    return {
        "name": identity.name,
        "task": task,
        "version": 1,
        "licence": identity.licence,
        "description": identity.description,
        "trained_on": dict(identity.trained_on),
        "metrics": dict(identity.metrics),
    }


def _input(kind: str, channels: int, identity: Identity) -> dict[str, Any]:
    return {
        "kind": kind,
        "sample_rate": 2000.0,
        "channels": channels,
        "unit": "noise_sd",
        "high_pass_hz": 40.0,
        "bandwidth": identity.bandwidth,
        "tensor": kind,
    }


def _mpf(window: int, identity: Identity) -> dict[str, Any]:
    return {
        "window": window,
        "stride": STRIDE,
        "bands": [list(band) for band in BANDS],
        "noise_floor": identity.noise_floor,
    }


def _states(
    network: GestureNetwork | WristNetwork | HandwritingNetwork | PostureNetwork,
) -> dict[str, list[int]]:
    return {name: list(state.shape) for name, state in network.initial_states().items()}
