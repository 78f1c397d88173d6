# SPDX-License-Identifier: Apache-2.0
"""The pen's movement while a text is written."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from semg_driver.simulation.handwriting.hand_style import HandStyle
from semg_driver.simulation.handwriting.shapes import Shape
from semg_driver.simulation.handwriting.strokes import Strokes, strokes_between

PINCH = "🤏"
SEPARATORS = " _⏎"
_BASE, _PER_LENGTH, _ISOCHRONY = 0.11, 0.062, 0.7
_USUAL, _EVEN = 0.42, 0.35
"""s that a character usually takes, and how much others are drawn towards that."""
_LIFTED = 0.85  # of the duration of a stroke on paper
_OVERLAP_STRAIGHT, _OVERLAP_REVERSED = 0.5, 0.2
_TEMPO_SD = 0.08
_GAP = 0.4  # between characters, in heights of small letters
_PINCH_AFTER, _PINCH_FOR = 0.12, 0.28  # s


@dataclass(frozen=True)
class Written:
    """When a character was written, in s."""

    character: str
    start: float
    stop: float


@dataclass(frozen=True)
class Writing:
    """A text in somebody's hand.

    Attributes
    ----------
    strokes : Strokes
        The pen's movement from time 0 on; lengths in heights of small letters.
    characters : tuple of Written
        One for each character of the text, in order. None begins before the last one's end.
    """

    strokes: Strokes
    characters: tuple[Written, ...]

    @property
    def duration(self) -> float:
        """Until all of it is written, in s."""
        return self.characters[-1].stop


def written(text: str, style: HandStyle, rng: np.random.Generator) -> Writing:
    """Write a text.

    Longer strokes are faster, so that they hardly take longer (isochrony: Viviani and Terzuolo
    1982, Neuroscience 7, 431), nor do characters of many strokes take as much longer; where the
    heading changes little, strokes overlap more.

    Parameters
    ----------
    text : str
        Not empty; of characters that have a shape.
    style : HandStyle
        Whose hand it is.
    rng : numpy.random.Generator
        Of how it turns out this time.

    Raises
    ------
    KeyError
        If nobody writes one of the characters.
    """
    time = 0.0
    pen = None
    last = ""
    pieces: list[Strokes] = []
    characters: list[Written] = []
    for character in text:
        shape = style.written(character, rng)
        tempo = style.tempo * float(np.exp(rng.normal(0.0, _TEMPO_SD)))
        pause = style.pause
        if character in SEPARATORS or last in SEPARATORS:
            pause += style.word_pause
        pause *= float(np.exp(rng.normal(0.0, 0.4)))
        if character == PINCH:
            start = time + _PINCH_AFTER * tempo + pause
            stop = start + _PINCH_FOR * tempo
        else:
            if pen is not None:
                # Through the air to where the next one begins.
                way = np.stack([pen, shape.points[0]])
                way[1, 0] += style.progress * (np.ptp(shape.points[:, 0]) + _GAP)
                length = np.hypot(*(way[1] - way[0]))
                lasts = tempo * _LIFTED * _durations(np.array([length]))
                begin = np.array([time + 0.3 * pause])
                pieces.append(strokes_between(way, np.zeros(1), begin, lasts, style.skew))
                time = max(time, float(begin[0] + 0.6 * lasts[0])) + 0.7 * pause
            start = time
            piece, stop = _drawn(shape, start, tempo, style)
            pieces.append(piece)
            pen = shape.points[-1]
        characters.append(Written(character, start, stop))
        time = stop
        last = character
    return Writing(_joined(pieces), tuple(characters))


def _drawn(shape: Shape, start: float, tempo: float, style: HandStyle) -> tuple[Strokes, float]:
    """Strokes of one character, and when they are over."""
    way = np.diff(shape.points, axis=0)
    chord = np.arctan2(way[:, 1], way[:, 0])
    length = np.hypot(way[:, 0], way[:, 1]) / np.sinc(shape.turns / (2.0 * np.pi))
    duration = tempo * _durations(length)
    duration[shape.lifted] *= _LIFTED
    corner = (chord - shape.turns / 2.0)[1:] - (chord + shape.turns / 2.0)[:-1]
    sharpness = np.abs(np.angle(np.exp(1j * corner))) / np.pi
    straight = _OVERLAP_STRAIGHT + (_OVERLAP_REVERSED - _OVERLAP_STRAIGHT) * sharpness
    overlap = np.minimum(style.rounding * straight, 0.7)
    # The shorter of two strokes decides how long they can overlap.
    until = duration[:-1] - overlap * np.minimum(duration[:-1], duration[1:])
    begin = np.concatenate([[0.0], np.cumsum(until)])
    lasts = float((begin + duration).max())
    slower = (_USUAL * tempo / lasts) ** _EVEN
    begin, duration = start + slower * begin, slower * duration
    strokes = strokes_between(shape.points, shape.turns, begin, duration, style.skew)
    return strokes, start + slower * lasts


def _durations(length: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(_BASE + _PER_LENGTH * length**_ISOCHRONY)


def _joined(pieces: list[Strokes]) -> Strokes:
    return Strokes(
        *(
            np.concatenate([np.empty(0), *(getattr(piece, field.name) for piece in pieces)])
            for field in fields(Strokes)
        )
    )
