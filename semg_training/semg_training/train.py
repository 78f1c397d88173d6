# SPDX-License-Identifier: Apache-2.0
"""One command from nothing to a model bundle: ``python -m semg_training.train``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from torch import nn

from semg_decoders.inference.bundle import ModelBundle
from semg_training.loop import CheckpointError, LoopSettings, TrainingRecord, run
from semg_training.networks.gestures import GestureNetwork, GestureNetworkSettings
from semg_training.networks.wrist import WristNetwork, WristNetworkSettings
from semg_training.people import (
    CHOICE_SEED,
    TRAINING_SEED,
    People,
    Recording,
    cache_folder,
    fingerprint,
    load_people,
)
from semg_training.publish import publish_gestures, publish_wrist
from semg_training.recordings import EmgRecording, MpfRecording
from semg_training.tasks.gestures import GestureTask
from semg_training.tasks.task import Task
from semg_training.tasks.wrist import WristTask

DEFAULTS = {
    "gestures": {"people": 250, "steps": 1600, "batch_size": 32},
    "wrist": {"people": 200, "steps": 1500, "batch_size": 64},
}


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    main_parser = argparse.ArgumentParser(
        prog="python -m semg_training.train",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="""
What happens:
  1. People are simulated, in parallel, and kept in the cache folder ($SEMG_CACHE, or
     ~/.cache/semg). Training people have the seeds 1000000, 1000001, ...; model-choice people
     2000000, 2000001, ... . A person with a smaller seed is never used here, so that anybody
     can test on them.
  2. A network is trained. Every --check-every steps it is tried on the model-choice people; the
     weights that did best are kept, and a checkpoint is written. Run the same command again
     after an interruption, and it goes on from there.
  3. The network is exported to ONNX, compared with itself step by step, and written as a model
     bundle that the decoder nodes load: model.onnx and bundle.yaml.

examples:
  python -m semg_training.train --task gestures --output my_bundles/gestures
  python -m semg_training.train --task wrist --output my_bundles/wrist
  # a quick try, two minutes:
  python -m semg_training.train --task wrist --people 8 --steps 100 --output trial/wrist
""",
    )
    add = main_parser.add_argument
    add("--task", choices=("gestures", "wrist"), required=True, help="which decoder to train")
    add("--output", type=Path, required=True, help="folder of the bundle that is written")
    add("--people", type=int, default=0, help="people to train on (gestures 250, wrist 200)")
    add("--choice-people", type=int, default=32, help="for choosing the model (%(default)s)")
    add("--minutes", type=float, default=1.5, help="of EMG per person (%(default)s)")
    add("--steps", type=int, default=0, help="training batches (gestures 1600, wrist 1500)")
    add("--batch-size", type=int, default=0, help="windows per batch (gestures 32, wrist 64)")
    add("--hidden", type=int, default=128, help="size of every layer (%(default)s)")
    add("--learning-rate", type=float, default=2e-3, help="of Adam (%(default)s)")
    add("--check-every", type=int, default=100, help="steps between tries (%(default)s)")
    add(
        "--precision",
        choices=("float32", "bfloat16"),
        default="bfloat16",
        help="of most arithmetic; bfloat16 is twice as fast on processors made for it, "
        "and slow on others (%(default)s)",
    )
    add("--seed", type=int, default=0, help="of weights, windows and augmentation (%(default)s)")
    add("--processes", type=int, default=None, help="that simulate people (all cores)")
    add("--threads", type=int, default=torch.get_num_threads(), help="of torch (%(default)s)")
    add(
        "--checkpoint",
        type=Path,
        default=None,
        help="file to go on from and to write; default: in the cache folder, named by the task",
    )
    add("--restart", action="store_true", help="ignore and replace an earlier checkpoint")
    add("--no-progress", action="store_true", help="lines instead of progress bars")
    return main_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, export and write one bundle; return the exit status."""
    options = parser().parse_args(arguments)
    for name, default in DEFAULTS[options.task].items():
        setattr(options, name, getattr(options, name) or default)
    torch.set_num_threads(options.threads)
    console = Console(highlight=False)
    began = time.monotonic()
    try:
        train(options, console)
    except (CheckpointError, ValueError) as error:
        console.print(f"error: {error}", style="red", markup=False, soft_wrap=True)
        return 1
    console.print(f"{options.output}: written after {(time.monotonic() - began) / 60:.1f} minutes")
    return 0


def train(options: argparse.Namespace, console: Console) -> None:
    """Do what the command line asks for."""
    torch.manual_seed(options.seed)
    if options.task == "gestures":
        bundle = _train_gestures(options, console)
    else:
        bundle = _train_wrist(options, console)
    for name, value in bundle.metrics.items():
        console.print(f"{name}: {value}", soft_wrap=True)


def _train_gestures(options: argparse.Namespace, console: Console) -> ModelBundle:
    training, choice = _people(options, EmgRecording)
    network = GestureNetwork(
        GestureNetworkSettings(conv_channels=options.hidden, hidden=options.hidden)
    )
    task = GestureTask(_all(training), _all(choice), batch_size=options.batch_size)
    record = _run(network, task, options, console)
    return publish_gestures(network, choice, _origin(options, network, record), options.output)


def _train_wrist(options: argparse.Namespace, console: Console) -> ModelBundle:
    training, choice = _people(options, MpfRecording)
    network = WristNetwork(WristNetworkSettings(mlp=(options.hidden,), hidden=options.hidden))
    moving = [person["wrist"] for person in choice]
    task = WristTask(_all(training), moving, batch_size=options.batch_size)
    record = _run(network, task, options, console)
    return publish_wrist(network, choice, _origin(options, network, record), options.output)


def _people(
    options: argparse.Namespace, kind: type[Recording]
) -> tuple[list[dict[str, Recording]], list[dict[str, Recording]]]:
    """Training people and model-choice people."""
    training, choice = (
        load_people(
            People(first, count, options.minutes),
            kind,
            processes=options.processes,
            progress=not options.no_progress,
        )
        for first, count in (
            (TRAINING_SEED, options.people),
            (CHOICE_SEED, options.choice_people),
        )
    )
    return training, choice


def _run(
    network: nn.Module, task: Task, options: argparse.Namespace, console: Console
) -> TrainingRecord:
    settings = LoopSettings(
        steps=options.steps,
        learning_rate=options.learning_rate,
        check_every=options.check_every,
        gradient_clip=0.5 if options.task == "gestures" else 1.0,
        bfloat16=options.precision == "bfloat16",
        seed=options.seed,
    )
    checkpoint = options.checkpoint or cache_folder() / "checkpoints" / f"{options.task}.pt"
    if options.restart:
        checkpoint.unlink(missing_ok=True)
    return run(
        network,
        task,
        settings,
        checkpoint,
        progress=not options.no_progress,
        log=console.print,
    )


def _origin(
    options: argparse.Namespace,
    network: GestureNetwork | WristNetwork,
    record: TrainingRecord,
) -> dict[str, Any]:
    """Where a network comes from, for its bundle."""
    return {
        "data": "simulated people (semg_driver.simulation); no recording of a real person",
        "training_seeds": [TRAINING_SEED, TRAINING_SEED + options.people - 1],
        "model_choice_seeds": [CHOICE_SEED, CHOICE_SEED + options.choice_people - 1],
        "minutes_per_person": options.minutes,
        "simulation": fingerprint(),
        "command": command(options),
        "torch": str(torch.__version__),
        "best_step": record.step,
        "training_minutes": round(record.seconds / 60, 1),
        "network": {name: _plain(value) for name, value in asdict(network.settings).items()},
        "parameters": sum(p.numel() for p in network.parameters()),
    }


def command(options: argparse.Namespace) -> str:
    """Return the command line that gives the same network again."""
    names = [
        *("task", "people", "choice_people", "minutes", "steps", "batch_size", "hidden"),
        *("learning_rate", "check_every", "precision", "seed", "threads"),
    ]
    words = [f"--{name.replace('_', '-')} {getattr(options, name)}" for name in names]
    return " ".join(["python -m semg_training.train", *words, "--output DIR"])


def _all(people: Sequence[dict[str, Recording]]) -> list[Recording]:
    return [recording for person in people for recording in person.values()]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


if __name__ == "__main__":
    sys.exit(main())
