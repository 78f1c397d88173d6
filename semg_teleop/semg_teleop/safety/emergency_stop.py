# SPDX-License-Identifier: Apache-2.0
"""An emergency stop that stays until it is reset."""

from __future__ import annotations


class EmergencyStop:
    """Latches a stop. It can be reset only while the button says that it is released."""

    def __init__(self) -> None:
        self._pressed = False
        self._press_unseen = False
        self.latched = False

    def hear(self, pressed: bool) -> None:
        """Take in what the button says."""
        self._pressed = pressed
        self._press_unseen = self._press_unseen or pressed
        self.latched = self.latched or pressed

    def take_press(self) -> bool:
        """Return whether it was pressed since this was last called, be it reset already."""
        unseen, self._press_unseen = self._press_unseen, False
        return unseen

    def reset(self) -> str:
        """Reset it; return why that cannot be, or nothing."""
        if self._pressed:
            return "the emergency stop is still pressed: release it first"
        self.latched = False
        return ""
