# SPDX-License-Identifier: Apache-2.0
"""What the gesture network should say at each frame, and where it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GESTURES = (
    "index_press",
    "index_release",
    "middle_press",
    "middle_release",
    "thumb_click",
    "thumb_down",
    "thumb_in",
    "thumb_out",
    "thumb_up",
)


@dataclass(frozen=True)
class GestureSet:
    """Gestures, and the band that they were recorded with.

    Attributes
    ----------
    labels : tuple of str
        Names, in the order of the outputs; ``x_release`` is the release of ``x_press``.
    channels : int
        EMG channels.
    bandwidth : float
        Hz that the device delivers, as far as it is made use of.
    """

    labels: tuple[str, ...] = GESTURES
    channels: int = 16
    bandwidth: float = 400.0


NINE_GESTURES = GestureSet()
"""The published ones, on the simulated band; people are simulated with bands of 1 kHz, too."""


@dataclass(frozen=True)
class FrameGrid:
    """Where the frames of a network lie among the samples of its input.

    Attributes
    ----------
    first : int
        Sample that the first frame belongs to: the last one it sees.
    stride : int
        Samples from one frame to the next.
    """

    first: int = 20
    stride: int = 10

    def frames(self, samples: int) -> int:
        """How many frames there are in so many samples."""
        return max(0, (samples - self.first - 1) // self.stride + 1)

    def samples(self, frames: int) -> int:
        """How many samples so many frames need."""
        return self.first + 1 + self.stride * (frames - 1)


PUBLISHED_GRID = FrameGrid()
_PRESS, _RELEASE = "_press", "_release"


@dataclass(frozen=True)
class PulseSettings:
    """Where the pulse of an event lies, in s after the event.

    Attributes
    ----------
    start, end : float
        The frames of ``start <= time < end`` are 1.
    release_tail : float
        A release output still counts for this long after the end of its pulse.
    """

    start: float = 0.08
    end: float = 0.12
    release_tail: float = 0.04


def frame_samples(samples: int, grid: FrameGrid = PUBLISHED_GRID) -> NDArray[np.int64]:
    """Sample index of each frame in a window of `samples` samples, shape (frames,)."""
    return grid.first + grid.stride * np.arange(grid.frames(samples), dtype=np.int64)


def gesture_targets(
    events: Sequence[tuple[int, int]],
    samples: int,
    sample_rate: float = 2000.0,
    pulse: PulseSettings | None = None,
    grid: FrameGrid = PUBLISHED_GRID,
    labels: Sequence[str] = GESTURES,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Targets and weights of a window.

    A release output counts only from the pulse of its finger's press to shortly after the pulse
    of its release: what it says while the finger is up is dropped by the event detector anyway.

    Parameters
    ----------
    events : sequence of (int, int)
        Index into `labels`, and sample in the window; may lie before the window (negative).
    samples : int
        Length of the window.
    sample_rate : float
        Hz.
    pulse : PulseSettings, optional
        Where the pulse lies.
    grid : FrameGrid
        Where the frames lie.
    labels : sequence of str
        Gestures, in the order of the outputs; ``x_release`` is the release of ``x_press``.

    Returns
    -------
    targets : ndarray of float32, shape (frames, labels)
        1 during an event's pulse, else 0.
    weights : ndarray of float32, shape (frames, labels)
        1 where the output counts, else 0.
    """
    pulse = pulse or PulseSettings()
    time = frame_samples(samples, grid) / sample_rate
    targets = np.zeros((len(time), len(labels)), np.float32)
    weights = np.ones_like(targets)
    for gesture, sample in events:
        after = time - sample / sample_rate
        targets[_between(after, pulse.start, pulse.end), gesture] = 1.0
    for press, release in _pairs(labels):
        counts = np.zeros(len(time), dtype=bool)
        pressed_at: float | None = None
        for gesture, sample in sorted(events, key=lambda event: event[1]):
            if gesture == press:
                pressed_at = sample / sample_rate
            elif gesture == release:
                start = -np.inf if pressed_at is None else pressed_at + pulse.start
                end = sample / sample_rate + pulse.end + pulse.release_tail
                counts |= _between(time, start, end)
                pressed_at = None
        if pressed_at is not None:
            counts |= time >= pressed_at + pulse.start - 1e-9
        weights[~counts, release] = 0.0
    return targets, weights


def _pairs(labels: Sequence[str]) -> list[tuple[int, int]]:
    """Return the outputs of what can be pressed and released."""
    return [
        (press, labels.index(name.removesuffix(_PRESS) + _RELEASE))
        for press, name in enumerate(labels)
        if name.endswith(_PRESS) and name.removesuffix(_PRESS) + _RELEASE in labels
    ]


def _between(time: NDArray[np.float64], start: float, end: float) -> NDArray[np.bool_]:
    # Frames lie on a 5 ms grid: the margin keeps rounding from moving an edge by a frame.
    inside: NDArray[np.bool_] = (time >= start - 1e-9) & (time < end - 1e-9)
    return inside
