# SPDX-License-Identifier: Apache-2.0
"""Networks of the published sizes with weights by chance, and bundles made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from semg_decoders.decoding.characters import BLANK, CHARACTERS
from semg_decoders.inference.writer import write_bundle
from semg_decoders.signal.conditioning import condition
from semg_decoders.signal.mpf import HANDWRITING_WINDOW, WRIST_WINDOW
from semg_driver.simulation.recording import simulate
from semg_training.describe import (
    Identity,
    describe_gestures,
    describe_handwriting,
    describe_wrist,
    gestures_input_shape,
    mpf_input_shape,
)
from semg_training.export import exported
from semg_training.gesture_targets import GESTURES
from semg_training.int8.layers import large_layers, quantised
from semg_training.networks.gestures import PUBLISHED_GESTURES, GestureNetwork
from semg_training.networks.handwriting import HandwritingNetwork, HandwritingNetworkSettings
from semg_training.networks.wrist import PUBLISHED_WRIST, WristNetwork

EMG_FILE = "emg.npy"
FLOAT32, INT8 = "float32", "int8"
_SEED = 1
_PERSON = 101


def make_networks() -> tuple[GestureNetwork, WristNetwork, HandwritingNetwork]:
    """Return the three networks, the same in every process."""
    torch.manual_seed(_SEED)
    return (
        GestureNetwork(PUBLISHED_GESTURES).eval(),
        WristNetwork(PUBLISHED_WRIST).eval(),
        HandwritingNetwork(HandwritingNetworkSettings()).eval(),
    )


def prepare(folder: Path, seconds: float) -> None:
    """Write the EMG, and the networks as bundles in float32 and in 8 bits."""
    emg, _ = simulate(_PERSON, "gestures", seconds, 1)
    np.save(folder / EMG_FILE, condition(emg))
    gestures, wrist, handwriting = make_networks()
    frames = handwriting.settings.frames_per_emission
    steps = {
        "gestures": (gestures, "emg", "logits", gestures_input_shape(gestures)),
        "wrist": (wrist, "mpf", "displacement", mpf_input_shape(16, 1)),
        "handwriting": (handwriting, "mpf", "log_probabilities", mpf_input_shape(16, frames)),
    }
    descriptions: dict[str, Any] = {
        "gestures": lambda who: describe_gestures(gestures, who, GESTURES),
        "wrist": lambda who: describe_wrist(wrist, who, WRIST_WINDOW, ("extension",)),
        "handwriting": lambda who: describe_handwriting(
            handwriting, who, HANDWRITING_WINDOW, (*CHARACTERS, BLANK)
        ),
    }
    random = np.random.default_rng(_SEED)
    for name, (network, input_name, output_name, shape) in steps.items():
        inputs = random.normal(3, 3, (4, *shape)).astype(np.float32)
        graph, _ = exported(network, input_name, output_name, inputs, tolerance=1e-3)
        identity = Identity(name, "Apache-2.0", "Weights by chance.", {}, {}, 400.0)
        description = descriptions[name](identity)
        write_bundle(folder / FLOAT32 / name, graph, description)
        write_bundle(folder / INT8 / name, quantised(graph, large_layers(graph)), description)
