# SPDX-License-Identifier: Apache-2.0
"""Simulated people, simulated in parallel and kept on disk."""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from rich.progress import track

from semg_driver.simulation.version import simulation_hash
from semg_node.cache_folder import cache_folder
from semg_training.handwriting_recordings import HandwritingEmgRecording, HandwritingRecording
from semg_training.recordings import EmgRecording, MpfRecording, plan_for
from semg_training.sources.open_files import allow_many_open_files

TRAINING_SEED = 1_000_000
CHOICE_SEED = 2_000_000
"""Everybody with a smaller seed than the first is a person whom no model has seen."""
Simulated = EmgRecording | MpfRecording | HandwritingRecording | HandwritingEmgRecording
_FORM = 1  # counts changes of what is made of the simulated signals

Recording = TypeVar(
    "Recording", EmgRecording, MpfRecording, HandwritingRecording, HandwritingEmgRecording
)


@dataclass(frozen=True)
class People:
    """A group of simulated people.

    Attributes
    ----------
    first_seed : int
        Person i has the seed ``first_seed + i``.
    count : int
        How many.
    minutes : float
        Of EMG for each person.
    held_out : bool
        Whether they are people whom no model is trained or chosen on.
    """

    first_seed: int
    count: int
    minutes: float
    held_out: bool = False

    def __post_init__(self) -> None:
        if self.held_out:
            if not 0 <= self.first_seed <= TRAINING_SEED - self.count:
                raise ValueError(
                    f"first_seed: {self.first_seed}, must be from 0 to {TRAINING_SEED} less "
                    f"count, {self.count}, for people who are held out"
                )
        elif self.first_seed < TRAINING_SEED:
            raise ValueError(
                f"first_seed: {self.first_seed} is kept for people who are never trained on, "
                f"must be at least {TRAINING_SEED}"
            )

    @property
    def seeds(self) -> range:
        """Their seeds."""
        return range(self.first_seed, self.first_seed + self.count)


def load_people(
    people: People, kind: type[Recording], *, processes: int | None = None, progress: bool = True
) -> list[dict[str, Recording]]:
    """Return all recordings of some people, simulating those that are not in the cache yet.

    Parameters
    ----------
    people : People
        Who.
    kind : type
        Of the recordings, such as `EmgRecording`.
    processes : int, optional
        How many simulate at once; all cores when not given.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    list of dict of str to Recording
        For each person the recording of each script.
    """
    allow_many_open_files()
    folder = _folder(people, kind)
    missing = [seed for seed in people.seeds if not (folder / str(seed)).exists()]
    if missing:
        _simulate(folder, kind, missing, people.minutes, processes, progress)
    return [
        {
            plan.script: kind.load(folder / str(seed) / plan.script)
            for plan in plan_for(seed, people.minutes, kind.SHARES)
        }
        for seed in people.seeds
    ]


def _folder(people: People, kind: type[Simulated]) -> Path:
    """Where recordings are kept: what they depend on is in the name."""
    shares = zlib.crc32(repr(sorted(kind.SHARES.items())).encode())
    simulation = f"{simulation_hash()}-{_FORM}-{people.minutes:g}min"
    return cache_folder() / "people" / simulation / f"{kind.__name__}-{shares:08x}"


def _simulate(
    folder: Path,
    kind: type[Simulated],
    seeds: Sequence[int],
    minutes: float,
    processes: int | None,
    progress: bool,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(processes or os.cpu_count(), get_context("spawn")) as pool:
        jobs = [pool.submit(_make_person, folder, kind, seed, minutes) for seed in seeds]
        for job in track(
            as_completed(jobs), f"Simulating {len(seeds)} people", len(jobs), disable=not progress
        ):
            job.result()


def _make_person(folder: Path, kind: type[Simulated], seed: int, minutes: float) -> None:
    partial = folder / f"{seed}.{os.getpid()}.partial"
    partial.mkdir(exist_ok=True)
    for plan in plan_for(seed, minutes, kind.SHARES):
        kind.make(seed, plan).save(partial / plan.script)
    try:
        partial.rename(folder / str(seed))
    except OSError:
        # Another process was faster with the same person.
        shutil.rmtree(partial)
