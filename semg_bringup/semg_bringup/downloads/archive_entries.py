# SPDX-License-Identifier: Apache-2.0
"""What lies in an archive, entry by entry, without trusting it."""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from semg_bringup.downloads.fault import FetchError

DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    ValueError,
    RuntimeError,
    OverflowError,
    gzip.BadGzipFile,
)
"""What the readers raise at a file that is cut off or damaged. Some also raise a bare OSError."""

KINDS = "a zip or a tar archive, plain or packed by gzip, bzip2 or xz"
_ENCRYPTED = 1
_BLOCK = 512
_LARGEST_HEADER = 2**20
_PACKED: dict[bytes, Callable[[Path], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True)
class Entry:
    """A file or folder in an archive.

    Attributes
    ----------
    name : str
        As the archive has it; may be anything.
    is_folder : bool
        Whether it is a folder.
    refusal : str
        Why it must not be unpacked, such as ``is a link``; empty if its kind is harmless.
    size : int
        Bytes, as the archive claims.
    open : callable
        Returns its content to read.
    """

    name: str
    is_folder: bool
    refusal: str
    size: int
    open: Callable[[], IO[bytes]]


def entries(path: Path, most: int) -> Iterator[Entry]:
    """Yield the entries of an archive in its order; each must be read before the next.

    Parameters
    ----------
    path : Path
        A zip file, or a tar file, plain or packed.
    most : int
        Bytes that a tar archive may unpack to, headers and all.

    Raises
    ------
    FetchError
        If it is no archive, or is larger than `most`.
    OSError
        As `DAMAGE`, if it is cut off or damaged. It is sure to be whole only after the last entry.
    """
    with path.open("rb") as file:
        begin = file.read(_BLOCK)
    if begin.startswith(_ZIP):
        yield from _zip_entries(path)
        return
    for magic, unpacked in _PACKED.items():
        if begin.startswith(magic):
            with unpacked(path) as plain:
                yield from _tar_entries(path, plain, most)
            return
    if begin[257:262] != b"ustar":
        raise FetchError(f"{path}: must be {KINDS}, but begins with {begin[:16]!r}")
    with path.open("rb") as plain:
        yield from _tar_entries(path, plain, most)


def _zip_entries(path: Path) -> Iterator[Entry]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            refusal = ""
            if kind == stat.S_IFLNK:
                refusal = "is a link"
            elif kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                refusal = "is neither a file nor a folder"
            elif info.flag_bits & _ENCRYPTED:
                refusal = "is encrypted"
            # The unchanged name: zipfile has cut or rewritten the other to make it harmless.
            yield Entry(
                info.orig_filename,
                info.orig_filename.endswith("/"),
                refusal,
                info.file_size,
                partial(archive.open, info),
            )


def _tar_entries(path: Path, plain: IO[bytes], most: int) -> Iterator[Entry]:
    bounded = _Bounded(path, plain, most)
    with tarfile.open(fileobj=cast("IO[bytes]", bounded), mode="r:") as archive:
        for member in archive:
            refusal = ""
            if member.issym() or member.islnk():
                refusal = f"is a link to '{member.linkname}'"
            elif not (member.isfile() or member.isdir()):
                refusal = "is neither a file nor a folder"
            elif member.size < 0:
                refusal = f"claims to have {member.size} bytes"
            yield Entry(
                member.name,
                member.isdir(),
                refusal,
                member.size,
                partial(_content, archive, member),
            )
        # tarfile ends silently at anything that is no header; a whole archive ends with zeros.
        bounded.seek(archive.offset)
        if bounded.read(_BLOCK) != bytes(_BLOCK):
            raise EOFError
        # Reading on to the end makes a packed file compare its checksum.
        while bounded.read(_LARGEST_HEADER):
            pass


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(member)
    assert content is not None  # which it only is for what is no file
    return content


class _Bounded:
    """A stream to read that refuses to become endless, or to be read in one enormous piece."""

    def __init__(self, path: Path, stream: IO[bytes], most: int) -> None:
        self._path = path
        self._stream = stream
        self._most = most

    def read(self, size: int) -> bytes:
        if not 0 <= size <= _LARGEST_HEADER:
            raise FetchError(f"{self._path}: holds a header of {size} bytes")
        data = self._stream.read(size)
        if self._stream.tell() > self._most:
            raise too_large(self._path, self._most)
        return data

    def seek(self, position: int) -> int:
        if position > self._most:
            raise too_large(self._path, self._most)
        return self._stream.seek(position)

    def tell(self) -> int:
        return self._stream.tell()


def too_large(path: Path, most: int) -> FetchError:
    """Return the refusal of an archive that unpacks to more than `most` bytes."""
    return FetchError(
        f"{path}: unpacks to more than {most} bytes, far more than its own size lets expect"
    )
