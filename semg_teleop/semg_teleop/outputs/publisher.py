# SPDX-License-Identifier: Apache-2.0
"""Publishes one output of a profile."""

from __future__ import annotations

from typing import Any

from rclpy.node import Node

from semg_teleop.command import Vector
from semg_teleop.outputs.messages import builder, output_type
from semg_teleop.outputs.obstacles import obstacles
from semg_teleop.outputs.qos import COMMAND, TEXT
from semg_teleop.profile.profile import Output, OutputKind


class OutputPublisher:
    """A plain publisher, which the node's lifecycle does not silence: zeros go out at the end too.

    Parameters
    ----------
    node : Node
        Whose publisher it is.
    output : Output
        What is published.

    Attributes
    ----------
    topic : str
        Full name, after remapping.

    Raises
    ------
    Refused
        If the package of the message is not installed.
    """

    def __init__(self, node: Node, output: Output) -> None:
        self.output = output
        self._node = node
        kind = output_type(output)
        text = output.kind is OutputKind.TEXT
        self._kind = kind
        self._build = None if text else builder(output)
        self._publisher = node.create_publisher(kind, output.topic, TEXT if text else COMMAND)
        self.topic = str(self._publisher.topic_name)

    def publish(self, vector: Vector, stamp: Any) -> None:
        """Send a command.

        Parameters
        ----------
        vector : tuple of float
            In the order and units of `Output.components`.
        stamp : builtin_interfaces Time
            When it is sent, by the robot's clock.
        """
        if self._build is None:
            raise TypeError(f"output '{self.output.name}' takes text")
        self._publisher.publish(self._build(vector, stamp))

    def publish_text(self, text: str) -> None:
        """Send text; only for an output of kind `OutputKind.TEXT`."""
        if self._build is not None:
            raise TypeError(f"output '{self.output.name}' does not take text")
        self._publisher.publish(self._kind(data=text))

    def publishers(self) -> int:
        """Count the publishers of the topic, this one among them, as far as the graph is known."""
        return int(self._node.count_publishers(self.topic))

    def subscribers(self) -> int:
        """Count who takes the commands. One that was killed still counts for up to 20 s."""
        return int(self._publisher.get_subscription_count())

    def obstacles(self) -> list[str]:
        """Say in one line each what keeps this output from being safely sent; empty if nothing."""
        return obstacles(self._node, self.output.topic, self.output.kind)

    def destroy(self) -> None:
        """Stop publishing for good."""
        self._node.destroy_publisher(self._publisher)
