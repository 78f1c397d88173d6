# SPDX-License-Identifier: Apache-2.0
"""A trained handwriting network becomes a model bundle: measured, exported, checked, described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from semg_decoders.decoding.characters import BLANK, CHARACTERS
from semg_decoders.evaluation.text_error import pool_text_errors
from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.writer import replace_bundle
from semg_decoders.signal.mpf import BANDS, HANDWRITING_WINDOW
from semg_training.describe import Identity, describe_handwriting
from semg_training.export import exported
from semg_training.handwriting_recordings import WrittenRecording
from semg_training.networks.handwriting import HandwritingNetwork
from semg_training.publish import LICENCE
from semg_training.recordings import NOISE_FLOOR
from semg_training.tasks.handwriting import false_characters, prompt_errors
from semg_training.written_batches import collate, network_inputs
from semg_training.written_windows import WrittenWindow, is_silent

_TELLTALE_BAND = 4
"""The first frequency band that a device of 1 kHz does not deliver."""
_BANDWIDTH, _WHOLE_BANDWIDTH = 400.0, 850.0
"""Hz that a device has to deliver: without that band, and with it."""
_CHECKED_STEPS = 200
_DIFFERENCE = 1e-4  # of logarithms of probabilities, which blanks make large


def publish_handwriting(
    network: HandwritingNetwork,
    choice: Sequence[WrittenRecording],
    measured_on: str,
    trained_on: Mapping[str, Any],
    folder: Path,
    licence: str = LICENCE,
) -> ModelBundle:
    """Write a handwriting bundle.

    Parameters
    ----------
    network : HandwritingNetwork
        Trained.
    choice : sequence of WrittenRecording
        Of model-choice people, whom the metrics are measured on; some of them write.
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
    errors = pool_text_errors(prompt_errors(network, choice))
    silent = [recording for recording in choice if is_silent(recording)]
    longest = max(choice, key=lambda recording: recording.frames)
    graph, difference = exported(
        network, "mpf", "log_probabilities", _steps(network, longest), _DIFFERENCE
    )
    metrics: dict[str, Any] = {
        "measured_on": measured_on,
        "character_error_rate_percent": round(errors.cer, 2),
        "insertions_percent": round(errors.ier, 2),
        "deletions_percent": round(errors.der, 2),
        "replacements_percent": round(errors.ser, 2),
        "characters": errors.characters,
    }
    if silent:
        rate = false_characters(network, silent)
        metrics["characters_per_minute_without_writing"] = round(rate, 2)
    metrics["onnx_differs_from_torch_by"] = float(f"{difference:.1e}")
    whole = max(network.settings.bands) >= _TELLTALE_BAND
    identity = Identity(
        name="handwriting",
        licence=licence,
        description="Handwriting from MPF features of 16 channels of wrist EMG.",
        trained_on=trained_on,
        metrics=metrics,
        bandwidth=_WHOLE_BANDWIDTH if whole else _BANDWIDTH,
        noise_floor=NOISE_FLOOR,
    )
    labels = (*CHARACTERS, BLANK)
    return replace_bundle(
        folder, graph, describe_handwriting(network, identity, HANDWRITING_WINDOW, labels)
    )


def _steps(network: HandwritingNetwork, recording: WrittenRecording) -> NDArray[np.float32]:
    """Inputs of consecutive runs of the graph, with zeros for the bands that are not kept."""
    group = network.settings.frames_per_emission
    count = min(_CHECKED_STEPS, recording.frames // group)
    window = WrittenWindow(0, count * group, "")
    frames = network_inputs(collate([(recording, window)], network.settings, 0.0))[0]
    missing = len(BANDS) - frames.shape[1]
    whole = torch.nn.functional.pad(frames, (0, 0, 0, 0, 0, missing))
    return whole.reshape(count, 1, group, *whole.shape[1:]).numpy()
