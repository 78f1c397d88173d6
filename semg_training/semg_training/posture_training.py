# SPDX-License-Identifier: Apache-2.0
"""From recordings of held postures to a model bundle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from semg_driver.recordings.opening import open_recording
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording
from semg_driver.recordings.spans import holds
from semg_training.band_covariances import FRAME_SAMPLES, Bands, bands_within
from semg_training.networks.postures import PostureNetwork
from semg_training.posture_recordings import PostureRecording, posture_names, read_postures
from semg_training.recipes.recipe import Recipe
from semg_training.refusal import TrainingRefused
from semg_training.sources.parts import CHOICE, Part, parts_of
from semg_training.sources.real_recordings import digest
from semg_training.tasks.postures import PostureTask, posture_network

_FRAME_S = FRAME_SAMPLES / 2000.0


@dataclass(frozen=True)
class GatheredPostures:
    """Recordings of held postures.

    Attributes
    ----------
    training, choice : list of PostureRecording
        To train on, and to choose the model on; the latter may be empty.
    labels : tuple of str
        What is held in them.
    bands : tuple of (float, float)
        Hz, in which their power was measured.
    origin : dict
        Where they come from, for ``bundle.yaml``.
    """

    training: list[PostureRecording]
    choice: list[PostureRecording]
    labels: tuple[str, ...]
    bands: Bands
    origin: dict[str, Any]

    @property
    def seconds(self) -> float:
        """Length of what is trained on."""
        return sum(recording.seconds for recording in self.training)


def all_hold(paths: Sequence[Path]) -> bool:
    """Say whether all recordings that can be read name postures that are held.

    Those that cannot be are named when they are to be trained on.
    """
    answers: list[bool] = []
    for path in paths:
        try:
            parts = parts_of(path, "gestures")
        except RecordingError:
            continue
        for part in parts:
            try:
                answers.append(is_held(part))
            except RecordingError:
                continue
    return bool(answers) and all(answers)


def is_held(part: Part) -> bool:
    """Say whether what a recording names is held.

    Raises
    ------
    RecordingError
        If it cannot be read.
    """
    recording = open_recording(part.path)
    try:
        return isinstance(recording, Hdf5Recording) and holds(recording)
    finally:
        recording.close()


def gather_postures(
    paths: Sequence[Path], strict: bool = False, log: Callable[[str], None] = print
) -> GatheredPostures:
    """Read recordings of held postures.

    All of a recording that is in no corpus is trained on: of a few minutes there is nothing to
    spare for choosing the model, and the last weights are good ones.

    Parameters
    ----------
    paths : sequence of Path
        Recordings, corpora, or folders of recordings.
    strict : bool
        Whether a recording that cannot be used is an error; otherwise it is left out with a line.
    log : callable
        Takes a line for each recording that is left out.

    Raises
    ------
    TrainingRefused
        If none can be used, or they do not fit each other.
    """

    def leave_out(error: RecordingError) -> None:
        if strict:
            raise TrainingRefused(str(error)) from None
        log(f"left out: {error}")

    parts: list[Part] = []
    bandwidths: list[float] = []
    for path in paths:
        try:
            of_path = parts_of(path, "gestures")
        except RecordingError as error:
            leave_out(error)
            continue
        for part in of_path:
            try:
                bandwidths.append(_bandwidth(part))
            except RecordingError as error:
                leave_out(error)
                continue
            parts.append(part)
    if not parts:
        raise TrainingRefused("--data: none of the recordings can be trained on")
    try:
        bands = bands_within(min(bandwidths))
    except ValueError as error:
        raise TrainingRefused(f"--data: {error}") from None
    training: list[PostureRecording] = []
    choice: list[PostureRecording] = []
    used: list[Part] = []
    for part in parts:
        try:
            found = read_postures(part.path, bands, part.row)
        except RecordingError as error:
            leave_out(error)
            continue
        (choice if part.use == CHOICE else training).extend(found)
        used.append(part)
    if not training:
        raise TrainingRefused("--data: none of the recordings can be trained on")
    channels = sorted({recording.channels for recording in (*training, *choice)})
    if len(channels) > 1:
        raise TrainingRefused(
            f"--data: recordings of {' and '.join(map(str, channels))} channels; must be alike"
        )
    labels = posture_names([*training, *choice])
    if len(labels) < 2:
        raise TrainingRefused(f"--data: only '{labels[0]}' is held; must be two postures or more")
    origin = {
        "data": "recordings of held postures",
        "recordings": [part.path.name for part in used],
        "digests": [digest(part) for part in used],
    }
    return GatheredPostures(training, choice, labels, bands, origin)


def posture_task(
    recipe: Recipe, gathered: GatheredPostures, any_rotation: bool
) -> tuple[PostureNetwork, PostureTask]:
    """Return the network and the task of a recipe for some recordings.

    Raises
    ------
    TrainingRefused
        If a posture is never held for long enough.
    """
    settings = replace(
        recipe.network,
        window=round(recipe.batch.window_s / _FRAME_S),
        any_rotation=any_rotation,
        bands=gathered.bands,
    )
    network = posture_network(settings, gathered.training, len(gathered.labels))
    try:
        task = PostureTask(
            gathered.training,
            gathered.choice,
            gathered.labels,
            window=settings.window,
            batch_size=recipe.batch.size,
            mounting=replace(recipe.augmentation, any_rotation=any_rotation),
            target=recipe.target,
        )
    except ValueError as error:
        raise TrainingRefused(f"--data: {error}") from None
    return network, task


def _bandwidth(part: Part) -> float:
    recording = open_recording(part.path)
    try:
        return recording.info.bandwidth
    finally:
        recording.close()
