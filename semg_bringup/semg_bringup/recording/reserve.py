# SPDX-License-Identifier: Apache-2.0
"""A file that can still be ended in good order when the disk is full."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskReserve:
    """Disk space put aside in a file without a name; it goes back even if the process is killed."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        self._size = 0

    def grow(self, size: int) -> None:
        """Put aside at least `size` bytes in all.

        Raises
        ------
        OSError
            If there is not that much.
        """
        if size > self._size and not self._file.closed:
            os.posix_fallocate(self._file.fileno(), 0, size)
            self._size = size

    def release(self) -> None:
        """Give the space back. May be called more than once."""
        self._file.close()


class ReservedFile:
    """Writes to a file; when the disk is full, it goes on with the reserve and says so.

    Parameters
    ----------
    path : Path
        Existing file; writing goes on at its end.
    reserve : DiskReserve
        Space for what still has to be written after the disk is full.
    """

    def __init__(self, path: Path, reserve: DiskReserve) -> None:
        self._file = path.open("r+b", buffering=0)
        self._file.seek(0, os.SEEK_END)
        self._reserve = reserve
        self._whole = self._file.tell()
        self.full = ""

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Write all of `data`.

        Raises
        ------
        OSError
            If not even the reserve was enough; the file then ends at the last `mark`.
        """
        rest = memoryview(data)
        while rest:
            rest = rest[self._write_some(rest) :]
        return len(data)

    def _write_some(self, data: memoryview) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            if error.errno not in _NO_SPACE:
                raise
            if self.full:
                self._file.truncate(self._whole)
                raise
            self.full = os.strerror(error.errno)
            self._reserve.release()
            return 0

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._file.tell()

    def mark(self) -> None:
        """Note that everything up to here is whole."""
        self._whole = self._file.tell()

    def close(self) -> None:
        """Close file and reserve."""
        self._file.close()
        self._reserve.release()
