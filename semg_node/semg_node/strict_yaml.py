# SPDX-License-Identifier: Apache-2.0
"""Reads the YAML that people write: plain values only, each with the line it stands in.

What a few lines could use to stand for no end of them (aliases, nesting), or to mean something
else than they seem to (a key twice, tags), is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.composer import ComposerError
from yaml.reader import ReaderError

from semg_node.shown import shown

_DEEPEST = 32
_LARGEST = 2**20
_LONGEST_INTEGER = 20
_LONGEST_FLOAT = 64
_TAG = "tag:yaml.org,2002:"
_AS_WRITTEN = {f"{_TAG}str", f"{_TAG}timestamp", f"{_TAG}value"}
_CONVERTED = {f"{_TAG}null", f"{_TAG}bool", f"{_TAG}int", f"{_TAG}float"}

PlainScalar = str | int | float | bool | None


class YamlError(ValueError):
    """A file cannot be read. One line says which file, where in it, and what is wrong."""


class YamlRefused(YamlError):
    """A file is YAML, but of a kind that is not read: aliases, tags, deep nesting."""


@dataclass(frozen=True)
class YamlScalar:
    """A text, a number, true, false or nothing.

    Attributes
    ----------
    value : str, int, float, bool or None
        What it stands for.
    line : int
        Counted from 1.
    """

    value: PlainScalar
    line: int

    def plain(self) -> PlainScalar:
        """Return the value."""
        return self.value


@dataclass(frozen=True)
class YamlList:
    """A list.

    Attributes
    ----------
    items : tuple of YamlScalar, YamlList or YamlMap
        In order.
    line : int
        Where it begins, counted from 1.
    """

    items: tuple[YamlValue, ...]
    line: int

    def plain(self) -> list[object]:
        """Return the values without their lines."""
        return [item.plain() for item in self.items]


@dataclass(frozen=True)
class YamlEntry:
    """A key and its value."""

    key: YamlScalar
    value: YamlValue


@dataclass(frozen=True)
class YamlMap:
    """A mapping whose keys differ.

    Attributes
    ----------
    entries : tuple of YamlEntry
        In the order they are written.
    line : int
        Where it begins, counted from 1.
    """

    entries: tuple[YamlEntry, ...]
    line: int

    def plain(self) -> dict[PlainScalar, object]:
        """Return keys and values without their lines."""
        return {entry.key.value: entry.value.plain() for entry in self.entries}


YamlValue = YamlScalar | YamlList | YamlMap


def read_yaml(path: Path, largest: int = _LARGEST) -> YamlValue:
    """Read a file; nothing in it is run.

    Parameters
    ----------
    path : Path
        The file, in UTF-8.
    largest : int
        Number of bytes above which it is refused unread.

    Raises
    ------
    YamlError
        If it cannot be read or is no YAML.
    YamlRefused
        If it holds more than plain lists, mappings with keys that differ, and plain values.
    """
    try:
        size = path.stat().st_size
        if size > largest:
            raise YamlRefused(f"{path}: {size} bytes, must be at most {largest}")
        content = path.read_bytes()
    except FileNotFoundError:
        raise YamlError(f"{path}: no such file") from None
    except OSError as error:
        raise YamlError(f"{path}: cannot be read: {error.strerror}") from None
    return parse_yaml(content, str(path))


def parse_yaml(content: bytes, where: str) -> YamlValue:
    """Read the content of a file as `read_yaml` does.

    Parameters
    ----------
    content : bytes
        YAML in UTF-8.
    where : str
        The file, for messages.

    Raises
    ------
    YamlError, YamlRefused
        As `read_yaml`.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _error(where, line, "not UTF-8") from None
    return _Reader(text, where).value()


def _error(where: str, line: int, said: object) -> YamlError:
    return YamlError(f"{where}, line {line}: not valid YAML: {shown(said)}")


class _Composer(yaml.SafeLoader):
    """Turns text into nodes, without those that stand for others and not too deep."""

    def __init__(self, text: str) -> None:
        self.depth = 0
        super().__init__(text)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        # Aliases of aliases double at every line, and may hold themselves.
        if self.check_event(yaml.AliasEvent):
            event = self.get_event()
            said = f"found alias '*{event.anchor}', must be written out"
            raise _Excess(None, None, said, event.start_mark)
        if self.depth > _DEEPEST:
            event = self.peek_event()
            said = f"nested deeper than {_DEEPEST} levels"
            raise _Excess(None, None, said, event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Excess(ComposerError):
    """What is YAML but not read."""


class _Reader:
    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where

    def value(self) -> YamlValue:
        """Return the one value of the text."""
        try:
            self._composer = _Composer(self._text)
            node = self._composer.get_single_node()
        except ReaderError as error:
            line = self._text.count("\n", 0, error.position) + 1
            raise _error(self._where, line, f"{error.reason}: {error.character!r}") from None
        except _Excess as error:
            raise self._refuse(error.problem_mark, error.problem) from None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise _error(self._where, _line(mark), error.problem or error.context) from None
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            # Scanner bugs, such as an escape that stands for no character.
            raise YamlError(f"{self._where}: not valid YAML: {shown(error)}") from None
        return YamlScalar(None, 1) if node is None else self._wrapped(node)

    def _refuse(self, mark: yaml.Mark | None, said: object) -> YamlRefused:
        return YamlRefused(f"{self._where}, line {_line(mark)}: not valid YAML: {shown(said)}")

    def _wrapped(self, node: yaml.Node) -> YamlValue:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return YamlList(tuple(self._wrapped(item) for item in node.value), _line_of(node))
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return YamlMap(tuple(self._entries(node)), _line_of(node))
        raise self._refuse(node.start_mark, f"found tag '{node.tag}', must be plain values")

    def _entries(self, node: yaml.MappingNode) -> Iterator[YamlEntry]:
        lines: dict[PlainScalar, int] = {}
        for key_node, value in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                said = "found a list or mapping as a key, must be a text"
                raise self._refuse(key_node.start_mark, said)
            key = self._scalar(key_node)
            if key.value in lines:
                said = f"'{key.value}' is already in line {lines[key.value]}"
                raise self._refuse(key_node.start_mark, said)
            lines[key.value] = key.line
            yield YamlEntry(key, self._wrapped(value))

    def _scalar(self, node: yaml.ScalarNode) -> YamlScalar:
        line = _line_of(node)
        if node.tag in _AS_WRITTEN:
            return YamlScalar(node.value, line)
        if node.tag not in _CONVERTED:
            raise self._refuse(node.start_mark, f"found tag '{node.tag}', must be plain values")
        kind = node.tag.removeprefix(_TAG)
        longest = {"int": _LONGEST_INTEGER, "float": _LONGEST_FLOAT}.get(kind)
        if longest is not None and len(node.value) > longest:
            what = "an integer" if kind == "int" else "a number"
            raise self._refuse(node.start_mark, f"found {what} of no sensible size")
        try:
            return YamlScalar(self._composer.construct_object(node), line)
        except (ValueError, KeyError, IndexError, OverflowError):
            raise _error(self._where, line, f"'{node.value}' is no {kind}") from None


def _line(mark: yaml.Mark | None) -> int:
    return 1 if mark is None else mark.line + 1


def _line_of(node: yaml.Node) -> int:
    return _line(node.start_mark)
