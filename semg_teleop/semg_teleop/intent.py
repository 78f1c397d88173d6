# SPDX-License-Identifier: Apache-2.0
"""What the wearer means, as far as the decoders can tell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Intent:
    """What the decoders said since the last cycle.

    Attributes
    ----------
    held : frozenset of str
        Gestures pressed and not yet released, such as ``index``.
    events : tuple of str
        Labels of the gesture events, in order, such as ``thumb_click`` or ``index_press``.
    wrist_travel : float
        Integral of the wrist's velocity over the messages that came, in rad; positive is
        extension.
    wrist_velocity : float
        The latest velocity of the wrist, in rad/s.
    text : str
        Handwritten characters that are settled.
    kept : frozenset of str or None
        Those that were held all the time since the last cycle; None: all that are held.
    """

    held: frozenset[str] = frozenset()
    events: tuple[str, ...] = ()
    wrist_travel: float = 0.0
    wrist_velocity: float = 0.0
    text: str = ""
    kept: frozenset[str] | None = None
