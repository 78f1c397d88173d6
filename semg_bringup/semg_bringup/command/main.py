# SPDX-License-Identifier: Apache-2.0
"""The ``semg`` command: reads the command line and hands over to a sub-command."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from semg_bringup.command.environment import prepare_environment, restart_with_libraries
from semg_bringup.command.refusal import is_refusal

USAGE_ERROR = 2
INTERRUPTED = 130

_DESCRIPTION = """\
Decode a wristband's EMG (the electrical activity of the forearm's muscles) into gestures
and wrist movement, on ROS 2.
"""
_EXAMPLES = """\
examples:
  semg run                          watch a simulated wearer being decoded, live
  semg run --recording day1.hdf5    the same with a recording
  semg record --output day2         write what a running graph publishes to a bag
  semg info day2                    what does this recording hold?
  semg decode day2 --bundle gestures --output day2.npz
  semg simulate --person 17 --task gestures --output day1.hdf5   somebody who is not
  semg evaluate --bundle gestures --data day1.hdf5   how well is it decoded?

Every command explains itself: semg run --help
"""


@dataclass(frozen=True)
class SubCommand:
    """A sub-command; its module is only imported when it is asked for.

    Attributes
    ----------
    name : str
        As typed.
    summary : str
        One line for ``semg --help``.
    """

    name: str
    summary: str = ""

    @property
    def module(self) -> str:
        """Module with ``DESCRIPTION``, ``EXAMPLES``, ``add_arguments`` and ``run``."""
        return f"semg_bringup.command.{self.name.replace('-', '_')}"


COMMANDS = (
    SubCommand("run", "run the whole graph in one process and watch it live"),
    SubCommand("record", "record the topics of a running graph"),
    SubCommand("info", "show what a recording or a model bundle holds"),
    SubCommand("decode", "decode a recording offline, into a file"),
    SubCommand("simulate", "write recordings of simulated people in the released layout"),
    SubCommand("evaluate", "score decoders on labelled recordings, or on simulated people"),
    SubCommand("train", "train a network and write it as a model bundle"),
    SubCommand("scaling", "error on new people against the number of people trained on"),
    SubCommand("personalise", "fine-tune a model bundle on one person's recordings"),
    SubCommand("import-checkpoint", "turn a published checkpoint into a model bundle"),
    SubCommand("fetch-models", "download released checkpoints to the cache"),
    SubCommand("fetch-data", "download released recordings to the cache"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (``sys.argv[1:]`` if None); return the exit status.

    Whatever follows ``--ros-args`` goes to rclpy.
    """
    if argv is None:
        restart_with_libraries()
        argv = sys.argv[1:]
    arguments, ros_arguments = split_ros_arguments(argv)
    prepare_environment()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Not every terminal can show ⌫ or any file's name; that must not end a command.
        sys.stdout.reconfigure(errors="backslashreplace")
    prefix = "semg"
    try:
        options = _parser(arguments).parse_args(arguments)
        options.ros_arguments = ros_arguments
        prefix = f"semg {options.command}"
        return int(import_module(SubCommand(options.command).module).run(options))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone, such as `head`; nothing may be flushed to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if not is_refusal(error):
            raise
        print(f"{prefix}: {error}", file=sys.stderr)
        return USAGE_ERROR


def split_ros_arguments(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split a command line into ours and, from ``--ros-args`` to ``--`` or its end, rclpy's."""
    ours: list[str] = []
    theirs: list[str] = []
    into = ours
    for argument in arguments:
        if argument == "--ros-args":
            into = theirs
        elif argument == "--" and into is theirs:
            into.append(argument)
            into = ours
            continue
        into.append(argument)
    return ours, theirs


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="semg",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = next((word for word in arguments if not word.startswith("-")), "")
    for command in COMMANDS:
        if command.name != wanted:
            parsers.add_parser(command.name, help=command.summary)
            continue
        module = import_module(command.module)
        inner = parsers.add_parser(
            command.name,
            help=command.summary,
            description=module.DESCRIPTION,
            epilog=module.EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(inner)
    return parser


if __name__ == "__main__":
    sys.exit(main())
