# SPDX-License-Identifier: Apache-2.0
"""Recordings of real handwriting, in the form that training reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_decoders.signal.conditioning import SAMPLE_RATE, Conditioner
from semg_decoders.signal.mpf import HANDWRITING_WINDOW, samples_needed
from semg_driver.devices.device import WrittenText
from semg_driver.recordings.corpus import CorpusRow
from semg_driver.recordings.opening import open_recording
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording
from semg_training.handwriting_recordings import (
    HandwritingEmgRecording,
    HandwritingRecording,
    small_frames,
)
from semg_training.sources.parts import RELEASED_NAMES
from semg_training.sources.real_recordings import CHANNELS

Made = HandwritingRecording | HandwritingEmgRecording
_COLUMNS = ("prompt", "start", "end")


def read_written(path: Path, kind: type[Any], row: CorpusRow | None = None) -> list[Made]:
    """Return the stretches of a recording that have no break, with the prompts in them.

    Parameters
    ----------
    path : Path
        HDF5 file in the released layout.
    kind : type
        `HandwritingRecording` or `HandwritingEmgRecording`.
    row : CorpusRow, optional
        Which part of it to read; all when not given.

    Raises
    ------
    RecordingError
        If it is damaged, or does not say what was written.
    """
    recording = open_recording(path)
    try:
        if not isinstance(recording, Hdf5Recording):
            raise RecordingError(
                f"{path}: a {recording.kind} does not say what was really done; must be an HDF5 "
                f"file in the released layout"
            )
        wanted = RELEASED_NAMES["handwriting"]
        if recording.task and recording.task != wanted:
            raise RecordingError(f"{path}: a recording of task {recording.task}, not {wanted}")
        if recording.info.channels != CHANNELS:
            raise RecordingError(
                f"{path}: {recording.info.channels} channels, but must have {CHANNELS}"
            )
        rows = (0, recording.samples) if row is None else row.rows(recording)
        return list(_stretches(recording, kind, *rows))
    except RecordingError:
        raise
    except Exception as error:  # a damaged file can fail anywhere
        said = " ".join(str(error).split())
        raise RecordingError(f"{path}: damaged recording: {said}") from None
    finally:
        recording.close()


def _stretches(recording: Hdf5Recording, kind: type[Any], first: int, stop: int) -> Iterator[Made]:
    prompts = written_rows(recording)
    info = recording.info
    ratio = SAMPLE_RATE / info.sample_rate
    edges = [edge for edge in recording.segment_starts if first < edge < stop]
    for begin, end in pairwise([first, *edges, stop]):
        emg = recording.read(begin, end)
        if not np.isfinite(emg).all():
            raise RecordingError(f"{recording.path}: EMG is no number somewhere")
        conditioner = Conditioner(
            info.sample_rate, info.noise_sd, info.conditioned, info.channels, info.ring_order
        )
        block = conditioner.push(emg, 0)
        if len(block.emg) < samples_needed(HANDWRITING_WINDOW):
            continue

        def sample(row: int, begin: int = begin, first: int = block.first_sample) -> int:
            return max(0, round((row - begin) * ratio) - first)

        inside = tuple(
            WrittenText(one.text, sample(one.start), sample(one.stop))
            for one in prompts
            if begin <= one.start and one.stop <= end
        )
        yield _recording(block.emg, inside, kind)


def _recording(emg: NDArray[np.float32], prompts: tuple[WrittenText, ...], kind: type[Any]) -> Made:
    if kind is HandwritingRecording:
        return HandwritingRecording(small_frames(emg), prompts, ())
    return HandwritingEmgRecording(emg.astype(np.float16), prompts, ())


def written_rows(recording: Hdf5Recording) -> Sequence[WrittenText]:
    """Return the prompts of a recording with their rows, in order.

    Raises
    ------
    RecordingError
        If there are none, or a time is none or outside the recording.
    """
    table = recording.labels().prompts
    if table is None or any(column not in table for column in _COLUMNS):
        raise RecordingError(
            f"{recording.path}: no table 'prompts' with the columns {', '.join(_COLUMNS)}, which "
            f"says what was written"
        )
    times = np.zeros((2, len(table[_COLUMNS[0]])))
    for place, column in enumerate(_COLUMNS[1:]):
        if table[column].dtype.kind not in "fiu" or not np.isfinite(table[column]).all():
            raise RecordingError(f"{recording.path}: table 'prompts': a time is no number")
        times[place] = table[column]
    stamps = recording.times(0, recording.samples)
    if times.size and not (stamps[0] <= times.min() and (times[0] < times[1]).all()):
        raise RecordingError(
            f"{recording.path}: table 'prompts': a prompt must end after it starts, and not start "
            f"before the recording"
        )
    rows = np.searchsorted(stamps, times, "left")
    found = [
        WrittenText(str(text), int(start), int(stop))
        for text, start, stop in zip(table[_COLUMNS[0]], *rows, strict=True)
        # A prompt may have been cut off by the end of the recording.
        if stop < recording.samples
    ]
    return sorted(found, key=lambda one: one.start)
