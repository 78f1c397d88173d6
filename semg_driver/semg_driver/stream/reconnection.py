# SPDX-License-Identifier: Apache-2.0
"""How long to wait before a lost device is tried again."""

from __future__ import annotations

from dataclasses import dataclass

from semg_node.settings import setting


@dataclass(frozen=True)
class BackOffSettings:
    """How often a lost device is tried again."""

    first_delay: float = setting(
        0.5, "wait before the first attempt to reconnect", unit="s", minimum=0.01, maximum=60.0
    )
    factor: float = setting(
        2.0, "by how much the wait grows with each attempt", minimum=1.0, maximum=10.0
    )
    longest_delay: float = setting(
        10.0, "longest wait between two attempts", unit="s", minimum=0.01, maximum=600.0
    )


class BackOff:
    """Waits that grow with every failure in a row.

    Parameters
    ----------
    settings : BackOffSettings
        First and longest wait.

    Attributes
    ----------
    attempts : int
        Failures since the last success.
    """

    def __init__(self, settings: BackOffSettings | None = None) -> None:
        self._settings = BackOffSettings() if settings is None else settings
        self.attempts = 0

    def next_delay(self) -> float:
        """Count a failure and return for how many s to wait before the next attempt."""
        settings = self._settings
        # Bounded exponent: a device may be away for days.
        delay = settings.first_delay * settings.factor ** min(self.attempts, 50)
        self.attempts += 1
        return min(delay, settings.longest_delay)

    def reset(self) -> None:
        """Begin anew, after a success."""
        self.attempts = 0
