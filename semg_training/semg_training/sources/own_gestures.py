# SPDX-License-Identifier: Apache-2.0
"""Which gestures recordings of real people hold: the published nine, or others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from semg_driver.recordings.opening import open_recording
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording
from semg_training.gesture_targets import GESTURES, NINE_GESTURES, GestureSet
from semg_training.refusal import TrainingRefused
from semg_training.sources.gathering import DataRequest
from semg_training.sources.labels import gesture_names
from semg_training.sources.parts import Part, parts_of


@dataclass
class _Survey:
    """What the recordings hold that can be read; the others are named when all are read."""

    names: Counter[str] = field(default_factory=Counter)
    channels: int = 0
    bandwidth: float = NINE_GESTURES.bandwidth

    def add(self, part: Part) -> None:
        recording = open_recording(part.path)
        try:
            info = recording.info
            names = gesture_names(recording) if isinstance(recording, Hdf5Recording) else []
        finally:
            recording.close()
        self.names.update(names)
        self.channels = self.channels or info.channels
        if info.channels == self.channels:
            self.bandwidth = min(self.bandwidth, info.bandwidth)


def gesture_set(data: DataRequest, people: int, log: Callable[[str], None] = print) -> GestureSet:
    """Return which gestures are trained, by what the recordings name.

    These are `DataRequest.labels` if they are given. If not, they are all that the recordings
    name, provided that none is of the published nine; else they are these nine, so that one
    recording with wrong names among others does not make another set of them.

    Parameters
    ----------
    data : DataRequest
        With recordings.
    people : int
        Simulated, who are trained on too; they do the nine gestures alone.
    log : callable
        Takes a line on gestures that are not the nine.

    Raises
    ------
    TrainingRefused
        If there are simulated people, and other gestures or another number of channels than
        theirs.
    """
    survey = _Survey()
    for path in data.paths:
        try:
            for part in parts_of(path, "gestures"):
                survey.add(part)
        except RecordingError:
            continue
    channels = survey.channels or NINE_GESTURES.channels
    labels = data.labels
    if not labels:
        own = bool(survey.names) and not set(survey.names) & set(GESTURES)
        labels = tuple(sorted(survey.names)) if own else GESTURES
    found = GestureSet(labels, channels, survey.bandwidth)
    if people and (labels != GESTURES or channels != NINE_GESTURES.channels):
        raise TrainingRefused(
            f"--people {people}: simulated people do {', '.join(GESTURES)} with "
            f"{NINE_GESTURES.channels} channels, but the recordings of --data have "
            f"{', '.join(labels)} with {channels}; say --people 0"
        )
    if labels != GESTURES:
        counts = ", ".join(f"{label} ({survey.names[label]})" for label in labels)
        log(f"gestures in the recordings, and how often: {counts}; {channels} channels")
    return found
