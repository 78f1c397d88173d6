# SPDX-License-Identifier: Apache-2.0
"""``semg personalise``: a model bundle, fine-tuned on one person."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from semg_bringup.command.numbers import count, from_zero, positive
from semg_bringup.command.refusal import CommandError

if TYPE_CHECKING:
    from semg_training.personalising.personalise import PersonaliseReport

DESCRIPTION = """\
Fine-tune a model bundle on labelled recordings of one person, and write it as another bundle.

What happens:
  1. The weights are read from the bundle. It must be of float32; trained here or imported.
  2. Of each recording the last fifth (of handwriting: of the prompts) is kept for validation.
     On the rest, the output layer, the last layers, or all are trained at several learning
     rates; ten times on the way each is tried on the validation part.
  3. What did best there is written, with the errors before and after. It is not trained again
     on the validation part. If nothing did better than the start, nothing is written.
  4. Simulated people with the seeds 901, 902, ... say what it does to others.

This needs torch: pip install -r requirements/train.txt
"""
EXAMPLES = """\
A recording is an HDF5 file in the released layout: gestures need the table prompts with name
and time, handwriting with prompt, start and end, the wrist the field wrist_angles.

examples:
  semg simulate --person 17 --task gestures --minutes 10 --output me.hdf5
  semg personalise --bundle gestures --recording me.hdf5 --output my_gestures
  semg personalise --bundle wrist --recording a.hdf5 b.hdf5 --layers output --output my_wrist
"""

_NEEDED = ("torch", "lightning", "onnx", "semg_training")
_INTERRUPTED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("--bundle", required=True, metavar="NAME_OR_FOLDER", help="to start from")
    add(
        "--recording",
        nargs="+",
        type=Path,
        required=True,
        metavar="FILE",
        help="labelled recordings of one person",
    )
    add("--output", "-o", type=Path, required=True, metavar="BUNDLE", help="folder to write")
    add("--force", action="store_true", help="replace the bundle that lies in BUNDLE already")
    add(
        "--others",
        type=from_zero,
        default=5,
        metavar="N",
        help="simulated people who are measured before and after (default: 5)",
    )
    add("--other-minutes", type=positive, default=2.0, metavar="M", help="of each (default: 2)")
    tried = parser.add_argument_group("what is tried")
    add = tried.add_argument
    add(
        "--layers",
        nargs="+",
        choices=("output", "last", "all"),
        default=["output", "last", "all"],
        help="that are trained (default: each of them in turn)",
    )
    add(
        "--rates",
        nargs="+",
        type=positive,
        default=[3e-3, 1e-3, 3e-4],
        metavar="R",
        help="learning rates (default: 0.003 0.001 0.0003)",
    )
    add("--steps", type=count, default=300, metavar="N", help="at most (default: 300)")
    add("--seed", type=from_zero, default=0, metavar="S", help="of all that is random")
    machine = parser.add_argument_group("machine")
    add = machine.add_argument
    add("--accelerator", choices=("auto", "cpu", "gpu"), default="auto", help="(default: auto)")
    add("--threads", type=count, metavar="N", help="of torch on the CPU (default: all cores)")


def run(options: argparse.Namespace) -> int:
    """Personalise; return the exit status, 1 if nothing was better than the start."""
    missing = [module for module in _NEEDED if find_spec(module) is None]
    if missing:
        raise CommandError(f"needs {' and '.join(missing)}: pip install -r requirements/train.txt")
    import torch
    from rich.console import Console

    from semg_decoders.inference.lookup import find_bundle
    from semg_training.fitting.fit import Interrupted
    from semg_training.personalising.personalise import PersonaliseRequest, personalise

    torch.set_num_threads(options.threads or len(os.sched_getaffinity(0)))
    request = PersonaliseRequest(
        bundle=find_bundle(options.bundle),
        recordings=tuple(path.expanduser() for path in options.recording),
        output=options.output.expanduser(),
        force=options.force,
        others=options.others,
        other_minutes=options.other_minutes,
        layers=tuple(options.layers),
        rates=tuple(options.rates),
        steps=options.steps,
        seed=options.seed,
        accelerator=options.accelerator,
        command=shlex.join(["semg", *sys.argv[1:]]),
    )
    try:
        report = personalise(request, Console(highlight=False))
    except Interrupted:
        print("semg personalise: stopped; nothing is written", file=sys.stderr)
        return _INTERRUPTED
    if report.chosen is None:
        print(f"nothing was better than the start: {options.output} is not written")
        return 1
    _print(report)
    print(f"{options.output}: personalised")
    return 0


def _print(report: PersonaliseReport) -> None:
    chosen = report.chosen
    assert chosen is not None
    print(f"best: layers {chosen.layers}, rate {chosen.rate:g}, {chosen.steps} steps")
    for who, before, after in (
        ("validation part", report.before, report.after),
        ("other people", report.others_before, report.others_after),
    ):
        for name, value in before.items():
            print(f"{who}: {name}: {value:.4g} before, {after[name]:.4g} after")
