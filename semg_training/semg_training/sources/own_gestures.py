# SPDX-License-Identifier: Apache-2.0
"""Which gestures recordings of real people hold: the published nine, or others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from semg_driver.recordings.opening import open_recording
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording
from semg_driver.recordings.spans import holds
from semg_training.gesture_targets import GESTURES, NINE_GESTURES, GestureSet
from semg_training.recipes.recipe import PeopleSettings
from semg_training.refusal import TrainingRefused
from semg_training.sources.gathering import DataRequest
from semg_training.sources.labels import gesture_names
from semg_training.sources.parts import Part, parts_of


@dataclass(frozen=True)
class _Glance:
    """What a recording that can be read says of itself."""

    names: tuple[str, ...]
    channels: int
    bandwidth: float


def gesture_set(
    data: DataRequest, people: PeopleSettings, log: Callable[[str], None] = print
) -> GestureSet:
    """Return which gestures are trained, by what the recordings name.

    These are `DataRequest.labels` if they are given. If not, they are all that the recordings
    name, provided that none is of the published nine; else they are these nine, so that one
    recording with wrong names among others does not make another set of them. Recordings with
    another number of channels than most have no say: they are left out when they are read, and
    so are those that cannot be read.

    Parameters
    ----------
    data : DataRequest
        With recordings.
    people : PeopleSettings
        Simulated people, who do the nine gestures alone.
    log : callable
        Takes a line on gestures that are not the nine.

    Raises
    ------
    TrainingRefused
        If gestures are held in a recording; if a label is named nowhere; or if there are
        simulated people, and other gestures than theirs.
    """
    glances = list(_glances(data.paths, True))
    nothing_done = list(_glances(data.nothing_done, False))
    simulated = people.training + people.choice > 0
    channels = _channels([*glances, *nothing_done], simulated)
    alike = [glance for glance in glances if glance.channels == channels]
    names = Counter(name for glance in alike for name in glance.names)
    labels = data.labels
    if not labels:
        own = bool(names) and not set(names) & set(GESTURES)
        labels = tuple(sorted(names)) if own else GESTURES
    elif missing := [label for label in labels if not names[label]]:
        raise TrainingRefused(
            f"--labels: no recording of --data names {', '.join(missing)}; they name "
            f"{', '.join(sorted(names)) or 'nothing'}"
        )
    if simulated and labels != GESTURES:
        option = f"--people {people.training}" if people.training else "--choice-people"
        raise TrainingRefused(
            f"{option}: simulated people do {', '.join(GESTURES)}, but the recordings of --data "
            f"name {', '.join(labels)}; leave it out"
        )
    if labels != GESTURES:
        counts = ", ".join(f"{label} ({names[label]})" for label in labels)
        log(f"gestures in the recordings, and how often: {counts}; {channels} channels")
    bandwidths = [one.bandwidth for one in (*alike, *nothing_done) if one.channels == channels]
    return GestureSet(labels, channels, min([NINE_GESTURES.bandwidth, *bandwidths]))


def _glances(paths: Sequence[Path], labelled: bool) -> Iterator[_Glance]:
    """Give what can be read; the rest is named when all is read."""
    for path in paths:
        try:
            parts = parts_of(path, "gestures", labelled)
        except RecordingError:
            continue
        for part in parts:
            try:
                yield _glance(part)
            except RecordingError:
                continue


def _glance(part: Part) -> _Glance:
    recording = open_recording(part.path)
    try:
        info, names = recording.info, []
        if part.labelled and isinstance(recording, Hdf5Recording):
            if holds(recording):
                raise TrainingRefused(
                    f"--data: gestures are held in {part.path}; such recordings are trained on "
                    f"alone, without simulated people and without gestures that pass"
                )
            names = gesture_names(recording)
        return _Glance(tuple(names), info.channels, info.bandwidth)
    finally:
        recording.close()


def _channels(glances: Sequence[_Glance], simulated: bool) -> int:
    """Return those of simulated people, if there are any, else those of most recordings."""
    if simulated or not glances:
        return NINE_GESTURES.channels
    return Counter(glance.channels for glance in glances).most_common(1)[0][0]
