# SPDX-License-Identifier: Apache-2.0
"""The wearer and the robot in processes of their own, as each may be on another network.

The calls of the test get there by `multiprocessing.managers`, through a socket in a file.
"""

from __future__ import annotations

import os
from multiprocessing.managers import BaseManager
from typing import Any

from semg_node.steadiness import favour_the_stream
from test.faults.robot import Robot
from test.faults.wearer import Wearer
from test.processes import wait_until

_KEY = b"nobody else has this file"


class _Manager(BaseManager):
    """Makes one of them at the other end."""


_Manager.register("Robot", Robot)
_Manager.register("Wearer", Wearer)


def serve(socket: str) -> int:
    """Be there for a test for as long as this process lives."""
    favour_the_stream()
    _Manager(socket, _KEY).get_server().serve_forever()
    return 0


def make(kind: str, socket: str, domain: int) -> Any:
    """Return a ``Robot`` or ``Wearer`` whose methods are run in the process that serves `socket`.

    Parameters
    ----------
    kind : str
        Name of the class.
    socket : str
        Path.
    domain : int
        ROS domain.
    """
    wait_until(lambda: os.path.exists(socket), 10.0, f"the process of the {kind.lower()}")
    manager = _Manager(socket, _KEY)
    manager.connect()
    return getattr(manager, kind)(domain)
