# SPDX-License-Identifier: Apache-2.0
"""Downloads one file, going on where an earlier try or run stopped."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from semg_bringup.downloads.fault import DiskError, FetchError
from semg_bringup.downloads.partial_file import Origin, PartialFile
from semg_bringup.downloads.progress import Progress, Silence, in_words
from semg_bringup.downloads.transfer import Interrupted, RangeRefused, Transfer, check_url


@dataclass(frozen=True)
class Patience:
    """How long a bad connection is put up with.

    Attributes
    ----------
    timeout : float
        s without any byte after which the connection counts as lost.
    attempts : int
        Tries in a row that did not get any further before it is given up.
    first_wait : float
        s before the second of them; doubled before each further one.
    """

    timeout: float = 30.0
    attempts: int = 5
    first_wait: float = 1.0


@dataclass(frozen=True)
class Downloaded:
    """A file that came whole.

    Attributes
    ----------
    sha256 : str
        Its checksum, hexadecimal.
    size : int
        Bytes.
    """

    sha256: str
    size: int


def download(
    url: str,
    path: Path,
    *,
    sha256: str = "",
    patience: Patience | None = None,
    progress: Progress | None = None,
) -> Downloaded:
    """Download `url` to the file `path`; one that an earlier call left there is not fetched again.

    The bytes go to ``NAME.part`` first. If they stop coming, the rest is asked for by ``Range``,
    now or in a later run, and only of the same file: ``If-Range`` names the server's ETag or
    date. Where it gave neither and no checksum is known either, everything is fetched again,
    since two halves that do not belong together could not be told.

    Parameters
    ----------
    url : str
        Address, http or https.
    path : Path
        Where it will lie. Its folder is made.
    sha256 : str
        Checksum it must have, hexadecimal; empty if none is known.
    patience : Patience, optional
        With bad connections.
    progress : Progress, optional
        Is told how far it is.

    Raises
    ------
    DiskError
        If it does not fit on the disk, or the folder cannot be written to.
    FetchError
        If it cannot be fetched. What has come is kept for the next time, except after a wrong
        checksum, when nothing is.
    """
    check_url(url)
    shown = progress or Silence()
    part = PartialFile(path)
    try:
        if not _may_go_on(part, url, sha256) or not _is_whole(part):
            _fetch(part, url, sha256, patience or Patience(), shown)
        found = Downloaded(part.sha256, part.size)
        if sha256 and found.sha256 != sha256.lower():
            part.discard()
            raise FetchError(
                f"{url}: its SHA-256 is {found.sha256}, must be {sha256.lower()}; nothing was kept"
            )
        part.finish()
    finally:
        part.close()
        shown.end()
    return found


def _fetch(
    part: PartialFile, url: str, sha256: str, patience: Patience, progress: Progress
) -> None:
    in_vain, refused, furthest = 0, 0, part.size
    while True:
        try:
            _fetch_once(part, url, sha256, patience.timeout, progress)
            return
        except RangeRefused:
            refused += 1
            if refused > 1:
                raise FetchError(f"{url}: the server sends other bytes than asked for") from None
            part.restart(Origin(url, "", None))
        except Interrupted as fault:
            in_vain = 1 if part.size > furthest else in_vain + 1
            furthest = max(furthest, part.size)
            if in_vain >= patience.attempts:
                kept = _kept(part) if _may_go_on(part, url, sha256) else ""
                raise FetchError(f"{url}: {fault}; given up after {in_vain} tries{kept}") from None
            wait = patience.first_wait * 2 ** (in_vain - 1)
            progress.note(f"{fault}; trying again in {wait:g} s")
            time.sleep(wait)


def _fetch_once(
    part: PartialFile, url: str, sha256: str, timeout: float, progress: Progress
) -> None:
    first = part.size if _may_go_on(part, url, sha256) else 0
    transfer = Transfer(url, first, part.origin, timeout)
    try:
        if not transfer.first or not _same_file(part.origin, transfer.origin):
            if transfer.first:
                # The rest of a file that has changed in the meantime.
                raise RangeRefused
            part.restart(transfer.origin)
        _check_space(part, transfer.origin.size)
        progress.begin("fetching", part.size, transfer.origin.size)
        for page in transfer.pages():
            part.write(page)
            progress.advance(len(page))
    finally:
        transfer.close()


def _may_go_on(part: PartialFile, url: str, sha256: str) -> bool:
    """Tell whether what is there can be trusted to be the beginning of what will come."""
    origin = part.origin
    if origin is None or not part.size or _address(origin.url) != _address(url):
        return False
    return bool(origin.validator or sha256) and (origin.size is None or part.size <= origin.size)


def _is_whole(part: PartialFile) -> bool:
    return part.origin is not None and part.origin.size == part.size


def _same_file(known: Origin | None, sent: Origin) -> bool:
    if known is None:
        return False
    if known.validator and sent.validator and known.validator != sent.validator:
        return False
    return known.size is None or sent.size is None or known.size == sent.size


def _address(url: str) -> str:
    # What follows the question mark is often a permit that is another one each time.
    return url.partition("#")[0].partition("?")[0]


def _kept(part: PartialFile) -> str:
    return f"; {in_words(part.size)} are kept, and the same command goes on from there"


def _check_space(part: PartialFile, size: int | None) -> None:
    free = shutil.disk_usage(part.folder).free
    if size is not None and size - part.size > free:
        raise DiskError(
            f"{part.folder}: only {in_words(free)} are free, but {in_words(size - part.size)} "
            "more are needed"
        )
