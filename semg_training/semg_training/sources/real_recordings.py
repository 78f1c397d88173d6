# SPDX-License-Identifier: Apache-2.0
"""Recordings of real people, in the form that training reads, kept in the cache."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_decoders.signal.conditioning import SAMPLE_RATE, Conditioner
from semg_decoders.signal.mpf import WRIST_WINDOW, mpf, samples_needed
from semg_decoders.signal.noise_floor import with_noise_floor
from semg_driver.devices.device import DeviceInfo
from semg_driver.recordings.opening import open_recording
from semg_driver.recordings.recording import Recording, RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording
from semg_training.posture_recordings import LOWEST_RATE
from semg_training.recordings import (
    NOISE_FLOOR,
    RING_DISTANCE,
    EmgRecording,
    MpfRecording,
    frame_displacements,
)
from semg_training.ring_entries import to_ring_entries
from semg_training.sources.labels import gesture_rows, wrist_angle
from semg_training.sources.parts import RELEASED_NAMES, Part

CHANNELS = 16
_FORMAT = 2
"""Counts changes of what is kept, so that nothing older is read."""

Made = EmgRecording | MpfRecording


def pieces_of(part: Part, folder: Path) -> list[Made]:
    """Return the stretches of a part that have no break, conditioned and labelled.

    Parameters
    ----------
    part : Part
        Of a recording.
    folder : Path
        Where the result is kept; read from there next time, unless the recording has changed.

    Raises
    ------
    RecordingError
        If the recording is damaged, or does not hold what it would have to.
    """
    kind = MpfRecording if part.task == "wrist" else EmgRecording
    kept = folder / digest(part)
    if not kept.exists():
        partial = folder / f"{kept.name}.{os.getpid()}.partial"
        partial.mkdir(parents=True, exist_ok=True)
        try:
            for number, piece in enumerate(_made(part)):
                piece.save(partial / str(number))
            partial.rename(kept)
        except OSError as error:
            if not kept.exists():
                raise RecordingError(f"{partial}: cannot be written: {error.strerror}") from None
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    stems = sorted({file.name.split(".")[0] for file in kept.iterdir()}, key=int)
    pieces = [kind.load(kept / stem, script="") for stem in stems]
    return [
        replace(piece, gestures=part.gestures) if isinstance(piece, EmgRecording) else piece
        for piece in pieces
    ]


def digest(part: Part) -> str:
    """Name of a part that changes when its recording does, or what it is for.

    Raises
    ------
    RecordingError
        If there is no such file.
    """
    try:
        files = sorted(part.path.iterdir()) if part.path.is_dir() else [part.path]
        states = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    except OSError as error:
        raise RecordingError(f"{part.path}: {error.strerror}") from None
    row = None if part.row is None else (part.row.start, part.row.end, part.use)
    gestures = (part.gestures.labels, part.gestures.channels)
    whole = (_FORMAT, str(part.path.resolve()), states, part.task, row, part.labelled, gestures)
    said = repr(whole)
    return hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()[:20]


def _made(part: Part) -> Iterator[Made]:
    recording = open_recording(part.path)
    try:
        _check(recording, part)
        stretches = (
            _labelled(recording, part)
            if isinstance(recording, Hdf5Recording)
            else _unlabelled(recording)
        )
        for emg, labels, info in stretches:
            yield from _piece(emg, labels, info, part)
    except RecordingError:
        raise
    except Exception as error:  # a damaged file can fail anywhere
        said = " ".join(str(error).split())
        raise RecordingError(f"{part.place}: damaged recording: {said}") from None
    finally:
        recording.close()


def _check(recording: Recording, part: Part) -> None:
    info = recording.info
    channels = part.gestures.channels if part.task == "gestures" else CHANNELS
    if info.channels != channels:
        raise RecordingError(
            f"{part.place}: {info.channels} channels, but the recipe needs {channels}"
        )
    if info.sample_rate < LOWEST_RATE:
        raise RecordingError(
            f"{part.place}: {info.sample_rate:g} Hz, must be at least {LOWEST_RATE:g} Hz"
        )
    if not part.labelled:
        return
    wanted = RELEASED_NAMES[part.task]
    if not isinstance(recording, Hdf5Recording):
        raise RecordingError(
            f"{part.place}: a {recording.kind} does not say what was really done; must be an HDF5 "
            f"file in the released layout (what holds no gestures can be given as --null-data)"
        )
    if recording.task and recording.task != wanted:
        raise RecordingError(f"{part.place}: a recording of task {recording.task}, not {wanted}")


Stretch = tuple[NDArray[np.float32], NDArray[Any], DeviceInfo]
"""EMG of the device, events (rows) or angle, and what was recorded."""


def _labelled(recording: Hdf5Recording, part: Part) -> Iterator[Stretch]:
    """Stretches of the rows of a part, at the breaks that the file names."""
    first, stop = (0, recording.samples) if part.row is None else part.row.rows(recording)
    events = np.empty((0, 2), np.int64)
    if part.labelled and part.task == "gestures":
        events = gesture_rows(recording, part.gestures.labels)
    edges = [edge for edge in recording.segment_starts if first < edge < stop]
    for begin, end in pairwise([first, *edges, stop]):
        emg = recording.read(begin, end)
        _refuse_nan(emg, begin, part)
        if part.task == "wrist":
            yield emg, wrist_angle(recording, begin, end), recording.info
        else:
            inside = events[(events[:, 1] >= begin) & (events[:, 1] < end)]
            yield emg, inside - [0, begin], recording.info


def _unlabelled(recording: Recording) -> Iterator[Stretch]:
    """Stretches of a bag: from one break or loss to the next."""
    blocks: list[NDArray[np.float32]] = []
    info, expected = recording.info, 0
    for block in recording.blocks():
        if blocks and (block.starts_stream or block.first_sample != expected):
            yield np.concatenate(blocks), np.empty((0, 2), np.int64), info
            blocks = []
        info, expected = block.info, block.first_sample + len(block.emg)
        if np.isfinite(block.emg).all():
            blocks.append(block.emg)
        elif blocks:
            yield np.concatenate(blocks), np.empty((0, 2), np.int64), info
            blocks = []
    if blocks:
        yield np.concatenate(blocks), np.empty((0, 2), np.int64), info


def _piece(
    emg: NDArray[np.float32], labels: NDArray[Any], info: DeviceInfo, part: Part
) -> Iterator[Made]:
    """Condition and label a stretch; one that is too short for any use gives nothing."""
    conditioner = Conditioner(
        info.sample_rate, info.noise_sd, info.conditioned, info.channels, info.ring_order
    )
    block = conditioner.push(emg, 0)
    ratio = SAMPLE_RATE / info.sample_rate
    if len(block.emg) < samples_needed(WRIST_WINDOW):
        return
    if part.task == "wrist":
        rows = (block.first_sample + np.arange(len(block.emg))) / ratio
        angle = np.interp(rows, np.arange(len(labels)), labels).astype(np.float32)
        frames = with_noise_floor(mpf(block.emg, WRIST_WINDOW), NOISE_FLOOR)
        yield MpfRecording(
            to_ring_entries(frames, RING_DISTANCE), frame_displacements(angle, len(frames))
        )
    else:
        samples = np.rint(labels[:, 1] * ratio).astype(np.int64) - block.first_sample
        events = np.column_stack([labels[:, 0], samples])
        yield EmgRecording(block.emg.astype(np.float16), events)


def _refuse_nan(emg: NDArray[np.float32], first: int, part: Part) -> None:
    bad = np.argwhere(~np.isfinite(emg))
    if len(bad):
        row, channel = bad[0].tolist()
        raise RecordingError(
            f"{part.place}: EMG is no number in row {first + row}, channel {channel}"
        )
