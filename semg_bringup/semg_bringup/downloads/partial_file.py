# SPDX-License-Identifier: Apache-2.0
"""A file that is still being fetched, and what has to be known to go on with it later."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from semg_bringup.downloads.fault import DiskError

_PAGE = 2**20


@dataclass(frozen=True)
class Origin:
    """Which file of a server bytes are from.

    Attributes
    ----------
    url : str
        Its address.
    validator : str
        Strong ETag or date of last change, as HTTP's ``If-Range`` takes it; empty if the server
        gave neither.
    size : int or None
        Bytes of the whole file, if the server told.
    """

    url: str
    validator: str
    size: int | None


class PartialFile:
    """``NAME.part``, and ``NAME.origin.json`` which says where it comes from.

    Parameters
    ----------
    path : Path
        Name of the finished file. What an earlier run left of it is taken up, also if it had
        finished.

    Raises
    ------
    DiskError
        From every method, if the disk is full or the folder cannot be written to.
    """

    def __init__(self, path: Path) -> None:
        self._finished = path
        self.folder = path.parent
        self._path = path.with_name(path.name + ".part")
        self._notes = _origin_note(path)
        self._hash = hashlib.sha256()
        self.size = 0
        self.origin = self._read_origin()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if self.origin and path.is_file() and not self._path.exists():
                os.replace(path, self._path)
            self._file = self._path.open("r+b" if self.origin else "w+b", buffering=0)
            while page := self._file.read(_PAGE):
                self._hash.update(page)
                self.size += len(page)
        except OSError as error:
            raise self._refusal(error) from None

    def restart(self, origin: Origin) -> None:
        """Throw away what is there and begin anew with a file of `origin`."""
        try:
            self._file.seek(0)
            self._file.truncate()
            self._notes.write_text(json.dumps(asdict(origin)), encoding="utf-8")
        except OSError as error:
            raise self._refusal(error) from None
        self._hash = hashlib.sha256()
        self.size = 0
        self.origin = origin

    def write(self, data: bytes) -> None:
        """Add bytes at the end."""
        rest = memoryview(data)
        while rest:
            try:
                written = self._file.write(rest)
            except OSError as error:
                raise self._refusal(error) from None
            self._hash.update(rest[:written])
            self.size += written
            rest = rest[written:]

    @property
    def sha256(self) -> str:
        """Of what is there, in hexadecimal."""
        return self._hash.hexdigest()

    def finish(self) -> None:
        """Give the file its own name."""
        try:
            os.fsync(self._file.fileno())
            os.replace(self._path, self._finished)
        except OSError as error:
            raise self._refusal(error) from None

    def discard(self) -> None:
        """Keep nothing."""
        self.close()
        for path in (self._path, self._notes):
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Leave everything for a later run; nothing if nothing has come."""
        self._file.close()
        if not self.size:
            for path in (self._path, self._notes):
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def _read_origin(self) -> Origin | None:
        """Return what an earlier run noted; anything that is not a note of ours counts as none."""
        try:
            origin = Origin(**json.loads(self._notes.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        texts = isinstance(origin.url, str) and isinstance(origin.validator, str)
        sized = origin.size is None or (type(origin.size) is int and origin.size >= 0)
        there = self._path.is_file() or self._finished.is_file()
        return origin if texts and sized and there else None

    def _refusal(self, error: OSError) -> DiskError:
        kept = f"; the {self.size} bytes that came are kept" if self.size else ""
        return DiskError(f"{self._path}: cannot be written: {error.strerror}{kept}")


def remove_download(path: Path) -> None:
    """Remove a finished file and the note on where it is from."""
    path.unlink(missing_ok=True)
    _origin_note(path).unlink(missing_ok=True)


def _origin_note(path: Path) -> Path:
    return path.with_name(path.name + ".origin.json")
