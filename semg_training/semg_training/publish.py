# SPDX-License-Identifier: Apache-2.0
"""A trained network becomes a model bundle: measured, exported, checked, described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.writer import write_bundle
from semg_decoders.signal.mpf import WRIST_WINDOW
from semg_training.describe import (
    FRAMES_PER_STEP,
    Identity,
    describe_gestures,
    describe_wrist,
    gestures_input_shape,
)
from semg_training.export import exported
from semg_training.gesture_targets import FRAME_STRIDE, GESTURES
from semg_training.networks.gestures import GestureNetwork
from semg_training.networks.wrist import WristNetwork
from semg_training.recordings import NOISE_FLOOR, EmgRecording, MpfRecording
from semg_training.ring_entries import from_ring_entries
from semg_training.tasks.gestures import (
    choose_threshold,
    detection_score,
    gesture_probabilities,
)
from semg_training.tasks.wrist import velocity_scores

_LICENCE = "Apache-2.0"
_BANDWIDTH = 400.0
"""Hz that a device has to deliver; the training people include bands of 1 kHz."""
_CHECKED_STEPS = 300


def publish_gestures(
    network: GestureNetwork,
    choice: Sequence[Mapping[str, EmgRecording]],
    trained_on: Mapping[str, Any],
    folder: Path,
) -> ModelBundle:
    """Write a gesture bundle, with detection settings chosen on model-choice people.

    Parameters
    ----------
    network : GestureNetwork
        Trained.
    choice : sequence of mapping of str to EmgRecording
        Model-choice people, whom the metrics are measured on.
    trained_on : mapping
        Where the network comes from, for ``bundle.yaml``.
    folder : Path
        Of the bundle.

    Raises
    ------
    ExportError
        If the graph does not do what the network does.
    """
    recordings = [recording for person in choice for recording in person.values()]
    probabilities = gesture_probabilities(network, recordings)
    settings = choose_threshold(probabilities, recordings)
    score = detection_score(probabilities, recordings, settings)
    shape = gestures_input_shape(network)
    emg = choice[0]["gestures"].emg.astype(np.float32).T
    starts = FRAMES_PER_STEP * FRAME_STRIDE * np.arange(_CHECKED_STEPS)
    steps = np.stack([emg[np.newaxis, :, start : start + shape[2]] for start in starts])
    graph, difference = exported(network, "emg", "logits", steps)
    by_gesture = score.performing.by_gesture.items()
    metrics = {
        "measured_on": f"{len(choice)} simulated people for model choice",
        "event_f1": round(score.f1, 4),
        "event_f1_by_gesture": {name: round(counts.f1, 3) for name, counts in by_gesture},
        "false_events_per_minute_without_gestures": round(score.false_per_minute_without, 2),
        "median_delay_s": round(score.performing.median_delay, 3),
        "onnx_differs_from_torch_by": float(f"{difference:.1e}"),
    }
    identity = Identity(
        name="gestures",
        licence=_LICENCE,
        description="Nine discrete gestures from 16 channels of wrist EMG. Trained on simulated "
        "people only.",
        trained_on=trained_on,
        metrics=metrics,
        bandwidth=_BANDWIDTH,
        decoding=asdict(settings),
    )
    return write_bundle(folder, graph, describe_gestures(network, identity, GESTURES))


def publish_wrist(
    network: WristNetwork,
    choice: Sequence[Mapping[str, MpfRecording]],
    trained_on: Mapping[str, Any],
    folder: Path,
) -> ModelBundle:
    """Write a wrist bundle; parameters and errors as for `publish_gestures`."""
    scores = velocity_scores(network, [person["wrist"] for person in choice])
    still = velocity_scores(network, [person["rest"] for person in choice])
    entries = choice[0]["wrist"].mpf[:_CHECKED_STEPS].astype(np.float32)
    steps = from_ring_entries(torch.from_numpy(entries)).numpy()[:, np.newaxis, np.newaxis]
    graph, difference = exported(network, "mpf", "displacement", steps)
    metrics = {
        "measured_on": f"{len(choice)} simulated people for model choice",
        "correlation": round(_mean([score.correlation for score in scores]), 4),
        "error_deg_per_s": round(_mean([score.error for score in scores]), 2),
        "error_of_zero_deg_per_s": round(_mean([score.mean_speed for score in scores]), 2),
        "error_at_rest_deg_per_s": round(_mean([score.error for score in still]), 2),
        "onnx_differs_from_torch_by": float(f"{difference:.1e}"),
    }
    identity = Identity(
        name="wrist",
        licence=_LICENCE,
        description="Wrist flexion/extension from MPF features of 16 channels of wrist EMG: "
        "change of the angle over each 20 ms in rad, extension is positive. Trained on "
        "simulated people only.",
        trained_on=trained_on,
        metrics=metrics,
        bandwidth=_BANDWIDTH,
        noise_floor=NOISE_FLOOR,
    )
    description = describe_wrist(network, identity, WRIST_WINDOW, ("extension",))
    return write_bundle(folder, graph, description)


def _mean(values: list[float]) -> float:
    return float(np.mean(values))
