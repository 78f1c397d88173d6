# SPDX-License-Identifier: Apache-2.0
"""Parameters of the nodes, from options of the command line."""

from __future__ import annotations

import argparse
from typing import Any

from semg_bringup.command.refusal import CommandError
from semg_bringup.graph import HANDWRITING_DECODER, NODES, TELEOP, playback_parameters
from semg_node.strict_yaml import YamlError, parse_yaml

Overrides = dict[str, dict[str, Any]]


def node_names(options: argparse.Namespace) -> list[str]:
    """Return the names of the nodes that the options of ``semg run`` ask for."""
    names = list(options.nodes)
    if options.handwriting is not None and HANDWRITING_DECODER.name not in names:
        names.append(HANDWRITING_DECODER.name)
    if options.teleop is not None and TELEOP.name not in names:
        names.append(TELEOP.name)
    return names


def overrides(options: argparse.Namespace) -> Overrides:
    """Return for each node the parameters that the options of ``semg run`` ask for.

    Raises
    ------
    CommandError
        If options contradict each other, or a parameter is not written as it must be.
    """
    found: Overrides = {node.name: {} for node in NODES}
    driver = found["driver"]
    device = options.device
    if options.recording is not None:
        if device not in (None, "replay"):
            raise CommandError(f"--recording: is for --device replay, not {device}")
        device = "replay"
        driver |= playback_parameters(node_names(options))
        driver["replay.path"] = str(options.recording)
    if device is not None:
        driver["device"] = device
    if options.person is not None:
        if device not in (None, "simulator"):
            raise CommandError(f"--person: is for --device simulator, not {device}")
        driver["device"] = "simulator"
        driver["simulator.person"] = options.person
    if options.rate is not None:
        driver[f"{device or 'simulator'}.rate"] = options.rate
    if options.handwriting is not None:
        found[HANDWRITING_DECODER.name]["bundle"] = options.handwriting
    if options.teleop is not None:
        found[TELEOP.name]["profile"] = options.teleop
    needed = {HANDWRITING_DECODER.name: "--handwriting BUNDLE", TELEOP.name: "--teleop PROFILE"}
    for text in options.parameters:
        node, name, value = parse_parameter(text)
        if node in needed and node not in node_names(options):
            raise CommandError(f"-p {text}: {node} does not run without {needed[node]}")
        found[node][name] = value
    return {node: values for node, values in found.items() if values}


def parse_parameter(text: str) -> tuple[str, str, Any]:
    """Split ``node.parameter:=value``; the value is read as YAML, as ROS does.

    Raises
    ------
    CommandError
        If it is not of that form, or there is no such node.
    """
    left, sign, right = text.partition(":=")
    node, dot, name = left.partition(".")
    if not (sign and dot and name and right):
        raise CommandError(
            f"-p {text}: must be NODE.PARAMETER:=VALUE, such as gesture_decoder.threshold:=0.7"
        )
    known = [one.name for one in NODES]
    if node not in known:
        raise CommandError(f"-p {text}: no node '{node}'; there are: {', '.join(known)}")
    try:
        value = parse_yaml(right.encode("utf-8", "surrogateescape"), text).plain()
    except YamlError:
        raise CommandError(f"-p {text}: the value '{right}' cannot be read") from None
    if not isinstance(value, (bool, int, float, str, list)):
        raise CommandError(f"-p {text}: '{right}' must be a number, a text, true, false or a list")
    return node, name, value
