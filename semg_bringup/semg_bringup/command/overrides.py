# SPDX-License-Identifier: Apache-2.0
"""Parameters of the nodes, from options of the command line."""

from __future__ import annotations

import argparse
from typing import Any

import yaml

from semg_bringup.command.refusal import CommandError
from semg_bringup.graph import NODE_NAMES, playback_parameters

Overrides = dict[str, dict[str, Any]]


def overrides(options: argparse.Namespace) -> Overrides:
    """Return for each node the parameters that the options of ``semg run`` ask for.

    Raises
    ------
    CommandError
        If options contradict each other, or a parameter is not written as it must be.
    """
    found: Overrides = {name: {} for name in NODE_NAMES}
    driver = found["driver"]
    device = options.device
    if options.recording is not None:
        if device not in (None, "replay"):
            raise CommandError(f"--recording: is for --device replay, not {device}")
        device = "replay"
        driver |= playback_parameters(options.nodes)
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
    for text in options.parameters:
        node, name, value = parse_parameter(text)
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
    if node not in NODE_NAMES:
        raise CommandError(f"-p {text}: no node '{node}'; there are: {', '.join(NODE_NAMES)}")
    try:
        value = yaml.safe_load(right)
    except yaml.YAMLError:
        raise CommandError(f"-p {text}: the value '{right}' cannot be read") from None
    if not isinstance(value, (bool, int, float, str, list)):
        raise CommandError(f"-p {text}: '{right}' must be a number, a text, true, false or a list")
    return node, name, value
