# SPDX-License-Identifier: Apache-2.0
"""Message definitions as they go into a bag, so that it explains itself."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from semg_driver.recordings.recording import RecordingError


@dataclass(frozen=True)
class Definition:
    """A message type in words and as a hash.

    Attributes
    ----------
    text : str
        Its ``.msg`` file and, each after a line of ``=``, those of the types in it
        (schema encoding ``ros2msg`` of MCAP).
    digest : str
        Type hash of REP-2016, ``RIHS01_…``.
    """

    text: str
    digest: str


@cache
def definition(kind: str) -> Definition:
    """Look up a message type on ``AMENT_PREFIX_PATH``.

    Parameters
    ----------
    kind : str
        Such as ``semg_msgs/msg/EmgChunk``.

    Raises
    ------
    RecordingError
        If the type is not installed.
    """
    described = json.loads(_read(kind, ".json"))
    message = described["type_description_msg"]
    inner = sorted(other["type_name"] for other in message["referenced_type_descriptions"])
    hashes = {entry["type_name"]: entry["hash_string"] for entry in described["type_hashes"]}
    parts = [_read(kind, ".msg")]
    parts += [
        f"{'=' * 80}\nMSG: {name.replace('/msg/', '/')}\n{_read(name, '.msg')}" for name in inner
    ]
    return Definition("\n".join(part.rstrip("\n") for part in parts) + "\n", hashes[kind])


def _read(kind: str, suffix: str) -> str:
    package, _, name = kind.partition("/msg/")
    prefixes = [p for p in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if p]
    for prefix in prefixes:
        file = Path(prefix, "share", package, "msg", f"{name}{suffix}")
        if file.is_file():
            return file.read_text(encoding="utf-8")
    where = ":".join(prefixes) or "(empty)"
    raise RecordingError(
        f"message type {kind} is not installed: no {package}/msg/{name}{suffix} "
        f"on AMENT_PREFIX_PATH {where}"
    )
