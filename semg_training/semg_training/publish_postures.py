# SPDX-License-Identifier: Apache-2.0
"""A network that tells held postures becomes a model bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoding.events import EventSettings
from semg_decoders.evaluation.postures import pool_postures
from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.writer import replace_bundle
from semg_training.describe import Identity, describe_postures
from semg_training.export import exported
from semg_training.networks.postures import PostureNetwork
from semg_training.posture_recordings import PostureRecording
from semg_training.tasks.postures import posture_score

DECODING = EventSettings(threshold=0.5, hysteresis=0.2, debounce=0.0)
"""A posture is taken up once it is more probable than all others together."""
NEUTRAL = "rest"
_CHECKED_STEPS = 300


def publish_postures(
    network: PostureNetwork,
    labels: Sequence[str],
    measured: Sequence[PostureRecording],
    measured_on: str,
    trained_on: Mapping[str, Any],
    folder: Path,
    *,
    name: str = "postures",
    neutral: str = NEUTRAL,
    licence: str = "Apache-2.0",
) -> ModelBundle:
    """Write a bundle that decodes held postures.

    Parameters
    ----------
    network : PostureNetwork
        Trained.
    labels : sequence of str
        Postures, in the order of the outputs.
    measured : sequence of PostureRecording
        What the metrics are measured on.
    measured_on : str
        Who or what that is, in words.
    trained_on : mapping
        Where the network comes from, for ``bundle.yaml``.
    folder : Path
        Of the bundle.
    name : str
        Of the bundle.
    neutral : str
        The posture that means that nothing is held, if it is among the labels.
    licence : str
        Of the bundle.

    Raises
    ------
    ExportError
        If the graph does not do what the network does.
    """
    score = pool_postures([posture_score(network, measured, labels)])
    graph, difference = exported(network, "emg", "logits", _steps(network, measured))
    metrics = {
        "measured_on": measured_on,
        "balanced_accuracy": round(score.balanced_accuracy, 4),
        "recall": {posture: round(recall, 4) for posture, recall in score.recalls.items()},
        "decisions": score.decisions,
        "onnx_differs_from_torch_by": float(f"{difference:.1e}"),
    }
    anywhere = network.settings.any_rotation
    identity = Identity(
        name=name,
        licence=licence,
        description=f"Held postures ({', '.join(labels)}) from {network.settings.channels} "
        f"channels of EMG, {'however the band is rotated' if anywhere else 'one placement'}.",
        trained_on=trained_on,
        metrics=metrics,
        bandwidth=network.settings.bands[-1][1],
        decoding=asdict(DECODING),
    )
    description = describe_postures(network, identity, labels, neutral if neutral in labels else "")
    return replace_bundle(folder, graph, description)


def _steps(network: PostureNetwork, recordings: Sequence[PostureRecording]) -> NDArray[np.float32]:
    """Return consecutive inputs of the graph, (steps, 1, channels, samples)."""
    settings = network.settings
    longest = max(recordings, key=lambda recording: recording.seconds)
    emg = longest.emg.astype(np.float32).T
    samples = settings.left_context + settings.stride
    count = min(_CHECKED_STEPS, (emg.shape[1] - settings.left_context) // settings.stride)
    starts = settings.stride * np.arange(count)
    return np.stack([emg[np.newaxis, :, start : start + samples] for start in starts])
