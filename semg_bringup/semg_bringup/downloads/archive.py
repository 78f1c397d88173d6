# SPDX-License-Identifier: Apache-2.0
"""Unpacks an archive that nobody vouches for: all of it or nothing, and only into its folder."""

from __future__ import annotations

import errno
import io
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from semg_bringup.downloads.archive_entries import DAMAGE, Entry, entries, too_large
from semg_bringup.downloads.fault import DiskError, FetchError
from semg_bringup.downloads.progress import Progress, Silence, in_words

_PAGE = 2**20


@dataclass(frozen=True)
class Limits:
    """What an honest archive of EMG does not exceed.

    Attributes
    ----------
    entries : int
        Files and folders.
    ratio : int
        Bytes unpacked per byte packed. EMG packs to a half at best.
    always_allowed : int
        Bytes unpacked up to which the ratio is not looked at.
    """

    entries: int = 100_000
    ratio: int = 50
    always_allowed: int = 2**26


def unpack(
    archive: Path,
    folder: Path,
    *,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Unpack `archive` into the new folder `folder`.

    Only plain files and folders are made, with the rights that new files have here. Links are
    refused wherever they lead, as are devices, names that lead outside, the same name twice,
    and archives that unpack to absurd sizes.

    Parameters
    ----------
    archive : Path
        A zip file, or a tar file, plain or packed by gzip, bzip2 or xz.
    folder : Path
        Must not exist. Is made, and taken away again if anything is wrong.
    limits : Limits, optional
        What counts as absurd.
    progress : Progress, optional
        Is told how far it is.

    Returns
    -------
    dict of str to int
        Size in bytes of each file, by its path within `folder`.

    Raises
    ------
    DiskError
        If it does not fit on the disk, or the folder cannot be written to.
    FetchError
        If it is no archive, cut off, damaged or not harmless; names the entry.
    """
    shown = progress or Silence()
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise DiskError(f"{folder}: cannot be made: {error.strerror}") from None
    unpacking = _Unpacking(archive, folder, limits or Limits(), shown)
    try:
        return unpacking.run()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        shown.end()


class _Unpacking:
    def __init__(self, archive: Path, folder: Path, limits: Limits, progress: Progress) -> None:
        self._archive = archive
        self._folder = folder
        self._limits = limits
        self._most = max(limits.always_allowed, limits.ratio * archive.stat().st_size)
        self._progress = progress
        self._files: dict[str, int] = {}
        self._size = 0

    def run(self) -> dict[str, int]:
        self._progress.begin("unpacking", 0, None)
        try:
            for number, entry in enumerate(entries(self._archive, self._most)):
                if number == self._limits.entries:
                    raise FetchError(f"{self._archive}: holds more than {number} entries")
                self._take(entry)
        except _WriteError as error:
            raise DiskError(f"{self._folder}: cannot be written: {error}") from None
        except (*DAMAGE, OSError) as error:
            why = f" ({error})" if str(error) else ""
            raise FetchError(f"{self._archive}: is cut off or damaged{why}") from None
        return self._files

    def _take(self, entry: Entry) -> None:
        target = self._place(entry)
        if entry.refusal:
            raise self._refusal(entry, entry.refusal)
        if self._size + entry.size > self._most:
            raise too_large(self._archive, self._most)
        if entry.size > (free := shutil.disk_usage(self._folder).free):
            raise DiskError(
                f"{self._folder}: only {in_words(free)} are free, but "
                f"'{entry.name}' needs {in_words(entry.size)}"
            )
        try:
            if entry.is_folder:
                target.mkdir(parents=True, exist_ok=True)
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            file = target.open("xb", buffering=0)
        except (FileExistsError, NotADirectoryError):
            raise self._refusal(entry, "is there twice") from None
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                raise self._refusal(entry, "has too long a name") from None
            raise _WriteError(error.strerror) from None
        with file, entry.open() as content:
            while page := content.read(_PAGE):
                self._size += len(page)
                if self._size > self._most:
                    raise too_large(self._archive, self._most)
                _write(file, page)
                self._progress.advance(len(page))
        self._files[target.relative_to(self._folder).as_posix()] = target.stat().st_size

    def _place(self, entry: Entry) -> Path:
        path = PurePosixPath(entry.name)
        if path.is_absolute() or ".." in path.parts:
            raise self._refusal(entry, "leads outside of the folder")
        # Harmless here, but no name that an archive made in good faith would have.
        if "\\" in entry.name or not entry.name.isprintable():
            raise self._refusal(entry, "has a name with a character that no name should have")
        if not path.parts and not entry.is_folder:
            raise self._refusal(entry, "has no name")
        return self._folder / path

    def _refusal(self, entry: Entry, why: str) -> FetchError:
        name = entry.name if entry.name.isprintable() else repr(entry.name)
        return FetchError(f"{self._archive}: entry '{name}' {why}; nothing was unpacked")


def _write(file: io.FileIO, data: bytes) -> None:
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        raise _WriteError(error.strerror) from None


class _WriteError(Exception):
    """It is our disk that failed, not the archive."""
