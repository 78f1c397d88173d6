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
from semg_decoders.inference.writer import replace_bundle
from semg_decoders.signal.mpf import WRIST_WINDOW
from semg_training.describe import (
    Identity,
    describe_gestures,
    describe_wrist,
    frames_per_step,
    gestures_input_shape,
)
from semg_training.export import exported
from semg_training.gesture_targets import GESTURES, NINE_GESTURES
from semg_training.networks.gestures import GestureNetwork
from semg_training.networks.wrist import WristNetwork
from semg_training.recordings import NOISE_FLOOR, EmgRecording, MpfRecording
from semg_training.ring_entries import from_ring_entries
from semg_training.tasks.gestures import (
    choose_threshold,
    detection_score,
    gesture_probabilities,
)
from semg_training.tasks.wrist import moving_recordings, velocity_scores

LICENCE = "Apache-2.0"
"""Of what is trained here from nothing."""
_BANDWIDTH = 400.0
"""Hz that a device has to deliver; the training people include bands of 1 kHz."""
_CHECKED_STEPS = 300


def publish_gestures(
    network: GestureNetwork,
    choice: Sequence[EmgRecording],
    measured_on: str,
    trained_on: Mapping[str, Any],
    folder: Path,
    licence: str = LICENCE,
) -> ModelBundle:
    """Write a gesture bundle, with detection settings chosen on model-choice people.

    Parameters
    ----------
    network : GestureNetwork
        Trained.
    choice : sequence of EmgRecording
        Of model-choice people, whom the metrics are measured on.
    measured_on : str
        Who they are, in words.
    trained_on : mapping
        Where the network comes from, for ``bundle.yaml``.
    folder : Path
        Of the bundle.
    licence : str
        Of the bundle.

    Raises
    ------
    ExportError
        If the graph does not do what the network does.
    """
    probabilities = gesture_probabilities(network, choice)
    grid = network.settings.grid
    settings = choose_threshold(probabilities, choice, grid=grid)
    score = detection_score(probabilities, choice, settings, grid)
    shape = gestures_input_shape(network)
    longest = max(choice, key=lambda recording: recording.seconds)
    emg = longest.emg.astype(np.float32).T
    step = frames_per_step(network) * grid.stride
    starts = step * np.arange(min(_CHECKED_STEPS, (emg.shape[1] - shape[2]) // step))
    steps = np.stack([emg[np.newaxis, :, start : start + shape[2]] for start in starts])
    graph, difference = exported(network, "emg", "logits", steps)
    by_gesture = score.performing.by_gesture.items()
    metrics = {
        "measured_on": measured_on,
        "event_f1": round(score.f1, 4),
        "event_f1_by_gesture": {name: round(counts.f1, 3) for name, counts in by_gesture},
        "false_events_per_minute_without_gestures": round(score.false_per_minute_without, 2),
        "median_delay_s": round(score.performing.median_delay, 3),
        "onnx_differs_from_torch_by": float(f"{difference:.1e}"),
    }
    gestures = longest.gestures
    identity = Identity(
        name="gestures",
        licence=licence,
        description="Nine discrete gestures from 16 channels of wrist EMG."
        if gestures.labels == GESTURES and gestures.channels == NINE_GESTURES.channels
        else f"Gestures ({', '.join(gestures.labels)}) from {gestures.channels} channels of EMG.",
        trained_on=trained_on,
        metrics=metrics,
        bandwidth=gestures.bandwidth,
        decoding=asdict(settings),
    )
    return replace_bundle(folder, graph, describe_gestures(network, identity, gestures.labels))


def publish_wrist(
    network: WristNetwork,
    choice: Sequence[MpfRecording],
    measured_on: str,
    trained_on: Mapping[str, Any],
    folder: Path,
    licence: str = LICENCE,
) -> ModelBundle:
    """Write a wrist bundle; parameters and errors as for `publish_gestures`."""
    moving = moving_recordings(choice)
    scores = velocity_scores(network, moving)
    still = velocity_scores(network, [one for one in choice if one.script == "rest"])
    entries = moving[0].mpf[:_CHECKED_STEPS].astype(np.float32)
    steps = from_ring_entries(torch.from_numpy(entries)).numpy()[:, np.newaxis, np.newaxis]
    graph, difference = exported(network, "mpf", "displacement", steps)
    metrics = {
        "measured_on": measured_on,
        "correlation": round(_mean([score.correlation for score in scores]), 4),
        "error_deg_per_s": round(_mean([score.error for score in scores]), 2),
        "error_of_zero_deg_per_s": round(_mean([score.mean_speed for score in scores]), 2),
        **(
            {"error_at_rest_deg_per_s": round(_mean([score.error for score in still]), 2)}
            if still
            else {}
        ),
        "onnx_differs_from_torch_by": float(f"{difference:.1e}"),
    }
    identity = Identity(
        name="wrist",
        licence=licence,
        description="Wrist flexion/extension from MPF features of 16 channels of wrist EMG: "
        "change of the angle over each 20 ms in rad, extension is positive.",
        trained_on=trained_on,
        metrics=metrics,
        bandwidth=_BANDWIDTH,
        noise_floor=NOISE_FLOOR,
    )
    description = describe_wrist(network, identity, WRIST_WINDOW, ("extension",))
    return replace_bundle(folder, graph, description)


def _mean(values: list[float]) -> float:
    return float(np.mean(values))
