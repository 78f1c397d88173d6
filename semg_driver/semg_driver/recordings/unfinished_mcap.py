# SPDX-License-Identifier: Apache-2.0
"""MCAP files whose writer never came to write the index.

That is what a killed recorder or a full disk leaves. The records up to the cut are whole, and
are read one after another; of a compressed chunk that was cut, as much as can be unpacked.
Layout: https://mcap.dev/spec.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAGIC = b"\x89MCAP0\r\n"
SCHEMA, CHANNEL, MESSAGE, CHUNK, DATA_END = 0x03, 0x04, 0x05, 0x06, 0x0F


@dataclass(frozen=True)
class McapSchema:
    """A message type and its definition; `encoding` is ``ros2msg`` or ``ros2idl``."""

    name: str
    encoding: str
    definition: str


@dataclass(frozen=True)
class McapMessage:
    """A message as it lies in the file; `schema` is None if its channel names none."""

    topic: str
    schema: McapSchema | None
    log_time: int
    data: bytes


class UnfinishedMcap:
    """Reads an MCAP file from its beginning up to where it was cut off.

    Parameters
    ----------
    path : Path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._schemas: dict[int, McapSchema] = {}
        self._channels: dict[int, tuple[str, int]] = {}

    def messages(self) -> Iterator[McapMessage]:
        """Go through the messages in the order in which they were written."""
        with self._path.open("rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                yield from self._records(file)

    def _records(self, file: BinaryIO) -> Iterator[McapMessage]:
        while len(head := file.read(9)) == 9:
            kind, size = struct.unpack("<BQ", head)
            if kind == DATA_END or kind == 0:  # 0: space that was set aside, never written
                return
            try:
                if kind == CHUNK:
                    yield from self._records(BytesIO(_unpack(file, size)))
                    continue
                content = _read(file, size)
                if kind == SCHEMA:
                    self._add_schema(content)
                elif kind == CHANNEL:
                    self._add_channel(content)
                elif kind == MESSAGE:
                    message = self._message(content)
                    if message is not None:
                        yield message
            except (EOFError, struct.error, UnicodeDecodeError):
                return

    def _add_schema(self, content: bytes) -> None:
        (key,) = struct.unpack_from("<H", content)
        name, at = _text(content, 2)
        encoding, at = _text(content, at)
        definition, _ = _text(content, at)
        self._schemas[key] = McapSchema(name, encoding, definition)

    def _add_channel(self, content: bytes) -> None:
        key, schema = struct.unpack_from("<HH", content)
        topic, _ = _text(content, 4)
        self._channels[key] = (topic, schema)

    def _message(self, content: bytes) -> McapMessage | None:
        channel, _, log_time, _ = struct.unpack_from("<HIQQ", content)
        if channel not in self._channels:
            return None
        topic, schema = self._channels[channel]
        return McapMessage(topic, self._schemas.get(schema), log_time, content[22:])


def _read(file: BinaryIO, size: int) -> bytes:
    # In steps, as a damaged size may claim more than there is memory for.
    parts: list[bytes] = []
    while size > 0:
        part = file.read(min(size, 2**20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _unpack(file: BinaryIO, size: int) -> bytes:
    """Return the records in a chunk, or those of them that are there."""
    _read(file, 28)  # start and end time, unpacked size, checksum
    (length,) = struct.unpack("<I", _read(file, 4))
    if length > 64:
        raise EOFError
    compression = _read(file, length).decode("ascii")
    (packed_size,) = struct.unpack("<Q", _read(file, 8))
    packed = bytearray()
    while len(packed) < packed_size and (part := file.read(min(packed_size - len(packed), 2**20))):
        packed += part
    if len(packed) == packed_size:
        _read(file, max(size - 40 - length - packed_size, 0))
    if not compression:
        return bytes(packed)
    unpacker: Any = _unpacker(compression)
    records = bytearray()
    try:
        # In small pieces: what was unpacked before the cut is kept.
        for at in range(0, len(packed), 4096):
            records += unpacker.decompress(bytes(packed[at : at + 4096]))
    except (zstd.ZstdError, RuntimeError, EOFError):
        pass
    return bytes(records)


def _unpacker(compression: str) -> Any:
    if compression == "zstd":
        return zstd.ZstdDecompressor()
    if compression == "lz4":
        from lz4.frame import LZ4FrameDecompressor  # type: ignore[import-untyped]

        return LZ4FrameDecompressor()
    raise EOFError


def _text(content: bytes, at: int) -> tuple[str, int]:
    (size,) = struct.unpack_from("<I", content, at)
    if at + 4 + size > len(content):
        raise EOFError
    return content[at + 4 : at + 4 + size].decode("utf-8"), at + 4 + size
