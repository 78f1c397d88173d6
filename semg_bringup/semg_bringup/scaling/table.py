# SPDX-License-Identifier: Apache-2.0
"""The table ``scaling-<task>.csv``: one row for each number of people and each person held out."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from semg_bringup.command.refusal import CommandError

_WHO = ("task", "people", "person")


@dataclass(frozen=True)
class ScalingTable:
    """What lies in such a file.

    Attributes
    ----------
    task : str
        Of the networks.
    people : ndarray of int64, (numbers,)
        Trained on, in order.
    persons : tuple of int
        Seeds of those held out.
    errors : dict of str to ndarray of float64, (numbers, persons)
        By name, in the order of the columns; NaN where there was nothing to measure.
    """

    task: str
    people: NDArray[np.int64]
    persons: tuple[int, ...]
    errors: Mapping[str, NDArray[np.float64]]


class ScalingFile:
    """Writes the table row by row, so that what is done can be seen while more is being done.

    Parameters
    ----------
    file : text file
        Open for writing.
    task : str
        Of the networks.
    """

    def __init__(self, file: TextIO, task: str) -> None:
        self._file, self._task = file, task
        self._writer: csv.DictWriter[str] | None = None

    def add(self, people: int, person: int, errors: Mapping[str, float]) -> None:
        """Append a row; what is not a number stays empty."""
        if self._writer is None:
            self._writer = csv.DictWriter(self._file, [*_WHO, *errors])
            self._writer.writeheader()
        texts = {
            name: f"{value:.6g}" if math.isfinite(value) else "" for name, value in errors.items()
        }
        self._writer.writerow({"task": self._task, "people": people, "person": person, **texts})
        self._file.flush()


def read_scaling(path: Path) -> ScalingTable:
    """Read such a file.

    Raises
    ------
    CommandError
        If it is none.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            names = list(reader.fieldnames or ())
            rows = list(reader)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error):
        raise CommandError(f"{path}: not a table that semg scaling wrote") from None
    if tuple(names[:3]) != _WHO or len(names) < 4 or not rows:
        raise CommandError(
            f"{path}: not a table that semg scaling wrote: must have rows, and the columns "
            f"{', '.join(_WHO)} and errors"
        )
    try:
        return _table(rows, names[3:])
    except (ValueError, TypeError) as error:
        raise CommandError(f"{path}: {error}") from None


def _table(rows: Sequence[Mapping[str, str]], names: Sequence[str]) -> ScalingTable:
    tasks = sorted({row["task"] for row in rows})
    if len(tasks) != 1:
        raise ValueError(f"holds the tasks {', '.join(tasks)}, must be one")
    places = [(int(row["people"]), int(row["person"])) for row in rows]
    people = sorted({number for number, _ in places})
    persons = sorted({person for _, person in places})
    if people[0] < 1:
        raise ValueError(f"people: {people[0]}, must be at least 1")
    errors = {name: np.full((len(people), len(persons)), np.nan) for name in names}
    for row, (number, person) in zip(rows, places, strict=True):
        for name in names:
            value = float(row[name]) if row[name] else math.nan
            errors[name][people.index(number), persons.index(person)] = value
    return ScalingTable(tasks[0], np.array(people, np.int64), tuple(persons), errors)
