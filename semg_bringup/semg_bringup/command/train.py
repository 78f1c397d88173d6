# SPDX-License-Identifier: Apache-2.0
"""``semg train``: from nothing, or from recordings, to a model bundle."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from semg_bringup.command.numbers import count, from_zero, positive, probability
from semg_bringup.command.refusal import CommandError

DESCRIPTION = """\
Train a network and write it as a model bundle, which the decoder nodes, semg decode and
semg evaluate take like any other.

What happens:
  1. People are simulated, in parallel, and kept in the cache folder ($SEMG_CACHE,
     else $XDG_CACHE_HOME/semg, else ~/.cache/semg). Training people have the seeds 1000000,
     1000001, ...; model-choice people 2000000, 2000001, ... . A person with a smaller seed is
     never used here, so that anybody can test on them. --data takes recordings of real people,
     instead or besides.
  2. A network is trained as its recipe says. Now and then it is tried on the model-choice
     people; the weights that did best are kept.
  3. The network is exported to ONNX, compared with itself step by step, and written as a
     bundle. bundle.yaml holds metrics, the recipe, seeds and this command.

Ctrl-C, or SIGTERM, ends training after the step that is being taken. The same command goes on
from there, to the same result as if it had not been interrupted.

This needs torch, on the machine that trains only: pip install -r requirements/train.txt
"""
EXAMPLES = """\
PATH is an HDF5 recording in the released layout, a folder of such recordings, or a corpus: a
folder with <task>_corpus.csv, of which the rows of split train are trained on, and those of
split val choose the model. Of a recording that is in no corpus, the last fifth chooses the
model; where gestures are held, all of it is trained on. Gestures need the table prompts, the
wrist the field wrist_angles. Gestures may be others than the published nine, and bands may have
other channels than 16: see docs/own_gestures.md.
With --data nobody is simulated, unless --people says how many; then every minute counts the
same, or --mix says how much of what is trained on comes from recordings. A recording that is
damaged, or does not hold what it has to, is named and left out; --strict refuses it.

Recipes are YAML files beside semg_training/recipes; --size takes the path of one's own, too.
--set changes single values: --set network.hidden=64 --set optimiser.learning_rate=1.0e-3

examples:
  semg train --task gestures --output my_gestures
  semg train --task wrist --people 500 --seed 3 --output my_wrist
  semg train --task gestures --size published --devices 4 --output big_gestures
  semg train --task gestures --data day1.hdf5 day2.hdf5 --output day_gestures
  # longer, and on more people, from where another training ended:
  semg train --task wrist --from my_wrist --people 1000 --output longer_wrist
  # a quick try, two minutes:
  semg train --task wrist --people 8 --steps 100 --output trial_wrist
"""

_NEEDED = ("torch", "lightning", "onnx", "semg_training")
_INTERRUPTED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("--task", required=True, choices=("gestures", "wrist", "handwriting"), help="what to read")
    add("--output", "-o", type=Path, required=True, metavar="BUNDLE", help="folder to write")
    add("--force", action="store_true", help="replace the bundle that lies in BUNDLE already")
    add(
        "--size",
        default="small",
        metavar="NAME_OR_FILE",
        help="recipe: small (for a CPU), published (for a GPU), or a YAML file (default: small)",
    )
    people = parser.add_argument_group("what to train on")
    add = people.add_argument
    add(
        "--data",
        nargs="+",
        type=Path,
        default=[],
        metavar="PATH",
        help="recordings of real people; see below",
    )
    add(
        "--labels",
        nargs="+",
        default=[],
        metavar="NAME",
        help="gestures in --data (default: the nine, or all others that its prompts name)",
    )
    add(
        "--null-data",
        nargs="+",
        type=Path,
        default=[],
        metavar="PATH",
        help="recordings, bags too, in which no gesture is done (gestures only)",
    )
    add(
        "--mix",
        type=probability,
        metavar="SHARE",
        help="of what is trained on, how much comes from --data (default: by length)",
    )
    add(
        "--strict",
        action="store_true",
        help="refuse recordings that cannot be used, rather than leave them out",
    )
    add("--people", type=from_zero, metavar="N", help="simulated people (default: the recipe's)")
    add("--choice-people", type=count, metavar="N", help="others, to choose the best weights on")
    add("--minutes", type=positive, metavar="M", help="of EMG of each simulated person")
    training = parser.add_argument_group("how to train")
    add = training.add_argument
    length = training.add_mutually_exclusive_group()
    length.add_argument("--steps", type=count, metavar="N", help="length of the training")
    length.add_argument("--epochs", type=count, metavar="N", help="the same, in rounds of all EMG")
    add("--seed", type=from_zero, default=0, metavar="S", help="of all that is random (default: 0)")
    add(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="changes",
        help="change a value of the recipe; may be given often",
    )
    add(
        "--from",
        metavar="NAME_OR_FOLDER",
        dest="start",
        help="start from the weights of a bundle with a network of the same sizes and float32 "
        "weights; not for held postures",
    )
    add("--any-rotation", action="store_true", help="for bands that may sit rotated by any angle")
    add(
        "--precision",
        choices=("auto", "float32", "bfloat16"),
        help="of most arithmetic (default: what the recipe says; most small ones say auto, "
        "the faster one on this machine)",
    )
    going_on = parser.add_argument_group("going on")
    again = going_on.add_mutually_exclusive_group()
    again.add_argument(
        "--resume", action="store_true", help="refuse to begin where there is nothing to go on from"
    )
    again.add_argument(
        "--restart", action="store_true", help="begin anew, whatever was done before"
    )
    going_on.add_argument(
        "--log-dir",
        type=Path,
        metavar="DIR",
        help="for checkpoints, measurements.csv and TensorBoard (default: in the cache folder, one "
        "for each training)",
    )
    machine = parser.add_argument_group("machine")
    add = machine.add_argument
    add("--accelerator", choices=("auto", "cpu", "gpu"), default="auto", help="(default: auto)")
    add("--devices", type=from_zero, default=1, metavar="N", help="GPUs; 0 for all (default: 1)")
    add("--processes", type=count, metavar="N", help="that simulate people (default: all cores)")
    add("--workers", type=from_zero, metavar="N", help="processes that draw batches ahead")
    add("--threads", type=count, metavar="N", help="of torch on the CPU (default: all cores)")


def run(options: argparse.Namespace) -> int:
    """Train; return the exit status."""
    missing = [module for module in _NEEDED if find_spec(module) is None]
    if missing:
        raise CommandError(f"needs {' and '.join(missing)}: pip install -r requirements/train.txt")
    if options.null_data and options.task != "gestures":
        raise CommandError("--null-data: is for --task gestures")
    if options.labels and not (options.data and options.task == "gestures"):
        raise CommandError("--labels: is for --task gestures with --data")
    if len(set(options.labels)) < len(options.labels):
        raise CommandError("--labels: a name is there twice")
    if options.mix is not None and not (options.data or options.null_data):
        raise CommandError("--mix: is for --data")
    if options.mix is not None and not 0 < options.mix < 1:
        raise CommandError(f"--mix {options.mix:g}: must be above 0 and below 1")
    import torch
    from rich.console import Console

    from semg_decoders.inference.lookup import find_bundle
    from semg_training.fitting.fit import Interrupted
    from semg_training.request import TrainingRequest
    from semg_training.sources.gathering import DataRequest
    from semg_training.training import train

    torch.set_num_threads(options.threads or len(os.sched_getaffinity(0)))
    console = Console(highlight=False)
    request = TrainingRequest(
        task=options.task,
        output=options.output.expanduser(),
        size=options.size,
        people=options.people,
        choice_people=options.choice_people,
        minutes=options.minutes,
        data=DataRequest(
            tuple(options.data),
            tuple(options.null_data),
            options.mix,
            options.strict,
            tuple(options.labels),
        ),
        seed=options.seed,
        steps=options.steps,
        epochs=options.epochs,
        resume=options.resume,
        restart=options.restart,
        force=options.force,
        devices=options.devices,
        accelerator=options.accelerator,
        precision=options.precision,
        start=None if options.start is None else find_bundle(options.start),
        any_rotation=options.any_rotation,
        changes=tuple(options.changes),
        log_folder=options.log_dir,
        processes=options.processes,
        workers=options.workers,
        command=command_line(sys.argv[1:]),
    )
    try:
        bundle = train(request, console)
    except Interrupted as stopped:
        print(f"semg train: {stopped}; the same command goes on from there", file=sys.stderr)
        return _INTERRUPTED
    for name, value in bundle.metrics.items():
        print(f"{name}: {value}")
    print(f"{options.output}: bundle '{bundle.name}', task {bundle.task}")
    return 0


_PLACES = {"--output": "BUNDLE", "-o": "BUNDLE", "--from": "START"}
"""Options that name a folder of this machine, and what the bundle says instead."""


def command_line(arguments: Sequence[str]) -> str:
    """Return the command for the bundle, with `_PLACES` for where bundles lay."""
    words = list(arguments)
    for i, word in enumerate(words):
        name, equals, _ = word.partition("=")
        if word in _PLACES and i + 1 < len(words):
            words[i + 1] = _PLACES[word]
        elif equals and name in _PLACES:
            words[i] = f"{name}={_PLACES[name]}"
    return shlex.join(["semg", *words])
