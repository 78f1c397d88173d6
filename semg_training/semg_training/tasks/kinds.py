# SPDX-License-Identifier: Apache-2.0
"""What differs between trainings for one task and for another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from semg_decoders.decoding.characters import BLANK, CHARACTERS
from semg_decoders.inference.bundle import ModelBundle
from semg_training.gesture_targets import GESTURES
from semg_training.handwriting_recordings import (
    BANDS,
    RING_DISTANCE,
    HandwritingEmgRecording,
    HandwritingRecording,
    WrittenRecording,
)
from semg_training.mounting import Mounting
from semg_training.mpf_augmentation import MpfAugmentation
from semg_training.networks.gestures import GestureNetwork, GestureNetworkSettings
from semg_training.networks.handwriting import HandwritingNetwork, HandwritingNetworkSettings
from semg_training.networks.postures import PostureNetworkSettings
from semg_training.networks.wrist import WristNetwork, WristNetworkSettings
from semg_training.publish import publish_gestures, publish_wrist
from semg_training.publish_handwriting import publish_handwriting
from semg_training.recipes.recipe import Recipe
from semg_training.recordings import EmgRecording, MpfRecording
from semg_training.tasks import gestures, handwriting, postures, wrist
from semg_training.tasks.task import Task
from semg_training.windows import Augmentation

_SAMPLE_RATE = 2000.0

Make = Callable[[Recipe, Sequence[Any], Sequence[Any]], Task]
"""From a recipe, recordings to train on, and recordings to choose the model on."""

Publish = Callable[[Any, Sequence[Any], str, Mapping[str, Any], Path, str], ModelBundle]
"""From a network, recordings to measure it on, who these are, its origin, a folder, a licence."""


@dataclass(frozen=True)
class RecipeParts:
    """What differs between recipes; see `Kind`."""

    network_settings: type
    augmentation: type
    target: type
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of training.

    Attributes
    ----------
    network_settings, augmentation, target : type
        Classes of these parts of a `Recipe`.
    rules : tuple of str
        By which the best weights can be chosen.
    network : callable
        From sizes to the network.
    recording : callable
        From a recipe to the class of the recordings it is trained on.
    task : callable
        Makes the task.
    publish : callable
        Writes the bundle.
    labels : tuple of str
        Meaning of the outputs, unless recordings of other gestures say otherwise.
    """

    network_settings: type
    augmentation: type
    target: type
    rules: tuple[str, ...]
    network: Callable[[Any], nn.Module]
    recording: Callable[[Recipe], type[Any]]
    task: Make
    publish: Publish
    labels: tuple[str, ...]


def _gesture_task(
    recipe: Recipe, training: Sequence[EmgRecording], choice: Sequence[EmgRecording]
) -> Task:
    return gestures.GestureTask(
        training,
        choice,
        batch_size=recipe.batch.size,
        frames=round(recipe.batch.window_s * _SAMPLE_RATE / recipe.network.stride),
        positive_weight=recipe.target.positive_weight,
        augmentation=recipe.augmentation,
        pulse=recipe.target.pulse,
        choose_by=recipe.choose_by,
        grid=recipe.network.grid,
    )


def _wrist_task(
    recipe: Recipe, training: Sequence[MpfRecording], choice: Sequence[MpfRecording]
) -> Task:
    return wrist.WristTask(
        training,
        wrist.moving_recordings(choice),
        batch_size=recipe.batch.size,
        frames=round(recipe.batch.window_s * wrist.FRAME_RATE),
        augmentation=recipe.augmentation,
    )


def _handwriting_recording(recipe: Recipe) -> type[Any]:
    """Small frames where they hold all that the network looks at, else EMG."""
    network = recipe.network
    small = max(network.bands) < BANDS and network.num_adjacent_cov <= RING_DISTANCE
    return HandwritingRecording if small else HandwritingEmgRecording


def _handwriting_task(
    recipe: Recipe, training: Sequence[WrittenRecording], choice: Sequence[WrittenRecording]
) -> Task:
    return handwriting.HandwritingTask(
        training,
        choice,
        recipe.network,
        batch_size=recipe.batch.size,
        seconds=recipe.batch.window_s,
        augmentation=recipe.augmentation,
        target=recipe.target,
    )


KINDS: dict[str, Kind] = {
    "gestures": Kind(
        network_settings=GestureNetworkSettings,
        augmentation=Augmentation,
        target=gestures.GestureTarget,
        rules=gestures.RULES,
        network=GestureNetwork,
        recording=lambda _: EmgRecording,
        task=_gesture_task,
        publish=publish_gestures,
        labels=GESTURES,
    ),
    "wrist": Kind(
        network_settings=WristNetworkSettings,
        augmentation=MpfAugmentation,
        target=wrist.WristTarget,
        rules=("error",),
        network=WristNetwork,
        recording=lambda _: MpfRecording,
        task=_wrist_task,
        publish=publish_wrist,
        labels=("extension",),
    ),
    "handwriting": Kind(
        network_settings=HandwritingNetworkSettings,
        augmentation=MpfAugmentation,
        target=handwriting.HandwritingTarget,
        rules=("character_error",),
        network=HandwritingNetwork,
        recording=_handwriting_recording,
        task=_handwriting_task,
        publish=publish_handwriting,
        labels=(*CHARACTERS, BLANK),
    ),
}
"""By the names that ``--task`` takes."""

RECIPE_PARTS: dict[str, Kind | RecipeParts] = {
    **KINDS,
    "postures": RecipeParts(
        network_settings=PostureNetworkSettings,
        augmentation=Mounting,
        target=postures.PostureTarget,
        rules=("loss",),
    ),
}
"""By the task of a recipe; ``postures`` is what gestures are where recordings hold them."""
