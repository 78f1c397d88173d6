# SPDX-License-Identifier: Apache-2.0
"""From the folder of a published checkpoint to a model bundle."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from semg_decoders.decoding.characters import BLANK, CHARACTERS
from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.writer import replace_bundle
from semg_decoders.signal.mpf import HANDWRITING_WINDOW, WRIST_WINDOW
from semg_training.checkpoints.archive import CheckpointArchive
from semg_training.checkpoints.checkpoint import read_checkpoint
from semg_training.checkpoints.config import ModelConfig
from semg_training.checkpoints.gestures import gesture_settings
from semg_training.checkpoints.handwriting import FEATURES as HANDWRITING_FEATURES
from semg_training.checkpoints.handwriting import (
    handwriting_places,
    handwriting_settings,
    is_attention_mask,
)
from semg_training.checkpoints.load import load_network
from semg_training.checkpoints.mpf_features import feature_window
from semg_training.checkpoints.refusal import CheckpointRefused
from semg_training.checkpoints.sources import Sources
from semg_training.checkpoints.wrist import FEATURES as WRIST_FEATURES
from semg_training.checkpoints.wrist import wrist_settings
from semg_training.describe import (
    Identity,
    describe_gestures,
    describe_handwriting,
    describe_wrist,
    gestures_input_shape,
    mpf_input_shape,
)
from semg_training.export import ExportError, StreamingNetwork, exported
from semg_training.gesture_targets import GESTURES
from semg_training.networks.gestures import GestureNetwork
from semg_training.networks.handwriting import HandwritingNetwork
from semg_training.networks.wrist import WristNetwork

CHECKPOINT_FILE = "model_checkpoint.ckpt"
CONFIG_FILE = "model_config.yaml"
RELEASED_LICENCE = "CC-BY-NC-4.0"
BANDWIDTH = 850.0
"""Hz: what the band of the published recordings delivers."""

_CHECKED_STEPS = 100
_TOLERANCE = 1e-4
"""Of graph and network, relative to outputs above 1: float32 rounds differently in each."""
_PRIVATE_USE = 0xE000
_GESTURE_DECODING = {"threshold": 0.5, "debounce": 0.05}


@dataclass(frozen=True)
class Imported:
    """A network with its published weights, and how a bundle describes it.

    Attributes
    ----------
    network : torch module
        In evaluation mode.
    settings : dict of str to object
        Its sizes.
    steps : ndarray of float32, shape (steps, *input shape)
        Made-up inputs to compare the exported graph with the network on.
    input_name, output_name : str
        In the graph.
    description : str
        One sentence for people.
    describe : callable
        Makes the content of ``bundle.yaml`` from an `Identity`.
    decoding : dict
        Defaults of the decoder's settings.
    """

    network: StreamingNetwork
    settings: dict[str, Any]
    steps: np.ndarray
    input_name: str
    output_name: str
    description: str
    describe: Callable[[Identity], dict[str, Any]]
    decoding: dict[str, float] = field(default_factory=dict)


def import_checkpoint(
    folder: Path,
    output: Path,
    name: str,
    licence: str = RELEASED_LICENCE,
    progress: Callable[[str], None] = lambda stage: None,
) -> ModelBundle:
    """Turn a released folder into a model bundle.

    Parameters
    ----------
    folder : Path
        Holds `CHECKPOINT_FILE` and `CONFIG_FILE`.
    output : Path
        Folder of the bundle. Bundle files that are there are replaced; nothing is written unless
        everything went well.
    name, licence : str
        Of the bundle.
    progress : callable
        Told what happens next.

    Raises
    ------
    CheckpointRefused
        If the files cannot be read, do not fit together, or are for another kind of network.
    OSError
        If the bundle cannot be written.
    """
    if not folder.is_dir():
        raise CheckpointRefused(f"{folder}: no such folder")
    config = ModelConfig.load(folder / CONFIG_FILE)
    progress("reading the checkpoint")
    with CheckpointArchive(folder / CHECKPOINT_FILE) as archive:
        sources = Sources(read_checkpoint(archive), config)
        imported = _READERS[config.task](sources)
    progress("exporting the network, and comparing it with its export")
    try:
        graph, difference = exported(
            imported.network,
            imported.input_name,
            imported.output_name,
            imported.steps,
            _TOLERANCE,
        )
    except ExportError as error:
        reason = str(error).partition(": ")[2]
        raise CheckpointRefused(
            f"{folder / CHECKPOINT_FILE}: the exported graph {reason}"
        ) from None
    identity = Identity(
        name=name,
        licence=licence,
        description=imported.description,
        trained_on=_origin(folder, imported, sources),
        metrics={"onnx_differs_from_torch_by": float(f"{difference:.1e}")},
        bandwidth=BANDWIDTH,
        decoding=imported.decoding,
    )
    progress("writing the bundle")
    return replace_bundle(output, graph, imported.describe(identity))


def _gestures(sources: Sources) -> Imported:
    settings = gesture_settings(sources)
    network = load_network(lambda: GestureNetwork(settings), sources.checkpoint, _none)
    labels = GESTURES if settings.outputs == len(GESTURES) else _numbered(settings.outputs)
    return Imported(
        network,
        asdict(settings),
        _noise(gestures_input_shape(network), mean=0.0, deviation=30.0),
        "emg",
        "logits",
        f"Discrete gestures from {settings.channels} channels of wrist EMG; imported weights.",
        lambda identity: describe_gestures(network, identity, labels),
        _GESTURE_DECODING,
    )


def _wrist(sources: Sources) -> Imported:
    window = feature_window(sources, WRIST_FEATURES, WRIST_WINDOW)
    settings = wrist_settings(sources)
    network = load_network(
        lambda: WristNetwork(settings), sources.checkpoint, _below(WRIST_FEATURES)
    )
    labels = ("extension",) if settings.outputs == 1 else _numbered(settings.outputs)
    return Imported(
        network,
        asdict(settings),
        _noise(mpf_input_shape(settings.channels, 1), mean=3.0, deviation=3.0),
        "mpf",
        "displacement",
        f"Wrist flexion/extension from MPF features of {settings.channels} channels of wrist EMG: "
        "change of the angle over each 20 ms in rad, extension is positive; imported weights.",
        lambda identity: describe_wrist(network, identity, window, labels),
    )


def _handwriting(sources: Sources) -> Imported:
    window = feature_window(sources, HANDWRITING_FEATURES, HANDWRITING_WINDOW)
    settings = handwriting_settings(sources)
    below = _below(HANDWRITING_FEATURES)
    network = load_network(
        lambda: HandwritingNetwork(settings),
        sources.checkpoint,
        lambda name: below(name) or is_attention_mask(name),
        handwriting_places(settings),
    )
    labels = _characters(settings.outputs)
    shape = mpf_input_shape(settings.channels, settings.frames_per_emission)
    return Imported(
        network,
        asdict(settings),
        _noise(shape, mean=3.0, deviation=3.0),
        "mpf",
        "log_probabilities",
        f"Handwriting from MPF features of {settings.channels} channels of wrist EMG; imported "
        "weights.",
        lambda identity: describe_handwriting(network, identity, window, labels),
    )


_READERS: dict[str, Callable[[Sources], Imported]] = {
    "discrete_gestures": _gestures,
    "wrist": _wrist,
    "handwriting": _handwriting,
}


def _none(name: str) -> bool:
    return False


def _below(module: str) -> Callable[[str], bool]:
    return lambda name: name.startswith(f"{module}.")


def _numbered(count: int) -> tuple[str, ...]:
    """Labels where only their number is known."""
    return tuple(f"output_{number}" for number in range(count))


def _characters(count: int) -> tuple[str, ...]:
    """The published classes; of other numbers only the order can be kept, the blank last."""
    unknown = (chr(_PRIVATE_USE + place) for place in range(count))
    return (*islice(chain(CHARACTERS, unknown), count - 1), BLANK)


def _noise(shape: tuple[int, ...], mean: float, deviation: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(mean, deviation, (_CHECKED_STEPS, *shape)).astype(np.float32)


def _origin(folder: Path, imported: Imported, sources: Sources) -> dict[str, Any]:
    """Where the weights come from, for the bundle."""
    origin: dict[str, Any] = {
        "imported_from": CHECKPOINT_FILE,
        "sha256_of_checkpoint": _sha256(folder / CHECKPOINT_FILE),
        "sha256_of_config": _sha256(folder / CONFIG_FILE),
        "network": imported.settings,
    }
    assert isinstance(imported.network, nn.Module)
    origin["parameters"] = sum(p.numel() for p in imported.network.parameters())
    if sources.assumed:
        origin["taken_as_published"] = dict(sources.assumed)
    return origin


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()
