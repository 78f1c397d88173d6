# SPDX-License-Identifier: Apache-2.0
"""``semg evaluate``: how well decoders do, on labelled recordings or simulated people."""

from __future__ import annotations

import argparse
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from semg_bringup.command.numbers import count, positive, probability
from semg_bringup.command.refusal import CommandError

DESCRIPTION = """\
Decode by the same engines as the live nodes what was really done, and say how well that goes.

With --data: labelled recordings, by the published metrics of the bundle's task.
  gestures     CLER: of the gestures that were detected, the share that was taken for another
               one, averaged over gestures. Missed gestures and false alarms are not in it, and
               are given per minute beside it, with a table of who was taken for whom.
               Of bundles that decode held postures: balanced accuracy, the share of right decisions
               averaged over postures; one every 200 ms, 300 ms around cues left out.
  wrist        mean absolute error of the angular velocity in deg/s, for each partition
  handwriting  CER: edits that turn the decoded text into the prompt, in % of its length

Without --data: simulated people whom no model has seen in training or model choice do what
the default bundles are for, streamed as by a band.
  gestures     CLER, missed gestures in %, and false events per minute of what is no gesture:
               rest, grasping, typing, walking, scratching, and all of it in turn
  wrist        mean absolute error in deg/s, also of always answering zero, and correlation
  handwriting  CER, greedy, and by beam search if the bundle has a character model
Beside each stands a linear baseline on the same EMG: discriminants and a ridge regression on
log amplitudes, fitted once to 16 other simulated people (minutes, then kept). These figures say
that the decoders work on what the simulation can produce; they say nothing about your arm.
"""
EXAMPLES = """\
PATH is an HDF5 recording in the released layout, or a folder with <task>_corpus.csv (columns
dataset, start, end, split) and its recordings. Recordings are decoded in parallel.

A gesture counts as detected in a recording where its probability crosses 0.35, as in the
published CLER; in simulated people where the bundle's live events cross, which
`semg info BUNDLE` shows. --threshold says otherwise for both.

examples:
  semg evaluate --bundle ./published_gestures --data ./emg_data
  semg evaluate --bundle ./published_wrist --data ./emg_data --split val --json wrist.json
  semg evaluate --bundle gestures --data day1.hdf5 --threshold 0.5 --figures pictures
  semg evaluate                                the default bundles on people 701 to 710
  semg evaluate --people 2 --minutes 0.5       a quick look
  semg evaluate --tasks wrist --outside        people unlike those it was trained on
  semg evaluate --bundle-gestures ./mine --json mine.json
"""
_OF_RECORDINGS = {"bundle": None, "split": "test", "figures": None}
_OF_PEOPLE = {
    "people": 10,
    "first_person": 701,
    "minutes": 2.0,
    "tasks": None,
    "outside": False,
    "no_baseline": False,
    "bundle_gestures": None,
    "bundle_wrist": None,
    "bundle_handwriting": None,
}
_TASKS = ("gestures", "wrist", "handwriting")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; what is not given is None, so that it can be told."""
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="also save everything in numbers here"
    )
    parser.add_argument(
        "--threshold",
        type=probability,
        metavar="P",
        help="probability whose crossing is a gesture; see below",
    )
    recordings = parser.add_argument_group("recordings")
    recordings.add_argument("--data", type=Path, metavar="PATH", help="what to decode; see below")
    recordings.add_argument(
        "--bundle", metavar="NAME_OR_FOLDER", help="model bundle; its task says what is scored"
    )
    recordings.add_argument(
        "--split",
        metavar="NAME",
        help=f"rows of the corpus to take, or all (default: {_OF_RECORDINGS['split']})",
    )
    recordings.add_argument(
        "--figures", type=Path, metavar="DIR", help="draw figures into this folder (PNG)"
    )
    people = parser.add_argument_group("simulated people")
    people.add_argument(
        "--people", type=count, metavar="N", help=f"how many (default: {_OF_PEOPLE['people']})"
    )
    people.add_argument(
        "--first-person",
        type=int,
        metavar="SEED",
        help="seed of the first; seeds from 1,000,000 on are for training "
        f"(default: {_OF_PEOPLE['first_person']})",
    )
    people.add_argument(
        "--minutes",
        type=positive,
        metavar="M",
        help="minutes of gestures, of anything else, of wrist movement and of writing each "
        f"(default: {_OF_PEOPLE['minutes']:g})",
    )
    people.add_argument(
        "--tasks",
        metavar="LIST",
        help=f"which of {', '.join(_TASKS)} (default: all that have a bundle)",
    )
    people.add_argument(
        "--outside",
        action="store_true",
        default=None,
        help="people 1.5 times as far from the usual one as those that models are trained on",
    )
    people.add_argument(
        "--no-baseline", action="store_true", default=None, help="leave out the linear baseline"
    )
    for task in _TASKS:
        people.add_argument(
            f"--bundle-{task}",
            metavar="NAME_OR_FOLDER",
            help=f"model bundle for {task} (default: {task})",
        )


def run(options: argparse.Namespace) -> int:
    """Print the tables; return the exit status."""
    with_data = options.data is not None
    defaults, others = (_OF_RECORDINGS, _OF_PEOPLE) if with_data else (_OF_PEOPLE, _OF_RECORDINGS)
    for name in others:
        if getattr(options, name) is not None:
            option = "--" + name.replace("_", "-")
            raise CommandError(f"{option}: only {'without' if with_data else 'with'} --data")
    for name, value in defaults.items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.json is not None:
        _check_json(options.json, options.data)
    text, facts = _recordings(options) if with_data else _people(options)
    # The file first: whoever reads what is printed may be gone, such as `head`.
    if options.json is not None:
        _save(options.json, facts)
    print(text)
    return 0


def _check_json(path: Path, data: Path | None) -> None:
    """Refuse before a long computation what could not be saved after it."""
    if path.is_dir():
        raise CommandError(f"--json {path}: is a folder, must be a file")
    if not path.parent.is_dir():
        raise CommandError(f"--json {path}: there is no folder {path.parent}")
    if data is not None and path.exists() and data.exists() and path.samefile(data):
        raise CommandError(f"--json {path}: is the recording itself")


def _recordings(options: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    from semg_bringup.evaluation.markdown import to_markdown
    from semg_bringup.evaluation.recordings import evaluate_recordings

    if options.bundle is None:
        raise CommandError("--bundle: must name the model bundle that decodes --data")
    if options.figures is not None:
        _prepare_figures(options.figures)
    report = evaluate_recordings(
        options.bundle,
        options.data,
        options.split,
        threshold=options.threshold,
        figures=options.figures,
        progress=_progress(),
    )
    return to_markdown(report), report.facts


def _prepare_figures(folder: Path) -> None:
    if find_spec("matplotlib") is None:
        raise CommandError("--figures: needs the Python package 'matplotlib', which is not here")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"--figures {folder}: cannot be made: {error.strerror}") from None


def _people(options: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    from semg_bringup.evaluation.markdown import to_markdown
    from semg_bringup.evaluation.people.report import report_people
    from semg_bringup.evaluation.simulated_people import OUTSIDE, evaluate_people

    seeds = range(options.first_person, options.first_person + options.people)
    bundles = _bundles(options)
    if options.threshold is not None and "gestures" not in bundles:
        raise CommandError("--threshold: is for gestures, which are not among --tasks")
    try:
        evaluation = evaluate_people(
            bundles,
            seeds,
            options.minutes,
            spread=OUTSIDE if options.outside else 1.0,
            threshold=options.threshold,
            baseline=not options.no_baseline,
            progress=_progress(),
        )
    except ValueError as error:
        raise CommandError(str(error)) from None
    report = report_people(evaluation)
    return to_markdown(report), {"bundles": bundles, **report.facts}


def _bundles(options: argparse.Namespace) -> dict[str, str]:
    """Return the bundle of each task; those that are not installed are left out, saying so."""
    from semg_decoders.inference.lookup import installed_bundles

    tasks = _TASKS if options.tasks is None else tuple(options.tasks.split(","))
    for task in tasks:
        if task not in _TASKS:
            raise CommandError(f"--tasks: '{task}', must be of {', '.join(_TASKS)}")
    bundles = {}
    for task in _TASKS:
        named = getattr(options, f"bundle_{task}")
        if task not in tasks:
            if named is not None:
                raise CommandError(f"--bundle-{task}: {task} is not among --tasks")
        elif named is None and options.tasks is None and task not in installed_bundles():
            print(
                f"semg evaluate: {task} is left out: no bundle '{task}' is installed; "
                f"--bundle-{task} names another",
                file=sys.stderr,
            )
        else:
            bundles[task] = named or task
    return bundles


def _progress() -> bool:
    return sys.stderr.isatty() and sys.stdout.isatty()


def _save(path: Path, facts: dict[str, Any]) -> None:
    from semg_bringup.command.report import without_infinity

    text = json.dumps(without_infinity(facts), indent=2, ensure_ascii=False)
    try:
        # A file name that is no UTF-8 is written as JSON writes such characters, as \\udc80.
        path.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise CommandError(f"--json {path}: cannot be written: {error.strerror}") from None
