# SPDX-License-Identifier: Apache-2.0
"""The one description of the graph, for the launch files and for ``semg run`` alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class GraphNode:
    """One node of the graph.

    Attributes
    ----------
    name : str
        Name of the node.
    package, executable : str
        What ``ros2 run`` would start.
    component : str
        ``module:class`` that does the same inside another process.
    moves_a_robot : bool
        Whether it is the first that has to stop.
    """

    name: str
    package: str
    executable: str
    component: str
    moves_a_robot: bool = False

    def load(self) -> Callable[[Any], Any]:
        """Import the component."""
        module, _, attribute = self.component.partition(":")
        component: Callable[[Any], Any] = getattr(import_module(module), attribute)
        return component


GRAPH = (
    GraphNode("driver", "semg_driver", "driver", "semg_driver.driver_node:Driver"),
    GraphNode(
        "preprocessor",
        "semg_decoders",
        "preprocessor",
        "semg_decoders.preprocessor_node:Preprocessor",
    ),
    GraphNode(
        "gesture_decoder",
        "semg_decoders",
        "gesture_decoder",
        "semg_decoders.gesture_decoder_node:GestureDecoderComponent",
    ),
    GraphNode(
        "wrist_decoder",
        "semg_decoders",
        "wrist_decoder",
        "semg_decoders.wrist_decoder_node:WristDecoderComponent",
    ),
)
"""What runs unless something else is asked for, in the order of the stream."""

HANDWRITING_DECODER = GraphNode(
    "handwriting_decoder",
    "semg_decoders",
    "handwriting_decoder",
    "semg_decoders.handwriting_decoder_node:HandwritingDecoderComponent",
)
"""Has its place after the wrist, and runs when its model bundle is named: there is no default."""

TELEOP = GraphNode(
    "teleop", "semg_teleop", "teleop", "semg_teleop.teleop_node:Teleop", moves_a_robot=True
)
"""Drives a robot by what is decoded; runs when its mapping profile is named."""

NODES = (*GRAPH, HANDWRITING_DECODER, TELEOP)
"""Every node there is, in the order of the stream."""

NODE_NAMES = tuple(node.name for node in GRAPH)
"""Of the nodes that run unless something else is asked for."""


def choose(names: Iterable[str]) -> tuple[GraphNode, ...]:
    """Return the nodes called `names`, in the order of the graph.

    Raises
    ------
    ValueError
        If there is no such node.
    """
    wanted = tuple(names)
    known = [node.name for node in NODES]
    for name in wanted:
        if name not in known:
            raise ValueError(f"no node '{name}' in the graph; there are: {', '.join(known)}")
    return tuple(node for node in NODES if node.name in wanted)


def default_params_file() -> Path:
    """Return the parameter file that comes with the package."""
    from ament_index_python.packages import get_package_share_directory

    return Path(get_package_share_directory("semg_bringup")) / "config" / "wristband.yaml"


def playback_parameters(consumers: Iterable[str]) -> dict[str, Any]:
    """Return what the driver is told so that a recording waits for those who consume it."""
    others = ("driver", TELEOP.name)
    return {"device": "replay", "wait_for": [name for name in consumers if name not in others]}
