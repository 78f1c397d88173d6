# SPDX-License-Identifier: Apache-2.0
"""The wrist's velocity, integrated into an axis."""

from __future__ import annotations

import math

from semg_teleop.profile.profile import WristAngle


class WristAxis:
    """How far the wrist has gone from where the axis was centred.

    Parameters
    ----------
    source : WristAngle
        Where the axis stops, and how fast it returns to zero by itself.

    Attributes
    ----------
    angle : float
        rad, from ``-source.response.full`` to ``source.response.full``.
    """

    def __init__(self, source: WristAngle) -> None:
        self._source = source
        self.angle = 0.0

    def move(self, travel: float, elapsed: float) -> None:
        """Go on by a cycle.

        The velocity is taken as constant within it, for which the leak is exact: how time is
        cut into cycles makes no difference.

        Parameters
        ----------
        travel : float
            Integral of the velocity, in rad.
        elapsed : float
            s.
        """
        kept = 1.0
        shares = elapsed / self._source.leak if self._source.leak > 0.0 else 0.0
        if shares > 0.0:
            kept = math.exp(-shares)
            travel *= -math.expm1(-shares) / shares
        full = self._source.response.full
        self.angle = max(-full, min(full, self.angle * kept + travel))

    def centre(self) -> None:
        """Take where the wrist is now as zero."""
        self.angle = 0.0
