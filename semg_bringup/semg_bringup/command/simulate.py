# SPDX-License-Identifier: Apache-2.0
"""``semg simulate``: recordings of simulated people, in the released layout."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from semg_bringup.command.numbers import count, positive
from semg_bringup.command.refusal import CommandError

if TYPE_CHECKING:
    from semg_bringup.simulated.plan import Plan

DESCRIPTION = """\
Simulate people who wear the band, and write what it records, with labels that are exactly
right, to HDF5 files in the layout of the released recordings. Training, evaluation, playback
and whatever else reads that layout (pandas too) takes them like recordings of real people.

A person is a number: their anatomy, strength, habits and band follow from it, and the same
number is always the same person. What they do, and every chance in it, follows from --seed.

tasks:
  gestures     the nine gestures, with their times in the table 'prompts'
  wrist        flexion and extension, with the angle in 'wrist_angles'; its second column, which
               is of another joint in released recordings, is zero
  handwriting  written prompts, with their start and end in 'prompts', postures in 'stages'
  postures     rest, fist, raise, lower, open, each held for 5 s, with their cues in 'prompts' and
               durations in 'stages'; by a ring of 16 electrodes on the forearm, raw at 1 kHz,
               unless --ring and --rate say otherwise

--script has a person do something else than the task is called after: rest, demo, and what is
no gesture at all (grasp, typing, walking, scratching; daily is all of it in turn). The task
still says which labels are written.
"""
EXAMPLES = """\
EMG is at 2 kHz, high-passed at 40 Hz and in units of the sensor's noise, as released. With
--rate it is raw, in V, as a band of that rate would deliver it.

With --people, FOLDER gets one recording for each person and <task>_corpus.csv, where the
first 80 % of them are for training, then 10 % for model choice, then 10 % for tests, at least
one; --split names one of train, val, test for all. All of it is made in parallel.

examples:
  semg simulate --person 17 --task gestures --minutes 10 --output gestures17.hdf5
  semg simulate --person 17 --task wrist --hand left --rotation 20 --output wrist17.hdf5
  semg simulate --script daily --minutes 5 --output nothing.hdf5    then: how many false alarms?
  semg evaluate --bundle gestures --data nothing.hdf5
  semg simulate --people 100 --first-person 1000000 --task wrist --output people

The decoders of this project are evaluated on people below 1,000,000: train on those above.
"""
_TASKS = ("gestures", "wrist", "handwriting", "postures")
_BYTES_PER_SAMPLE = 80
_POSTURE_RATE = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; of those that exclude each other, what is not given is None."""
    parser.add_argument(
        "--output",
        "-o",
        type=Path,
        required=True,
        metavar="FILE_OR_FOLDER",
        help="file to write, such as day1.hdf5; with --people a folder, made if need be",
    )
    parser.add_argument("--task", choices=_TASKS, help="see above (default: gestures)")
    parser.add_argument(
        "--script", metavar="NAME", help="what people do (default: what the task is called after)"
    )
    parser.add_argument(
        "--minutes", type=positive, default=2.0, metavar="M", help="of each recording (default: 2)"
    )
    who = parser.add_argument_group("who")
    who.add_argument("--person", type=int, metavar="SEED", help="one person (default: 1)")
    who.add_argument("--people", type=count, metavar="N", help="several people, in a folder")
    who.add_argument(
        "--first-person", type=int, metavar="SEED", help="the first of them (default: 1)"
    )
    who.add_argument("--split", metavar="NAME", help="part of the corpus that all of them are")
    how = parser.add_argument_group("how")
    how.add_argument(
        "--seed",
        type=int,
        metavar="SEED",
        help="of the script and of chance; another one is the same person on another occasion "
        "(default: the person's)",
    )
    how.add_argument(
        "--hand", choices=("left", "right"), default="right", help="arm (default: right)"
    )
    how.add_argument(
        "--rotation",
        type=float,
        default=0.0,
        metavar="DEG",
        help="degrees towards the thumb by which the band is put on rotated; 22.5 are one "
        "channel (default: 0)",
    )
    how.add_argument(
        "--ring", choices=("wrist", "forearm"), help="where the electrodes are (default: wrist)"
    )
    how.add_argument(
        "--spread",
        type=float,
        default=1.0,
        metavar="X",
        help="how far people are from the usual one; 0: all alike, 1.5: beyond those that "
        "decoders are trained on (default: 1)",
    )
    how.add_argument(
        "--rate",
        type=int,
        metavar="HZ",
        help="write raw samples in V at this rate, 250 to 2000 (default: conditioned, at 2000)",
    )
    parser.add_argument("--force", action="store_true", help="replace what is there already")


def run(options: argparse.Namespace) -> int:
    """Simulate; return the exit status, 1 if not all could be written."""
    several = options.people is not None
    for name in ("person",) if several else ("first_person", "split"):
        if getattr(options, name) is not None:
            option = "--" + name.replace("_", "-")
            raise CommandError(f"{option}: only {'without' if several else 'with'} --people")
    output = options.output.expanduser()
    plans = _plans(options)
    return _people(output, plans, options) if several else _person(output, plans[0], options.force)


def _plans(options: argparse.Namespace) -> list[Plan]:
    from semg_bringup.simulated.plan import RELEASED_TASKS, Plan
    from semg_driver.devices.device import Hand

    script = options.script or options.task or "gestures"
    task = options.task or (script if script in RELEASED_TASKS else "gestures")
    ring, rate = options.ring, options.rate
    if ring is None:
        ring = "forearm" if task == "postures" else "wrist"
        rate = _POSTURE_RATE if task == "postures" and rate is None else rate
    first, number = options.person, 1
    if options.people is not None:
        first, number = options.first_person, options.people
    first = 1 if first is None else first
    if first < 0:
        option = "--person" if options.people is None else "--first-person"
        raise CommandError(f"{option} {first}: must be at least 0")
    try:
        return [
            Plan(
                person,
                task,
                script,
                options.minutes,
                person if options.seed is None else options.seed,
                Hand[options.hand.upper()],
                options.rotation,
                ring,
                options.spread,
                rate,
            )
            for person in range(first, first + number)
        ]
    except ValueError as error:
        raise CommandError(f"--{error}") from None


def _person(path: Path, plan: Plan, force: bool) -> int:
    from rich.progress import Progress

    from semg_bringup.simulated.recording import simulated_content
    from semg_driver.recordings.writer import write_hdf5

    if path.is_dir():
        raise CommandError(f"--output {path}: is a folder, must be a file unless with --people")
    if not path.parent.is_dir():
        raise CommandError(f"--output {path}: there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise CommandError(f"--output {path}: the folder {path.parent} cannot be written to")
    _check_new([path], force)
    _check_space(path.parent, [plan])
    with Progress(disable=not _progress(), transient=True) as bar:
        task = bar.add_task(f"Simulating person {plan.person}", total=plan.samples)
        content = simulated_content(plan, lambda made: bar.advance(task, made))
        write_hdf5(path, content)
    labels = "" if content.prompts is None else f", {len(content.prompts)} prompts"
    print(f"{path}: person {plan.person}, {plan.script}, {plan.minutes:g} min{labels}")
    return 0


def _people(folder: Path, plans: list[Plan], options: argparse.Namespace) -> int:
    from semg_bringup.simulated.corpus import corpus_path, record_people, recording_path

    if folder.exists() and not folder.is_dir():
        raise CommandError(f"--output {folder}: is a file, must be a folder with --people")
    if options.split is not None and not options.split.strip():
        raise CommandError("--split: is empty, must be such as train, val or test")
    corpus = corpus_path(folder, plans[0])
    _check_new([corpus, *(recording_path(folder, plan) for plan in plans)], options.force)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise CommandError(f"--output {folder}: cannot be made: {error.strerror}") from None
    _check_space(folder, plans)
    done = record_people(folder, plans, (options.split or "").strip(), progress=_progress())
    problems = [one.problem for one in done if one.problem]
    for problem in problems:
        print(f"semg simulate: {problem}", file=sys.stderr)
    recorded = len(done) - len(problems)
    if recorded:
        print(f"{corpus}: {recorded} people, {plans[0].script}, {plans[0].minutes:g} min each")
    return 1 if problems else 0


def _check_new(paths: list[Path], force: bool) -> None:
    for path in paths:
        if path.is_dir():
            raise CommandError(f"--output: {path} is a folder, must be a file")
        if path.exists() and not force:
            raise CommandError(f"--output: {path} is there already; --force replaces it")


def _check_space(folder: Path, plans: list[Plan]) -> None:
    needed = _BYTES_PER_SAMPLE * sum(plan.samples for plan in plans)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise CommandError(
            f"--output: needs about {needed / 1e6:.0f} MB, "
            f"but {folder} has only {free / 1e6:.0f} MB left"
        )


def _progress() -> bool:
    return sys.stderr.isatty() and sys.stdout.isatty()
