# SPDX-License-Identifier: Apache-2.0
"""``semg evaluate``: how well the decoders do on simulated people they never saw."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semg_bringup.command.numbers import count, positive
from semg_bringup.command.refusal import CommandError

if TYPE_CHECKING:
    from semg_bringup.evaluation import Evaluation

DESCRIPTION = """\
Let simulated people whom no model has seen in training or model choice do gestures, rest,
and move their wrist; decode them by the same engines as the live nodes, and print a table:
event F1, false events per minute at rest, and correlation and error of the wrist velocity.

These people are simulated. The figures say that the decoders work on what the simulation
can produce; they say nothing about your arm.
"""
EXAMPLES = """\
examples:
  semg evaluate                                the default bundles on people 701 to 710
  semg evaluate --people 2 --minutes 0.5       a quick look
  semg evaluate --bundle-gestures ./mine --json mine.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--people", type=count, default=10, metavar="N", help="how many (default: %(default)s)"
    )
    parser.add_argument(
        "--first-person",
        type=int,
        default=701,
        metavar="SEED",
        help="seed of the first; seeds from 1,000,000 on are for training (default: %(default)s)",
    )
    parser.add_argument(
        "--minutes",
        type=positive,
        default=2.0,
        metavar="M",
        help="minutes of gestures, of rest and of wrist movement each (default: %(default)s)",
    )
    for task in ("gestures", "wrist"):
        parser.add_argument(
            f"--bundle-{task}",
            default=task,
            metavar="NAME_OR_FOLDER",
            help=f"model bundle for {task} (default: %(default)s)",
        )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also save the figures here")


def run(options: argparse.Namespace) -> int:
    """Print the table; return the exit status."""
    from semg_bringup.evaluation import evaluate_people, to_markdown

    seeds = range(options.first_person, options.first_person + options.people)
    try:
        evaluation = evaluate_people(
            options.bundle_gestures,
            options.bundle_wrist,
            seeds,
            options.minutes,
            progress=sys.stderr.isatty() and sys.stdout.isatty(),
        )
    except ValueError as error:
        raise CommandError(str(error)) from None
    print(to_markdown(evaluation))
    if options.json is not None:
        _save(options.json, evaluation)
    return 0


def _save(path: Path, evaluation: Evaluation) -> None:
    from semg_bringup.command.report import without_infinity

    facts: dict[str, Any] = {
        "people_are_simulated": True,
        "event_f1": evaluation.event_f1,
        "gesture_f1": evaluation.gesture_f1,
        "false_events_per_minute_at_rest": evaluation.false_per_minute_at_rest,
        "false_events_per_minute_moving": evaluation.false_per_minute_moving,
        "wrist_correlation": evaluation.correlation,
        "wrist_error_deg_per_s": evaluation.error,
        "mean_speed_deg_per_s": evaluation.mean_speed,
        **dataclasses.asdict(evaluation),
    }
    try:
        path.write_text(json.dumps(without_infinity(facts), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"--json {path}: cannot be written: {error.strerror}") from None
