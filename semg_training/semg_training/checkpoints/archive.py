# SPDX-License-Identifier: Apache-2.0
"""The zip archive that torch.save writes: one pickle, and the bytes of every storage."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from types import TracebackType

from semg_training.checkpoints.refusal import CheckpointRefused, shown

PICKLE = "data.pkl"
_LARGEST_PICKLE = 8 * 2**20
_BYTE_ORDERS = {b"little": "<", b"big": ">"}


class CheckpointArchive:
    """A checkpoint file, opened for reading; nothing is ever extracted.

    Parameters
    ----------
    path : Path
        File to read.

    Attributes
    ----------
    path : Path
        As given.
    byte_order : str
        ``<`` or ``>``, of all storages.

    Raises
    ------
    CheckpointRefused
        From every method, if the file is no archive of torch.save, is cut off or damaged, has
        entries that point outside of it, or unpacks to more than it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise CheckpointRefused(f"{path}: no such file") from None
        except OSError as error:
            raise CheckpointRefused(f"{path}: cannot be read: {error.strerror}") from None
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise CheckpointRefused(
                f"{path}: no zip archive, or one that was cut off; must be a checkpoint as "
                f"torch.save writes it"
            ) from None
        try:
            self._entries = self._checked_entries()
            self._top = self._folder()
            self.byte_order = self._byte_order()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> CheckpointArchive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def pickle(self) -> bytes:
        """Return the pickle."""
        name = f"{self._top}/{PICKLE}"
        size = self._entry(name).file_size
        if size > _LARGEST_PICKLE:
            raise self._refused(
                f"entry '{shown(name)}' has {size} bytes, must be at most {_LARGEST_PICKLE}"
            )
        return self._read(name)

    def storage_size(self, key: str) -> int:
        """Return how many bytes a storage holds."""
        return self._entry(f"{self._top}/data/{key}").file_size

    def storage(self, key: str) -> bytes:
        """Return the bytes of a storage."""
        return self._read(f"{self._top}/data/{key}")

    def _checked_entries(self) -> dict[str, zipfile.ZipInfo]:
        entries: dict[str, zipfile.ZipInfo] = {}
        for entry in self._zip.infolist():
            # `filename` is already cut at a NUL, and has other separators replaced.
            name = entry.orig_filename
            if re.search(r"^[/\\]|^\w:|\\|\0|(^|/)\.\.(/|$)", name):
                raise self._refused(f"entry '{shown(name)}' points outside of the archive")
            if name in entries:
                raise self._refused(f"entry '{shown(name)}' is there twice")
            entries[name] = entry
        # torch.save packs nothing, so that all it wrote is in the file as often as it is read.
        content = sum(entry.file_size for entry in entries.values())
        size = self.path.stat().st_size
        if content > size:
            raise self._refused(
                f"unpacks to {content} bytes, more than its own {size}; must be a checkpoint as "
                f"torch.save writes it, which packs nothing"
            )
        return entries

    def _folder(self) -> str:
        """Return the name of the one folder that everything is in."""
        folders = [n.removesuffix(f"/{PICKLE}") for n in self._entries if n.endswith(f"/{PICKLE}")]
        if len(folders) != 1:
            found = "no" if not folders else "more than one"
            raise self._refused(f"{found} {PICKLE} inside; must be one, as torch.save writes it")
        return folders[0]

    def _byte_order(self) -> str:
        name = f"{self._top}/byteorder"
        if name not in self._entries:
            return "<"
        content = self._read(name).strip()
        if content not in _BYTE_ORDERS:
            raise self._refused(f"byteorder: {shown(content)}, must be little or big")
        return _BYTE_ORDERS[content]

    def _entry(self, name: str) -> zipfile.ZipInfo:
        if name not in self._entries:
            raise self._refused(f"entry '{shown(name)}' is missing")
        return self._entries[name]

    def _read(self, name: str) -> bytes:
        entry = self._entry(name)
        try:
            return self._zip.read(entry)
        except Exception as error:  # zipfile raises whatever its decompressors do
            raise self._refused(f"entry '{shown(name)}' is damaged: {shown(error)}") from None

    def _refused(self, reason: str) -> CheckpointRefused:
        return CheckpointRefused(f"{self.path}: {reason}")
