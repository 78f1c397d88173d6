# SPDX-License-Identifier: Apache-2.0
"""What on the graph keeps commands from being safely sent to a topic."""

from __future__ import annotations

from rclpy.node import Node

from semg_teleop.profile.profile import OutputKind

_OTHER_PROFILE = {
    (OutputKind.TWIST_STAMPED, OutputKind.TWIST.value): "choose profile mobile_base_unstamped",
    (OutputKind.TWIST, OutputKind.TWIST_STAMPED.value): "choose profile mobile_base",
}


def obstacles(node: Node, topic: str, kind: OutputKind) -> list[str]:
    """Look for messages of another type, and for others that send commands.

    Parameters
    ----------
    node : Node
        Through which the graph is seen, and which publishes the topic.
    topic : str
        As the node was told, before any remapping, which is done here: rclpy would remap a full
        name once more, and `cmd_vel` may well be another name's new one.
    kind : OutputKind
        What is sent.

    Returns
    -------
    list of str
        One line for each; empty if nothing is in the way.
    """
    name = node.resolve_topic_name(topic)
    found = [_wrong_type(name, kind, other) for other in other_types(node, topic, kind)]
    names = publisher_names(node, topic)
    if len(names) > 1:
        found.append(
            f"{len(names)} publishers on {name} ({', '.join(names)}): "
            "only this one may send commands, stop the others"
        )
    return found


def other_types(node: Node, topic: str, kind: OutputKind) -> list[str]:
    """Return the types other than `kind` that a topic, not yet remapped, has on the graph."""
    ends = (*node.get_publishers_info_by_topic(topic), *node.get_subscriptions_info_by_topic(topic))
    return sorted({end.topic_type for end in ends} - {kind.value})


def publisher_names(node: Node, topic: str) -> list[str]:
    """Return the full name of the node of each publisher of a topic, not yet remapped; sorted."""
    ends = node.get_publishers_info_by_topic(topic)
    return sorted(f"{end.node_namespace.rstrip('/')}/{end.node_name}" for end in ends)


def _wrong_type(topic: str, kind: OutputKind, other: str) -> str:
    profile = _OTHER_PROFILE.get((kind, other), "choose another profile")
    return (
        f"{topic.lstrip('/')}: is {other} on this graph, but the profile sends {kind.value}: "
        f"{profile}, or remap"
    )
