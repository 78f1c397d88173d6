# SPDX-License-Identifier: Apache-2.0
"""Wrist movement in recordings: error of the angular velocity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semg_bringup.command.report import Report, Section
from semg_bringup.evaluation.decoding import at_decoded, blocks_of, decode
from semg_bringup.evaluation.parts import Part, open_labelled
from semg_decoders.evaluation.velocity import VelocityScore, mean_velocity, score_velocity
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_driver.recordings.recording import RecordingError

TASK = "wrist"


@dataclass(frozen=True)
class WristResult:
    """How well wrist velocity was decoded in one part of a recording.

    Attributes
    ----------
    name : str
        Of the part.
    start, end : float
        Time stamps of its first sample and of its end, s.
    begin : float
        Seconds from the recording's first sample to `start`.
    score : VelocityScore
        Agreement from the second frame on: the first has no velocity.
    """

    name: str
    start: float
    end: float
    begin: float
    score: VelocityScore


def evaluate_wrist(part: Part, bundle: Path, figures: Path | None = None) -> WristResult:
    """Decode a part of a recording as a stream of its own, and compare with its joint angles.

    Parameters
    ----------
    part : Part
        What to decode.
    bundle : Path
        Folder of the model bundle.
    figures : Path, optional
        Folder for figures.

    Raises
    ------
    RecordingError
        If there are no angles, or it is too short.
    """
    model = Model.load(str(bundle))
    with open_labelled(part.path, TASK) as recording:
        first, stop = part.rows(recording)
        decoded = decode(model, blocks_of(recording, first, stop))
        angles = recording.wrist_angles(first, stop)
        if angles is None:
            raise RecordingError(
                f"{part.path}: no field 'wrist_angles', which says how the wrist moved"
            )
        rate = recording.info.sample_rate
        start, end = recording.times(first, first + 1)[0], recording.times(stop - 1, stop)[0]
        begin = start - recording.times(0, 1)[0]
    # The first frame after a start has no frame before it to move from.
    later = np.diff(decoded["piece"], prepend=-1) == 0
    samples = decoded["sample"][later] - round(first * SAMPLE_RATE / rate)
    extension = _at_2_khz(angles.reshape(len(angles), -1)[:, 0], rate)
    true = mean_velocity(extension, samples, model.bundle.stride, SAMPLE_RATE)
    velocity = decoded["velocity"][later].astype(np.float64)
    known = np.isfinite(true)
    if not known.any():
        raise RecordingError(
            f"{part.path}: nothing to compare in {stop - first} samples from row {first} on: "
            f"too short, or no angle is a number"
        )
    if figures is not None:
        from semg_bringup.evaluation.figures.velocity import draw_velocity

        seconds = begin + samples / SAMPLE_RATE
        path = figures / f"{part.name}-velocity.png"
        draw_velocity(path, part.name, seconds[known], velocity[known], true[known])
    score = score_velocity(velocity[known], true[known])
    return WristResult(part.name, float(start), float(end) + 1 / rate, float(begin), score)


def _at_2_khz(angle: NDArray[np.floating], rate: float) -> NDArray[np.float64]:
    samples = np.arange(int((len(angle) - 1) * SAMPLE_RATE / rate) + 1)
    return at_decoded(angle, samples, rate)


def report_wrist(results: Sequence[WristResult]) -> Report:
    """Sum up the results of all parts."""
    frames = [result.score.frames for result in results]
    errors = [result.score.error for result in results]
    speeds = [result.score.mean_speed for result in results]
    facts = {
        "mean_error_deg_per_s": float(np.mean(errors)),
        "error_over_all_frames_deg_per_s": float(np.average(errors, weights=frames)),
        "frames": sum(frames),
        "partitions": [
            {
                "name": result.name,
                "start": result.start,
                "end": result.end,
                "error_deg_per_s": result.score.error,
                "mean_speed_deg_per_s": result.score.mean_speed,
                "correlation": result.score.correlation,
                "frames": result.score.frames,
            }
            for result in results
        ],
    }
    rows = [_row(result) for result in results]
    if len(results) > 1:
        over_all = np.average([errors, speeds], axis=1, weights=frames).tolist()
        mean = np.mean([errors, speeds], axis=1).tolist()
        rows.append(["all frames", "", str(sum(frames)), *_numbers(*over_all), ""])
        rows.append(["mean of the partitions", "", "", *_numbers(*mean), ""])
    columns = (
        "partition",
        "from, to (s)",
        "frames",
        "error (deg/s)",
        "mean speed = error of zero (deg/s)",
        "error / zero",
        "correlation",
    )
    title = "Mean absolute error of the angular velocity of flexion and extension over each frame."
    return Report(title, facts, [Section("wrist", rows, columns)])


def _row(result: WristResult) -> list[str]:
    score = result.score
    end = result.begin + result.end - result.start
    return [
        result.name,
        f"{result.begin:.2f}, {end:.2f}",
        str(score.frames),
        *_numbers(score.error, score.mean_speed),
        f"{score.correlation:.3f}",
    ]


def _numbers(error: float, speed: float) -> list[str]:
    ratio = f"{error / speed:.3f}" if speed else ""
    return [f"{error:.2f}", f"{speed:.2f}", ratio]
