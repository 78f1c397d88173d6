# SPDX-License-Identifier: Apache-2.0
"""What was fetched before, where it lies, and whether it is still whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

_NOTE = ".fetched.json"


@dataclass(frozen=True)
class Holding:
    """What a folder of the cache holds.

    Attributes
    ----------
    url, sha256 : str
        Address and checksum of the archive that was unpacked into it.
    checked : bool
        Whether the checksum was known before, so that it proves something.
    files : mapping of str to int
        Size in bytes of each file, by its path within the folder.
    """

    url: str
    sha256: str
    checked: bool
    files: Mapping[str, int]


def read_holding(folder: Path) -> Holding | None:
    """Return what `folder` holds, or None if it was not fetched, or not all of it is there."""
    try:
        holding = Holding(**json.loads((folder / _NOTE).read_text(encoding="utf-8")))
        whole = all((folder / name).stat().st_size == size for name, size in holding.files.items())
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return holding if whole else None


def write_holding(folder: Path, holding: Holding) -> None:
    """Note what was unpacked into `folder`."""
    text = json.dumps({**asdict(holding), "files": dict(holding.files)}, indent=2)
    (folder / _NOTE).write_text(text + "\n", encoding="utf-8")


def was_fetched(folder: Path) -> bool:
    """Tell whether `folder` was made by a fetch, so that another one may take its place."""
    return (folder / _NOTE).is_file()
