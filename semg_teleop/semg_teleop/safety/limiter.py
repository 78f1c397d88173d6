# SPDX-License-Identifier: Apache-2.0
"""Limits on commands, and on how fast they grow."""

from __future__ import annotations

import math
from collections.abc import Sequence

from semg_teleop.command import Command, Vector
from semg_teleop.profile.profile import LimitGroup, Output


class Limiter:
    """Keeps commands within the limits of their outputs.

    What is too large is scaled as a whole vector, so that its direction stays. Then each
    component may grow in magnitude only so fast; becoming smaller, and zero above all, is never
    held back. A component that changes its sign starts again from zero.

    Parameters
    ----------
    outputs : sequence of Output
        Their limits.
    """

    def __init__(self, outputs: Sequence[Output]) -> None:
        self._outputs = {output.name: output for output in outputs if output.components}
        self.reset()

    def reset(self) -> None:
        """Start again from zero."""
        self._last: dict[str, Vector] = {
            name: (0.0,) * len(output.components) for name, output in self._outputs.items()
        }

    def limit(self, wanted: Command, elapsed: float) -> Command:
        """Return the command that may be sent.

        Parameters
        ----------
        wanted : Command
            Finite values, one vector for every output.
        elapsed : float
            s since the last command.
        """
        self._last = {
            name: _grown(
                self._last[name], _scaled(wanted.vectors[name], output), output, max(elapsed, 0.0)
            )
            for name, output in self._outputs.items()
        }
        return Command(dict(self._last), wanted.texts)


def _scaled(vector: Vector, output: Output) -> Vector:
    factors = {group: _factor(vector, group) for group in output.limits}
    together = min((f for group, f in factors.items() if not group.apart), default=1.0)
    scaled = list(vector)
    for group, factor in factors.items():
        for i in group.components:
            scaled[i] *= factor if group.apart else together
    return tuple(scaled)


def _factor(vector: Vector, group: LimitGroup) -> float:
    size = math.hypot(*(vector[i] for i in group.components))
    return group.largest / size if size > group.largest else 1.0


def _grown(last: Vector, wanted: Vector, output: Output, elapsed: float) -> Vector:
    result = list(wanted)
    for group in output.limits:
        for i in group.components:
            from_zero = last[i] * wanted[i] <= 0.0
            most = (0.0 if from_zero else abs(last[i])) + _growth(group.growth, elapsed)
            if abs(wanted[i]) > most:
                result[i] = math.copysign(most, wanted[i])
    return tuple(result)


def _growth(per_second: float, elapsed: float) -> float:
    # Infinity times no time is not a number.
    return math.inf if math.isinf(per_second) else per_second * elapsed
