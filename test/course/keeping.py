# SPDX-License-Identifier: Apache-2.0
"""Drives kept in a folder, so that a long series can be broken off and continued."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from semg_bringup.command.refusal import CommandError
from test.course.result import Drive, Gesture, Stop

_NAME = "drive.json"


def keep(folder: Path, drive: Drive, conditions: dict[str, Any]) -> None:
    """Write a drive, and the conditions that it was driven under, into its person's folder."""
    content = {"conditions": conditions, "drive": dataclasses.asdict(drive)}
    (folder / _NAME).write_text(json.dumps(content))


def kept(folder: Path, conditions: dict[str, Any]) -> Drive | None:
    """Return the drive that a person's folder holds; None if it holds none.

    Raises
    ------
    CommandError
        If the file is none of ours, or was driven under other conditions.
    """
    file = folder / _NAME
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_text())
        before, drive = content["conditions"], _drive(content["drive"])
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{file}: is no drive that was kept ({error})") from None
    # As it comes back from JSON: tuples have become lists.
    now = json.loads(json.dumps(conditions))
    if other := [name for name, value in now.items() if before.get(name) != value]:
        raise CommandError(
            f"{file}: was driven with another {', '.join(other)}: choose another folder for --logs"
        )
    return drive


def _drive(values: dict[str, Any]) -> Drive:
    return Drive(
        **{
            **values,
            "path": tuple((x, y) for x, y in values["path"]),
            "reached": tuple(values["reached"]),
            "stops": tuple(Stop(**stop) for stop in values["stops"]),
            "missed": tuple(Gesture(**gesture) for gesture in values["missed"]),
            "false": tuple(Gesture(**gesture) for gesture in values["false"]),
        }
    )
