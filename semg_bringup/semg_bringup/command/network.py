# SPDX-License-Identifier: Apache-2.0
"""Options that say which graph a command takes part in."""

from __future__ import annotations

import argparse
import os

from semg_bringup.command.refusal import CommandError

_DOMAIN = "ROS_DOMAIN_ID"
_RANGE = "ROS_AUTOMATIC_DISCOVERY_RANGE"
_LARGEST_DOMAIN = 232


def add_network_arguments(parser: argparse._ActionsContainer) -> None:
    """Declare ``--namespace``, ``--domain`` and ``--network``."""
    parser.add_argument("--namespace", default="", metavar="NAME", help="such as left")
    parser.add_argument(
        "--domain",
        type=int,
        metavar="N",
        help=f"ROS domain, 0 to {_LARGEST_DOMAIN} (default: {_DOMAIN}, else 0)",
    )
    parser.add_argument(
        "--network",
        action="store_true",
        help="talk to other machines too (default: only to this one)",
    )


def choose_network(options: argparse.Namespace) -> None:
    """Choose whom the graph reaches; has to come before rclpy starts.

    Raises
    ------
    CommandError
        If there is no such domain.
    """
    if options.domain is not None:
        if not 0 <= options.domain <= _LARGEST_DOMAIN:
            raise CommandError(f"--domain {options.domain}: must be from 0 to {_LARGEST_DOMAIN}")
        os.environ[_DOMAIN] = str(options.domain)
    if options.network:
        os.environ[_RANGE] = "SUBNET"


def where(namespace: str) -> str:
    """Say in words where a graph in a (full) namespace is looked for."""
    return f"in namespace {namespace} on ROS domain {os.environ.get(_DOMAIN, '0')}"
