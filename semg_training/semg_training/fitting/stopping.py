# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C and SIGTERM end a training after the step that is being taken."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """A context in which the first signal only asks to stop; the second does what it did before.

    Attributes
    ----------
    asked : bool
        Whether one came.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> StopRequest:
        self.listen()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._restore()

    def listen(self) -> None:
        """Take the signals (again, after somebody else took them)."""
        for number in _SIGNALS:
            before = signal.signal(number, self._on_signal)
            if before != self._on_signal:
                self._before.setdefault(number, before)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        self._restore()

    def _restore(self) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
