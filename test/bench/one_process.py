# SPDX-License-Identifier: Apache-2.0
"""All nodes in one process, as ``semg run`` has them, without the terminal view.

``python -m test.bench.one_process PARAMS_FILE NAMESPACE NODE...`` runs until SIGINT or SIGTERM.
"""

from __future__ import annotations

import sys
from pathlib import Path

import rclpy
from rclpy.signals import SignalHandlerOptions

from semg_bringup.graph import choose
from semg_bringup.one_process import OneProcess
from semg_node.stopping import StopRequest


def main(params_file: Path, namespace: str, *nodes: str) -> None:
    """Run the graph."""
    stop = StopRequest()
    rclpy.init(args=[], signal_handler_options=SignalHandlerOptions.NO)
    graph = OneProcess(choose(nodes), namespace=namespace, params_file=params_file)
    stop.wakes(graph.stop)
    graph.start()
    graph.spin(until=lambda: stop.requested)
    graph.close()
    rclpy.try_shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
