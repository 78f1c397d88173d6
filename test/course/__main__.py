# SPDX-License-Identifier: Apache-2.0
"""``python -m test.course``: simulated people drive a simulated robot around a course."""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import os
import shlex
import sys
from functools import partial
from pathlib import Path

from semg_bringup.command.environment import prepare_environment
from semg_bringup.command.numbers import count, positive
from semg_bringup.command.refusal import CommandError, is_refusal
from semg_bringup.evaluation.parallel import in_processes
from semg_bringup.evaluation.simulated_people import FIRST_TRAINING_SEED
from semg_decoders.inference.lookup import find_bundle
from semg_teleop.profile.lookup import find_profile
from semg_teleop.profile.reading import load_profile
from test.course.drive import DriveSettings, GraphNotRunning, drive
from test.course.figure import draw
from test.course.report import save_csv, to_markdown

_FORMATS = (".png", ".svg")
_USAGE_ERROR = 2
_EXAMPLES = """\
Every drive is the whole way: a simulated person's EMG, the decoders, teleoperation with its safety
gate, the command watchdog and a kinematic base, in processes of their own. What stands for the
person's eyes and will sees where the robot is and what teleop/state says, and asks the person for
gestures and wrist movements; it never sees what was decoded. All of it is in real time: a busy
machine stops the robot for its delays.

examples:
  make course                                   20 people
  make course ARGS='--people 1 --first-person 5001 --logs course-logs'
  make course ARGS='--figure course.png --csv course.csv'
"""


def main() -> int:
    """Let people drive, and print what became of it; return the exit status."""
    options = _parser().parse_args()
    prepare_environment()
    try:
        settings = _settings(options)
        before = os.getloadavg()[0]
        drives = in_processes(
            partial(drive, settings=settings),
            range(options.first_person, options.first_person + options.people),
            "Driving",
            processes=options.parallel,
        )
        load = f"load average {before:.1f} before, {os.getloadavg()[0]:.1f} after"
        load += f" on {os.cpu_count()} cores"
        arguments = shlex.join(sys.argv[1:])
        command = f'make course ARGS="{arguments}"' if arguments else "make course"
        print(to_markdown(drives, command, load))
        if options.csv is not None:
            save_csv(options.csv, drives)
        if options.figure is not None:
            draw(options.figure, drives, settings.course)
    except KeyboardInterrupt:
        return 130
    except (GraphNotRunning, OSError) as error:
        print(f"course: {error}", file=sys.stderr)
        return _USAGE_ERROR
    except Exception as error:
        if not is_refusal(error):
            raise
        print(f"course: {error}", file=sys.stderr)
        return _USAGE_ERROR
    return 0


def _settings(options: argparse.Namespace) -> DriveSettings:
    """Check everything before anything is started."""
    last = options.first_person + options.people - 1
    if not 0 <= options.first_person <= last < FIRST_TRAINING_SEED:
        raise CommandError(
            f"--first-person {options.first_person} --people {options.people}: seeds must be from "
            f"0 to {FIRST_TRAINING_SEED - 1}; models are trained on the others"
        )
    for option in ("figure", "csv"):
        path = getattr(options, option)
        if path is not None and not path.absolute().parent.is_dir():
            raise CommandError(f"--{option} {path}: there is no folder {path.parent}")
    if options.figure is not None:
        if options.figure.suffix not in _FORMATS:
            wanted = " or ".join(_FORMATS)
            raise CommandError(f"--figure {options.figure}: must end with {wanted}")
        if importlib.util.find_spec("matplotlib") is None:
            raise CommandError("--figure: needs matplotlib, which is in requirements/train.txt")
    profile = find_profile(options.profile)
    load_profile(profile)
    settings = DriveSettings(
        time_limit=options.time_limit,
        profile=str(Path(profile).resolve()),
        gestures=str(Path(find_bundle(options.gestures)).resolve()),
        wrist=str(Path(find_bundle(options.wrist)).resolve()),
        logs=options.logs,
    )
    if options.waypoints is not None:
        if options.waypoints > len(settings.course.waypoints):
            most = len(settings.course.waypoints)
            raise CommandError(f"--waypoints {options.waypoints}: the course has {most}")
        course = settings.course
        course = dataclasses.replace(course, waypoints=course.waypoints[: options.waypoints])
        settings = dataclasses.replace(settings, course=course)
    return settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make course",
        description="Let simulated people drive a simulated robot around a course by EMG.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    defaults = DriveSettings()
    parser.add_argument("--people", type=count, default=20, metavar="N", help="how many (20)")
    parser.add_argument(
        "--first-person",
        type=int,
        default=4001,
        metavar="SEED",
        help="seed of the first (4001); seeds from 1,000,000 on are for training",
    )
    parser.add_argument(
        "--parallel", type=count, default=1, metavar="N", help="how many drive at once (1)"
    )
    parser.add_argument(
        "--time-limit",
        type=positive,
        default=defaults.time_limit,
        metavar="S",
        help=f"s until the last waypoint ({defaults.time_limit:g})",
    )
    parser.add_argument(
        "--waypoints", type=count, metavar="N", help="only the first N waypoints (all)"
    )
    parser.add_argument("--figure", type=Path, metavar="FILE", help="draw here (.png or .svg)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="also save the table here")
    parser.add_argument(
        "--logs",
        type=Path,
        metavar="DIR",
        help="keep each drive, and what its processes said, in this folder; a drive that it holds "
        "already is not repeated, so that a series can be broken off and continued",
    )
    parser.add_argument(
        "--profile", default=defaults.profile, help="mapping profile, name or path (mobile_base)"
    )
    parser.add_argument("--gestures", default="gestures", help="gesture bundle, name or path")
    parser.add_argument("--wrist", default="wrist", help="wrist bundle, name or path")
    return parser


if __name__ == "__main__":
    sys.exit(main())
