# SPDX-License-Identifier: Apache-2.0
"""Which mode is in force."""

from __future__ import annotations

from collections.abc import Sequence

from semg_teleop.profile.profile import Mode


class ModeSwitch:
    """Switches between modes by gesture events.

    Parameters
    ----------
    modes : sequence of Mode
        The first is in force at the start.

    Attributes
    ----------
    mode : Mode
        In force.
    """

    def __init__(self, modes: Sequence[Mode]) -> None:
        self.mode = modes[0]
        self._entered_by = {event: mode for mode in modes for event in mode.enter}

    def switches(self, event: str) -> bool:
        """Switch if the event enters another mode, and say whether it did."""
        mode = self._entered_by.get(event, self.mode)
        if mode is self.mode:
            return False
        self.mode = mode
        return True
