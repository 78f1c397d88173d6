# SPDX-License-Identifier: Apache-2.0
"""What a component tells of itself, as a diagnostic message."""

from __future__ import annotations

from typing import Any

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

from semg_node.component import Status


def diagnostics(stamp: Time, name: str, state: str, status: Status) -> DiagnosticArray:
    """Return the report of one node.

    Parameters
    ----------
    stamp : Time
        Now.
    name : str
        Full name of the node: the same in every state, so that displays know it again.
    state : str
        Lifecycle state, told as the value ``state``.
    status : Status
        What the component says.
    """
    message = DiagnosticArray()
    message.header.stamp = stamp
    message.status = [
        DiagnosticStatus(
            level=bytes([status.level]),
            name=name,
            message=status.message,
            hardware_id=status.hardware,
            values=[
                KeyValue(key=key, value=_text(value))
                for key, value in {"state": state, **status.values}.items()
            ],
        )
    ]
    return message


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
