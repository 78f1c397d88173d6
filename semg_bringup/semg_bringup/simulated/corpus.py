# SPDX-License-Identifier: Apache-2.0
"""Many simulated people in a folder, with the corpus file that says which is for what."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from semg_bringup.evaluation.parallel import in_processes
from semg_bringup.simulated.plan import Plan
from semg_bringup.simulated.recording import simulated_content
from semg_driver.recordings.corpus import COLUMNS, SUFFIX
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.writer import write_hdf5

TRAIN, CHOICE, TEST = "train", "val", "test"
"""Names of the parts of a released corpus."""


@dataclass(frozen=True)
class Recorded:
    """What became of one person of a corpus.

    Attributes
    ----------
    plan : Plan
        What was to be recorded.
    path : Path
        Where to.
    problem : str
        One line on why it was not; empty if it was.
    """

    plan: Plan
    path: Path
    problem: str = ""


def recording_path(folder: Path, plan: Plan) -> Path:
    """Return where a person's recording goes."""
    name = plan.script if plan.script == plan.task else f"{plan.task}_{plan.script}"
    return folder / f"{name}_person_{plan.person:05d}.hdf5"


def corpus_path(folder: Path, plan: Plan) -> Path:
    """Return where the corpus file of a plan's task goes."""
    return folder / (plan.released_task + SUFFIX)


def record_people(
    folder: Path,
    plans: Sequence[Plan],
    split: str = "",
    *,
    processes: int | None = None,
    progress: bool = True,
) -> list[Recorded]:
    """Simulate people, and write their recordings and the corpus file; replaces what is there.

    Parameters
    ----------
    folder : Path
        Has to exist.
    plans : sequence of Plan
        One for each person, all of one task.
    split : str
        Of all of them; as `splits` has it if empty.
    processes : int, optional
        How many are simulated at once; all cores when not given.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    list of Recorded
        In the order of `plans`. The corpus file names those without a problem.

    Raises
    ------
    RecordingError
        If the corpus file cannot be written.
    """
    jobs = [(plan, recording_path(folder, plan)) for plan in plans]
    what = f"Simulating {len(plans)} people"
    done = in_processes(_record, jobs, what, processes=processes, progress=progress)
    parts = [split] * len(plans) if split else splits(len(plans))
    rows = [
        (one.path.stem, 0.0, one.plan.samples / 2000.0, part)
        for one, part in zip(done, parts, strict=True)
        if not one.problem
    ]
    if rows:
        _write_corpus(corpus_path(folder, plans[0]), rows)
    return done


def splits(people: int) -> list[str]:
    """Share people out as in the released corpora: 80 % train, 10 % val, and the last test.

    One in ten, rounded, is for each of val and test, at least one for test.
    """
    choice = round(people / 10)
    test = max(choice, 1)
    return [TRAIN] * (people - choice - test) + [CHOICE] * choice + [TEST] * test


def _record(job: tuple[Plan, Path]) -> Recorded:
    plan, path = job
    try:
        write_hdf5(path, simulated_content(plan))
    except RecordingError as error:
        return Recorded(plan, path, str(error))
    return Recorded(plan, path)


def _write_corpus(path: Path, rows: Sequence[tuple[str, float, float, str]]) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(rows)
        partial.replace(path)
    except OSError as error:
        raise RecordingError(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)
