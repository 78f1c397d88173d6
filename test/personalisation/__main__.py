# SPDX-License-Identifier: Apache-2.0
"""``python -m test.personalisation``: handwriting of new people, before and after."""

from __future__ import annotations

import argparse
import shlex
import sys
from functools import partial
from pathlib import Path

from semg_bringup.command.numbers import count, positive
from semg_bringup.command.refusal import CommandError
from semg_bringup.evaluation.parallel import in_processes
from semg_bringup.evaluation.simulated_people import FIRST_TRAINING_SEED
from semg_decoders.inference.lookup import find_bundle
from test.measuring import check_writable, exit_status
from test.personalisation.figure import draw
from test.personalisation.person import Settings, personalise
from test.personalisation.report import save_csv, to_markdown

_EXAMPLES = """\
Each person writes on two occasions: for --minutes, to which the bundle is tuned by semg
personalise, and for --test-minutes, on which both bundles are scored by semg evaluate. Nothing is
chosen on the latter.

examples:
  make personalisation                          10 people, 20 minutes each (half an hour)
  make personalisation ARGS="--people 2 --minutes 5 --options '--layers output --rates 0.001'"
"""


def main() -> int:
    """Personalise, and print the table; return the exit status."""
    options = _parser().parse_args()
    return exit_status("personalisation", partial(_run, options))


def _run(options: argparse.Namespace) -> None:
    check_writable("--csv", options.csv, (".csv",))
    check_writable("--figure", options.figure, (".png", ".svg"))
    seeds = range(options.first_person, options.first_person + options.people)
    if seeds[-1] >= FIRST_TRAINING_SEED:
        raise CommandError(f"--first-person: seeds from {FIRST_TRAINING_SEED} on are trained on")
    settings = Settings(
        str(find_bundle(options.bundle)),
        options.minutes,
        options.test_minutes,
        tuple(shlex.split(options.options)),
    )
    people = in_processes(
        partial(personalise, settings=settings),
        seeds,
        "Personalising",
        processes=options.parallel,
        progress=sys.stderr.isatty(),
    )
    print(to_markdown(people))
    if options.csv is not None:
        save_csv(people, options.csv)
    if options.figure is not None:
        draw(options.figure, people)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make personalisation",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--bundle", default="handwriting", metavar="NAME_OR_FOLDER", help="to start from")
    add("--people", type=count, default=10, metavar="N", help="how many (default: 10)")
    add("--first-person", type=int, default=7401, metavar="SEED", help="(default: 7401)")
    add("--minutes", type=positive, default=20.0, metavar="M", help="to tune to (default: 20)")
    add("--test-minutes", type=positive, default=5.0, metavar="M", help="to test on (default: 5)")
    add("--options", default="", metavar="WORDS", help="more for semg personalise, in one word")
    add("--parallel", type=count, metavar="N", help="people at once (default: all cores)")
    add("--csv", type=Path, metavar="FILE", help="write the errors of each person here")
    add("--figure", type=Path, metavar="FILE", help="draw them here (PNG or SVG)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
