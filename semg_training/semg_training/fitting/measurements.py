# SPDX-License-Identifier: Apache-2.0
"""A table of what was measured during a training."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class Measurement:
    """One row.

    Attributes
    ----------
    step : int
        Steps that were done.
    seconds : float
        Spent on training in all.
    loss : float
        Mean since the row before.
    learning_rate : float
        Of the next step.
    score : float
        On model-choice people; more is better.
    """

    step: int
    seconds: float
    loss: float
    learning_rate: float
    score: float


_COLUMNS = [field.name for field in fields(Measurement)]


class MeasurementFile:
    """A CSV file with one row per measurement.

    Parameters
    ----------
    path : Path
        Made when the first row is added.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep_until(self, step: int) -> None:
        """Drop the rows after a step, from which training goes on."""
        if not self._path.exists():
            return
        with self._path.open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if int(row["step"]) <= step]
        with self._path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, _COLUMNS)
            writer.writeheader()
            writer.writerows(rows)

    def add(self, measurement: Measurement) -> None:
        """Append a row."""
        new = not self._path.exists()
        with self._path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, _COLUMNS)
            if new:
                writer.writeheader()
            writer.writerow(asdict(measurement))
