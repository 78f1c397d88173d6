# SPDX-License-Identifier: Apache-2.0
"""``semg scaling``: error on new people against the number of people trained on."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from semg_bringup.command.numbers import count, from_zero, positive
from semg_bringup.command.refusal import CommandError

DESCRIPTION = """\
Train the same network on more and more simulated people, measure each on people whom none of
them has seen, and draw the error against the number of people, with a power law.

What happens, for each number of people:
  1. A network is trained as by semg train, for the same number of steps whatever the number of
     people. Those of a smaller number are among those of a larger one; the weights are chosen
     on the same model-choice people.
  2. Its errors on the people held out, who have the seeds 701, 702, ..., are added to
     DIR/scaling-<task>.partial.csv: one row for each of them.
At the end that becomes DIR/scaling-<task>.csv, and DIR/scaling-<task>.png is drawn.

The same command goes on where it was interrupted; what is finished, in DIR/cache, is not done
again, also when more numbers or more people held out are asked for.
"""
EXAMPLES = """\
errors: cler, misses, one_minus_f1, false_per_minute (gestures, detected as published);
deg_per_s, of_zero, one_minus_correlation (wrist); cer, insertions, deletions, replacements
(handwriting, %). The first is drawn unless --error names another one.

The law is fitted to the mean over people by least squares of logarithms. It has a constant, the
error that no number of people takes away, only where an F test supports that (p < 0.05, at
least four numbers). The interval of the exponent is a bootstrap over the people held out.

examples:
  semg scaling --task gestures --people 1,3,10,30,100 --output scaling
  semg scaling --task wrist --people 1,10 --steps 100 --held-out 4 --output trial
  semg scaling --figure-only scaling/scaling-gestures.csv --error misses
"""

_NEEDED = ("torch", "lightning", "onnx", "semg_training")
_INTERRUPTED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("--task", choices=("gestures", "wrist", "handwriting"), help="what to read")
    add("--people", type=_numbers, metavar="N,N,…", help="numbers of people to train on")
    add("--output", "-o", type=Path, metavar="DIR", help="folder for table, figure and cache")
    add(
        "--figure-only",
        nargs="+",
        type=Path,
        metavar="CSV",
        help="draw finished tables again, each beside itself, and train nothing",
    )
    add("--error", metavar="NAME", help="column that is drawn; see below")
    training = parser.add_argument_group("training, as for semg train")
    add = training.add_argument
    add("--size", default="small", metavar="NAME_OR_FILE", help="recipe (default: small)")
    add("--steps", type=count, metavar="N", help="length of each training")
    add("--minutes", type=positive, metavar="M", help="of EMG of each simulated person")
    add("--choice-people", type=count, metavar="N", help="to choose the best weights on")
    add("--seed", type=from_zero, default=0, metavar="S", help="of all that is random (default: 0)")
    add(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="changes",
        help="change a value of the recipe; may be given often",
    )
    add("--precision", choices=("auto", "float32", "bfloat16"), help="of most arithmetic")
    held_out = parser.add_argument_group("people held out")
    add = held_out.add_argument
    add("--held-out", type=count, default=30, metavar="N", help="how many (default: 30)")
    add(
        "--held-out-minutes",
        type=positive,
        metavar="M",
        help="of EMG of each (default: as of those trained on)",
    )
    machine = parser.add_argument_group("machine")
    add = machine.add_argument
    add("--accelerator", choices=("auto", "cpu", "gpu"), default="auto", help="(default: auto)")
    add("--processes", type=count, metavar="N", help="that simulate people (default: all cores)")
    add("--threads", type=count, metavar="N", help="of torch on the CPU (default: all cores)")


def run(options: argparse.Namespace) -> int:
    """Train and draw; return the exit status."""
    if options.figure_only:
        if options.task or options.people or options.output:
            raise CommandError("--figure-only: without --task, --people and --output")
        for path in options.figure_only:
            _draw(path, options.error)
        return 0
    for name in ("task", "people", "output"):
        if not getattr(options, name):
            raise CommandError(f"--{name}: is needed, unless with --figure-only")
    missing = [module for module in _NEEDED if find_spec(module) is None]
    if missing:
        raise CommandError(f"needs {' and '.join(missing)}: pip install -r requirements/train.txt")
    folder = options.output.expanduser()
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise CommandError(f"--output {folder}: cannot be made: {error.strerror}") from None
    table = folder / f"scaling-{options.task}.csv"
    code = _train(options, folder, table)
    if code == 0:
        _draw(table, options.error)
    return code


def _train(options: argparse.Namespace, folder: Path, table: Path) -> int:
    import torch
    from rich.console import Console

    from semg_bringup.scaling.table import ScalingFile
    from semg_training.fitting.fit import Interrupted
    from semg_training.request import TrainingRequest
    from semg_training.scaling import FIRST_HELD_OUT, scaling_errors
    from semg_training.sources.people import People
    from semg_training.training import chosen_recipe

    torch.set_num_threads(options.threads or len(os.sched_getaffinity(0)))
    request = TrainingRequest(
        task=options.task,
        output=folder,
        size=options.size,
        choice_people=options.choice_people,
        minutes=options.minutes,
        seed=options.seed,
        steps=options.steps,
        accelerator=options.accelerator,
        precision=options.precision,
        changes=tuple(options.changes),
        processes=options.processes,
        command=shlex.join(["semg", *sys.argv[1:]]),
    )
    minutes = options.held_out_minutes or chosen_recipe(request).people.minutes
    partial = table.with_suffix(".partial.csv")
    people = People(FIRST_HELD_OUT, options.held_out, minutes, held_out=True)
    console = Console(highlight=False)
    try:
        with _writable(partial) as file:
            rows = ScalingFile(file, options.task)
            for errors in scaling_errors(
                request, options.people, people, folder / "cache", console
            ):
                for one in errors:
                    rows.add(one.people, one.person, one.errors)
    except Interrupted as stopped:
        print(f"semg scaling: {stopped}; the same command goes on from there", file=sys.stderr)
        return _INTERRUPTED
    partial.replace(table)
    return 0


def _writable(path: Path) -> TextIO:
    try:
        return path.open("w", newline="", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror}") from None


def _draw(path: Path, error: str | None) -> None:
    from semg_bringup.evaluation.figures.scaling import draw_scaling, formula
    from semg_bringup.scaling.power_law import fit_power_law
    from semg_bringup.scaling.table import read_scaling

    table = read_scaling(path)
    name = error or next(iter(table.errors))
    if name not in table.errors:
        raise CommandError(
            f"--error {name}: no such column in {path}; there are {', '.join(table.errors)}"
        )
    try:
        law = fit_power_law(table.people, table.errors[name])
        print(f"{table.task}: {name} = {formula(law)}")
    except ValueError as reason:
        law = None
        print(f"{table.task}: no law for {name}: {reason}")
    figure = path.with_suffix(".png")
    if find_spec("matplotlib") is None:
        raise CommandError("needs matplotlib to draw a figure; the table is written")
    draw_scaling(figure, table, name, law)
    print(f"{figure}: {len(table.people)} numbers of people, {len(table.persons)} held out")


def _numbers(text: str) -> list[int]:
    return sorted({count(part) for part in text.split(",")})
