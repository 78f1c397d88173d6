# SPDX-License-Identifier: Apache-2.0
"""Events in a whole recording's gesture probabilities, as the published error counts them.

The live nodes have a detector of their own (`semg_decoders.decoding.events`), which also knows
holds. This one is part of a metric, and does what the metric's definition says.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from semg_decoders.decoding.events import EventKind, parse_label
from semg_decoders.evaluation.events import TimedEvent

THRESHOLD = 0.35
"""Probability whose upward crossing is a detection, as published for the error."""
DEBOUNCE = 0.05
"""Seconds after an event within which most others are dropped."""


def detect(
    probabilities: ArrayLike,
    times: ArrayLike,
    labels: Sequence[str],
    threshold: float = THRESHOLD,
    debounce: float = DEBOUNCE,
) -> list[TimedEvent]:
    """Find the upward crossings of a threshold, and debounce them.

    Parameters
    ----------
    probabilities : array, (frames, labels)
        0 to 1; what is no number counts as below the threshold.
    times : array of float64, (frames,)
        Time of each frame in s, on the clock of the labels.
    labels : sequence of str
        Meaning of the columns.
    threshold : float
        A first frame at or above it counts as a crossing.
    debounce : float
        s. An event sooner than this after the last kept one is dropped, unless exactly one of
        the two is a release, or both are releases of different fingers.

    Returns
    -------
    list of TimedEvent
        In order of time; ties in the order of the labels.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    values, stamps = np.asarray(probabilities), np.asarray(times, np.float64)
    if values.shape != (stamps.size, len(labels)):
        raise ValueError(
            f"probabilities: shape {values.shape}, must be ({stamps.size}, {len(labels)})"
        )
    high = values >= threshold
    before = np.concatenate([np.zeros_like(high[:1]), high[:-1]])
    frames, columns = np.nonzero(high & ~before)
    order = np.lexsort((columns, stamps[frames]))
    crossings = [
        TimedEvent(labels[column], time)
        for column, time in zip(
            columns[order].tolist(), stamps[frames[order]].tolist(), strict=True
        )
    ]
    return debounced(crossings, debounce)


def debounced(events: Sequence[TimedEvent], debounce: float = DEBOUNCE) -> list[TimedEvent]:
    """Drop the events that come too soon after the last kept one; see `detect`.

    Parameters
    ----------
    events : sequence of TimedEvent
        In order of time.
    debounce : float
        s.
    """
    kept: list[TimedEvent] = []
    for event in events:
        if not (kept and event.time - kept[-1].time < debounce and _alike(event, kept[-1])):
            kept.append(event)
    return kept


def _alike(event: TimedEvent, last: TimedEvent) -> bool:
    releases = is_release(event.name), is_release(last.name)
    return event.name == last.name if all(releases) else not any(releases)


def is_release(name: str) -> bool:
    """Tell whether a label is the end of a press."""
    return parse_label(name)[1] is EventKind.RELEASE
