# SPDX-License-Identifier: Apache-2.0
"""``python -m test.realism``: simulated EMG beside real EMG."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path

from semg_bringup.command.numbers import count
from semg_bringup.command.refusal import CommandError
from semg_bringup.evaluation.parallel import in_processes
from semg_driver.simulation.version import SIMULATION_VERSION, simulation_hash
from test.measuring import exit_status
from test.realism.bursts import Burst, bursts
from test.realism.discriminant import Discriminant
from test.realism.figure import draw
from test.realism.held import recorded
from test.realism.measures import measure
from test.realism.people import measured, tried
from test.realism.report import (
    Difficulty,
    agreement,
    bursts_table,
    difficulty_table,
    postures_table,
)

_EXAMPLES = """\
The real recordings are those of two people who held postures under a ring of 16 electrodes on the
forearm (a-moin/flexemg), as HDF5 files flexemg_s001_1Train.hdf5 and so on. Without them only the
simulated side is shown.

examples:
  make realism
  make realism ARGS="--data recordings/flexemg --people 20 --figure realism.png"
"""


def main() -> int:
    """Compare, and print the tables; return the exit status."""
    return exit_status("realism", partial(_compare, _parser().parse_args()))


def _compare(options: argparse.Namespace) -> None:
    folder = options.data or _beside_the_project()
    if options.data is not None and not _subjects(folder):
        raise CommandError(f"--data {folder}: there is no flexemg_s..._1Train.hdf5 in it")
    seeds = range(options.first_person, options.first_person + options.people)
    real = [measure(recorded(_file(folder, s, "1Train"))) for s in _subjects(folder)]
    people = in_processes(measured, seeds, "Holding postures", progress=sys.stderr.isatty())
    print(
        f"Simulation {SIMULATION_VERSION}, {simulation_hash()}; people {seeds[0]} to {seeds[-1]}.\n"
    )
    print("Held postures, " + ("real / simulated\n" if real else "simulated\n"))
    print(postures_table(real, people) + "\n")
    if real:
        frequency, slope = agreement(real, people)
        print(f"Median frequency {frequency:+.0%} (asked: within 20 %), ", end="")
        print(f"slope of the correlation {slope:+.0%} (asked: within 30 %).\n")
    theirs = _real_difficulty(folder)
    ours = _simulated_difficulty(seeds[: min(len(seeds), 8)])
    print(difficulty_table(theirs, ours) + "\n")
    found: dict[str, list[Burst]] = {}
    for person in in_processes(bursts, seeds, "Gesturing", progress=sys.stderr.isatty()):
        for name, each in person.items():
            found.setdefault(name, []).extend(each)
    print(bursts_table(found))
    if options.figure is not None:
        draw(options.figure, real, people)


def _real_difficulty(folder: Path | None) -> Difficulty | None:
    subjects = _subjects(folder)
    if len(subjects) < 2:
        return None
    models = {s: Discriminant(recorded(_file(folder, s, "1Train"))) for s in subjects}

    def score(model: str, subject: str, session: str) -> float:
        return models[model].balanced_accuracy(recorded(_file(folder, subject, session)))

    return Difficulty(
        own=tuple(score(s, s, "1Test") for s in subjects),
        turned=tuple(score(s, s, "3Test") for s in subjects),
        same_place=tuple(score(s, o, "1Train") for s in subjects for o in subjects if o != s),
    )


def _simulated_difficulty(seeds: range) -> Difficulty:
    progress = sys.stderr.isatty()
    results = in_processes(
        partial(tried, seeds=list(seeds)), seeds, "Telling postures apart", progress=progress
    )
    return Difficulty(*(tuple(column) for column in zip(*results, strict=True)))


def _beside_the_project() -> Path | None:
    shared = os.environ.get("SEMG_SHARED") or Path(__file__).resolve().parents[3] / "shared"
    folder = Path(shared) / "data" / "flexemg"
    return folder if folder.is_dir() else None


def _subjects(folder: Path | None) -> list[str]:
    if folder is None:
        return []
    return sorted(path.name.split("_")[1] for path in folder.glob("flexemg_s*_1Train.hdf5"))


def _file(folder: Path | None, subject: str, session: str) -> Path:
    assert folder is not None
    return folder / f"flexemg_{subject}_{session}.hdf5"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make realism",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, metavar="FOLDER", help="of the real recordings")
    add("--people", type=count, default=10, help="simulated people (default: %(default)s)")
    add("--first-person", type=int, default=9001, metavar="SEED", help="(default: %(default)s)")
    add("--figure", type=Path, metavar="FILE", help="draw the correlations here (PNG)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
