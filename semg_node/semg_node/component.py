# SPDX-License-Identifier: Apache-2.0
"""What a node does, apart from how ROS runs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol


class Refused(Exception):
    """A component will not run as it is set up. The message is one line for the user."""


class NotReady(Refused):
    """A component cannot run yet; it may once more has arrived."""


class Level(IntEnum):
    """Severity, as in ``diagnostic_msgs/DiagnosticStatus``."""

    OK = 0
    WARN = 1
    ERROR = 2


@dataclass
class Status:
    """What a component tells of itself once a second."""

    level: Level = Level.OK
    message: str = "running"
    values: dict[str, Any] = field(default_factory=dict)
    hardware: str = ""


class Component(Protocol):
    """The inside of a lifecycle node.

    All methods are called under the node's lock; data callbacks come only while active.
    """

    @property
    def publishes(self) -> tuple[str, ...]:
        """Relative names of the topics that it publishes."""

    @property
    def finished(self) -> bool:
        """Whether it has come to its end and wants to be deactivated."""

    def configure(self) -> None:
        """Read the parameters, load what is needed, make publishers and subscriptions.

        Raises
        ------
        Refused
            If that is not possible; the node then stays unconfigured.
        """

    def activate(self) -> None:
        """Start from a fresh state.

        Raises
        ------
        Refused
            If that is not possible; the node then stays inactive.
        """

    def deactivate(self) -> None:
        """Stop."""

    def cleanup(self) -> None:
        """Let go of what `configure` took."""

    def parameters_changed(self) -> None:
        """Take in parameters that may change while the node runs."""

    def status(self, now: float) -> Status:
        """Report, at the steady time `now` in s."""
