# SPDX-License-Identifier: Apache-2.0
"""The files of a rosbag2 bag as one sequence of messages."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rosbags.interfaces import MessageDefinitionFormat
from rosbags.rosbag2 import Reader
from rosbags.typesys.store import Typestore

from semg_driver.recordings.message_types import installed_types, recorded_types
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.unfinished_mcap import McapSchema, UnfinishedMcap
from semg_node.strict_yaml import YamlError, YamlRefused, read_yaml

# A line per file and topic: long recordings are split into many.
_LARGEST_METADATA = 2**22
ENDINGS = (".mcap", ".db3")
ENCODINGS = {MessageDefinitionFormat.MSG: "ros2msg", MessageDefinitionFormat.IDL: "ros2idl"}


@dataclass(frozen=True)
class RawMessage:
    """A serialised message of a bag; `read` turns it into an object."""

    topic: str
    type_name: str
    data: bytes | memoryview
    read: Callable[[], Any]


class BagFiles:
    """Reads a bag of any age and in any state.

    Parameters
    ----------
    path : Path
        Folder, or one file out of it.

    Attributes
    ----------
    topics : dict of str to str
        Message type of each topic.
    notes : tuple of str
        Which files were cut off.

    Raises
    ------
    RecordingError
        If there is nothing to read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stores: dict[str, Typestore] = {}
        self._restored: TemporaryDirectory[str] | None = None
        self._cut_off: list[str] = []
        self._sources: list[Path] = [self._restore(source) for source in _sources(path)]
        self._unfinished: set[Path] = set()
        self.topics: dict[str, str] = {}
        for source in self._sources:
            self._look_into(source)
        self.notes = tuple(
            f"{name} was cut off while it was written; it is read up to there"
            for name in self._cut_off
        )

    def close(self) -> None:
        """Remove what had to be restored. May be called more than once."""
        if self._restored is not None:
            self._restored.cleanup()

    def messages(self, topics: set[str]) -> Iterator[RawMessage]:
        """Go through the messages on `topics` in recorded order.

        Raises
        ------
        RecordingError
            If a file is damaged.
        """
        for source in self._sources:
            if source in self._unfinished:
                yield from self._from_unfinished(source, topics)
            else:
                yield from self._from_finished(source, topics)

    def _restore(self, source: Path) -> Path:
        """Return a database with what a killed recorder had left in its write-ahead log.

        rosbags reads the database alone, and the recording itself is not to be changed.
        """
        log = source.with_name(f"{source.name}-wal")
        if source.suffix != ".db3" or not log.is_file() or log.stat().st_size == 0:
            return source
        self._cut_off.append(source.name)
        if self._restored is None:
            self._restored = TemporaryDirectory(prefix="bag-")
        folder = Path(self._restored.name)
        try:
            copy = Path(shutil.copy(source, folder))
            shutil.copy(log, folder)
            with closing(sqlite3.connect(copy)) as database:
                database.execute("PRAGMA journal_mode=DELETE")
        except (OSError, sqlite3.Error) as error:
            raise RecordingError(f"{source}: damaged bag: {_line(error)}") from None
        return copy

    def _look_into(self, source: Path) -> None:
        try:
            with Reader(source) as reader:
                for connection in reader.connections:
                    self.topics[connection.topic] = connection.msgtype
                return
        except Exception as error:  # rosbags checks little: a damaged file can raise anything
            if source.suffix != ".mcap" or not _is_mcap(source):
                raise RecordingError(f"{source}: damaged bag: {_line(error)}") from None
        self._unfinished.add(source)
        self._cut_off.append(source.name)
        for message in UnfinishedMcap(source).messages():
            if message.schema is not None:
                self.topics[message.topic] = message.schema.name

    def _from_finished(self, source: Path, topics: set[str]) -> Iterator[RawMessage]:
        try:
            with Reader(source) as reader:
                wanted = [c for c in reader.connections if c.topic in topics]
                if not wanted:
                    return
                for connection, _, data in reader.messages(wanted):
                    definition = connection.msgdef
                    schema = McapSchema(
                        connection.msgtype, ENCODINGS.get(definition.format, ""), definition.data
                    )
                    yield self._message(connection.topic, schema, data)
        except RecordingError:
            raise
        except Exception as error:
            raise RecordingError(f"{source}: damaged bag: {_line(error)}") from None

    def _from_unfinished(self, source: Path, topics: set[str]) -> Iterator[RawMessage]:
        for message in UnfinishedMcap(source).messages():
            if message.topic in topics and message.schema is not None:
                yield self._message(message.topic, message.schema, message.data)

    def _message(self, topic: str, schema: McapSchema, data: bytes) -> RawMessage:
        return RawMessage(topic, schema.name, data, lambda: self._deserialise(schema, data))

    def _deserialise(self, schema: McapSchema, data: bytes) -> Any:
        store = self._stores.get(schema.name)
        if store is None:
            store = self._stores[schema.name] = self._types(schema)
        try:
            return store.deserialize_cdr(data, schema.name)
        except Exception as error:  # generated code: a wrong length can raise anything
            raise RecordingError(
                f"{self._path}: a message of type {schema.name} is damaged: {_line(error)}"
            ) from None

    def _types(self, schema: McapSchema) -> Typestore:
        try:
            if schema.encoding:
                return recorded_types(schema.definition, schema.name, schema.encoding)
            return installed_types((schema.name,))
        except FileNotFoundError as error:
            raise RecordingError(
                f"{self._path}: the bag does not define {schema.name}, and {error}"
            ) from None
        except Exception as error:
            raise RecordingError(
                f"{self._path}: the definition of {schema.name} cannot be read: {_line(error)}"
            ) from None


def _sources(path: Path) -> list[Path]:
    """Return what rosbags is to open: files one by one, as metadata may be missing or behind."""
    if not path.is_dir():
        if path.stat().st_size == 0:
            raise RecordingError(f"{path}: the file is empty")
        return [path]
    if _is_compressed(path):
        return [path]
    files = [file for file in path.iterdir() if file.suffix in ENDINGS and file.is_file()]
    filled = [file for file in files if file.stat().st_size > 0]
    if not filled:
        what = "only empty files" if files else "no .mcap or .db3 file"
        raise RecordingError(f"{path}: the folder holds no bag: {what}")
    return sorted(filled, key=_number_aware)


def _is_compressed(folder: Path) -> bool:
    """Tell whether a bag was compressed by rosbag2 itself, which only its metadata says."""
    try:
        content: Any = read_yaml(folder / "metadata.yaml", _LARGEST_METADATA).plain()
        mode = content["rosbag2_bagfile_information"].get("compression_mode") or "none"
    except YamlRefused as error:
        # No recorder writes such a file, and rosbags would read it all the same.
        raise RecordingError(str(error)) from None
    except (YamlError, KeyError, TypeError, AttributeError):
        return False
    return str(mode).lower() != "none"


def _is_mcap(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8) == b"\x89MCAP0\r\n"


def _number_aware(path: Path) -> list[tuple[int, str]]:
    # bag_2.mcap comes before bag_10.mcap.
    return [(int(p), "") if p.isdigit() else (-1, p) for p in re.split(r"(\d+)", path.name)]


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
