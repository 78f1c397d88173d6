# SPDX-License-Identifier: Apache-2.0
"""Gets an archive into the cache, unpacked, unless it is there already."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from semg_bringup.downloads.archive import unpack
from semg_bringup.downloads.cache import Holding, read_holding, was_fetched, write_holding
from semg_bringup.downloads.download import Patience, download
from semg_bringup.downloads.fault import DiskError, FetchError
from semg_bringup.downloads.partial_file import remove_download
from semg_bringup.downloads.progress import Progress


def held(folder: Path, url: str = "", sha256: str = "") -> Holding | None:
    """Return what lies in `folder` if it is whole, and is what was asked for.

    Parameters
    ----------
    folder : Path
        Of the cache.
    url, sha256 : str
        Where it has to be from, and its archive's checksum; an empty one is not looked at, and
        the address is not either if the checksum says that it is the same.
    """
    holding = read_holding(folder)
    if holding is None:
        return None
    same = holding.sha256 == sha256.lower() if sha256 else url in ("", holding.url)
    return holding if same else None


def fetch(
    url: str,
    folder: Path,
    *,
    sha256: str = "",
    patience: Patience | None = None,
    progress: Progress | None = None,
) -> Holding:
    """Download the archive at `url` and unpack it to `folder`, whole or not at all.

    Something that an earlier fetch left in `folder` is replaced once the new one is whole.

    Parameters
    ----------
    url : str
        Address, http or https.
    folder : Path
        Of the cache.
    sha256 : str
        Checksum of the archive, hexadecimal; empty if none is known.
    patience, progress : optional
        As for `download`.

    Raises
    ------
    FetchError
        If it cannot be had; one line that says why. An unfinished download is kept, and so is
        a finished one that only the disk kept from being unpacked.
    """
    if (
        folder.exists()
        and not was_fetched(folder)
        and (not folder.is_dir() or any(folder.iterdir()))
    ):
        raise FetchError(f"{folder}: is there already, and was not fetched; --cache another folder")
    archive = folder.with_name(folder.name + ".archive")
    fresh = folder.with_name(folder.name + ".new")
    with _alone(folder.with_name(folder.name + ".lock")):
        got = download(url, archive, sha256=sha256, patience=patience, progress=progress)
        try:
            shutil.rmtree(fresh, ignore_errors=True)
            files = unpack(archive, fresh, progress=progress)
            holding = Holding(url, got.sha256, bool(sha256), files)
            _put_in_place(fresh, folder, holding)
        except DiskError as error:
            raise DiskError(f"{error}; what was fetched is kept for the next try") from None
        except FetchError:
            # What is refused now would be refused the next time as well.
            remove_download(archive)
            raise
        remove_download(archive)
    return holding


def _put_in_place(fresh: Path, folder: Path, holding: Holding) -> None:
    old = folder.with_name(folder.name + ".old")
    try:
        write_holding(fresh, holding)
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            os.replace(folder, old)
        os.replace(fresh, folder)
    except OSError as error:
        raise DiskError(f"{folder}: cannot be written: {error.strerror}") from None
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other processes from fetching the same thing at the same time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except OSError as error:
        raise DiskError(f"{path.parent}: cannot be written to: {error.strerror}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise FetchError(f"{path.parent}: another process is fetching this already") from None
        yield
