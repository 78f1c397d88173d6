# SPDX-License-Identifier: Apache-2.0
"""The robot's feedback, of whatever message type."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from semg_node.component import Refused
from semg_node.stamps import to_nanoseconds

_TYPE = re.compile(r"([a-z][a-z0-9_]*)/msg/([A-Z][A-Za-z0-9]*)")


def message_class(name: str) -> type[Any]:
    """Return the class of a message type such as ``nav_msgs/msg/Odometry``.

    Raises
    ------
    Refused
        If it is not written so, or is not installed.
    """
    parts = _TYPE.fullmatch(name)
    if parts is None:
        raise Refused(
            f"parameter 'feedback_type': '{name}' must be written PACKAGE/msg/TYPE, such as "
            "nav_msgs/msg/Odometry"
        )
    package, kind = parts.groups()
    try:
        found: type[Any] = getattr(import_module(f"{package}.msg"), kind)
    except (ImportError, AttributeError):
        raise Refused(f"parameter 'feedback_type': '{name}' is not installed") from None
    return found


def stamp_of(message: Any) -> int | None:
    """Return the stamp of a message's header in ns; None if it has none, or it is zero."""
    header = getattr(message, "header", None)
    stamp = getattr(header, "stamp", None)
    return None if stamp is None else to_nanoseconds(stamp) or None
