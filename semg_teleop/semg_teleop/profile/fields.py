# SPDX-License-Identifier: Apache-2.0
"""Takes a mapping of a profile apart so that nothing in it goes unread or unchecked."""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection

from semg_node.shown import shown
from semg_node.strict_yaml import YamlEntry, YamlList, YamlMap, YamlScalar, YamlValue


class ProfileError(ValueError):
    """A profile cannot be used. One line says which file and line, what, and what would fit."""


def nearest(name: str, known: Collection[str]) -> str:
    """Return the question whether one of `known` was meant, or nothing if none is close."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


class Fields:
    """A mapping whose keys are known and whose values are checked for type and range.

    Parameters
    ----------
    value : YamlMap, YamlList or YamlScalar
        What stands in the file; must be a mapping.
    file : str
        The file, for messages.
    place : str
        Name of this mapping in the file, for messages; empty for the whole.

    Attributes
    ----------
    place : str
        As above.
    line : int
        Where the mapping begins.

    Raises
    ------
    ProfileError
        From every method, if something is missing or does not fit.
    """

    def __init__(self, value: YamlValue, file: str, place: str = "") -> None:
        self._file = file
        self.place = place
        self.line = value.line
        if not isinstance(value, YamlMap):
            name = place or "the content"
            raise self.error(value.line, f"{name} must be a mapping of names to values")
        self._entries: dict[str, YamlEntry] = {}
        for entry in value.entries:
            if not isinstance(entry.key.value, str):
                said = f"{self._name(entry.key.value)}: a name must be a text, so put it in quotes"
                raise self.error(entry.key.line, said)
            self._entries[entry.key.value] = entry

    def error(self, line: int, said: str) -> ProfileError:
        """Return the error that says something of a line."""
        return ProfileError(f"{self._file}, line {line}: {said}")

    def wrong(self, key: str, said: str) -> ProfileError:
        """Return the error that says something of a key."""
        return self.error(self.line_of(key), f"{self._name(key)}: {said}")

    def line_of(self, key: str) -> int:
        """Return the line of a key, or of the mapping if it is not there."""
        return self._entries[key].key.line if key in self._entries else self.line

    def has(self, key: str) -> bool:
        """Say whether the key is there."""
        return key in self._entries

    def only(self, *known: str) -> None:
        """Refuse keys other than these."""
        for key in self._entries:
            if key not in known:
                absent = [name for name in known if name not in self._entries]
                hint = nearest(key, absent) or f"; there are: {', '.join(known)}"
                raise self.wrong(key, f"unknown key{hint}")

    def names(self) -> tuple[str, ...]:
        """Return the keys."""
        return tuple(self._entries)

    def take(self, key: str) -> YamlValue:
        """Return what stands under a key that has to be there."""
        if key not in self._entries:
            raise self.error(self.line, f"{self._name(key)} is missing")
        return self._entries[key].value

    def inner(self, key: str) -> Fields:
        """Return the mapping under a key, to be read as strictly."""
        return Fields(self.take(key), self._file, self._name(key))

    def items(self, key: str, default: bool = False) -> tuple[Fields, ...]:
        """Return the list of mappings under a key; with `default` it may be absent."""
        if self._absent(key, default):
            return ()
        value = self.take(key)
        if not isinstance(value, YamlList):
            raise self.wrong(key, "must be a list")
        name = self._name(key)
        return tuple(Fields(item, self._file, f"{name}[{i}]") for i, item in enumerate(value.items))

    def text(
        self, key: str, default: str | None = None, choices: Collection[str] = (), what: str = ""
    ) -> str:
        """Return a text that is not empty, one of `choices`, called `what`, if there are any."""
        if self._absent(key, default is not None):
            return default or ""
        value = self.take(key)
        text = self._text(key, value)
        if choices and text not in choices:
            raise self.wrong(key, self._unknown(text, choices, what))
        return text

    def texts(
        self, key: str, choices: Collection[str] = (), what: str = "", default: bool = False
    ) -> tuple[str, ...]:
        """Return a list of texts, each of `choices` if there are any; it may be empty."""
        if self._absent(key, default):
            return ()
        value = self.take(key)
        if not isinstance(value, YamlList):
            raise self.wrong(key, "must be a list, such as [a, b]")
        found = []
        for item in value.items:
            text = self._text(key, item)
            if choices and text not in choices:
                name = self._name(key)
                raise self.error(item.line, f"{name}: {self._unknown(text, choices, what)}")
            found.append(text)
        return tuple(found)

    def number(
        self,
        key: str,
        default: float | None = None,
        *,
        least: float = -math.inf,
        most: float = math.inf,
        above: float | None = None,
        below: float | None = None,
    ) -> float:
        """Return a finite number from `least` to `most`, `above` and `below` two others."""
        if self._absent(key, default is not None):
            return default or 0.0
        value = self.take(key)
        found = value.value if isinstance(value, YamlScalar) else None
        wanted = _range(least, most, above, below)
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise self.wrong(key, f"{_written(value)}, must be {wanted}{_as_number(found)}")
        number = float(found)
        fits = (
            math.isfinite(number)
            and least <= number <= most
            and (above is None or number > above)
            and (below is None or number < below)
        )
        if not fits:
            raise self.wrong(key, f"{found}, must be {wanted}")
        return number

    def integer(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """Return an integer from `least` to `most`."""
        if self._absent(key, default is not None):
            return default or 0
        value = self.take(key)
        found = value.value if isinstance(value, YamlScalar) else None
        if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
            said = f"{_written(value)}, must be an integer from {least} to {most}"
            raise self.wrong(key, said)
        return found

    def must_be_true(self, key: str) -> None:
        """Take a key that says nothing beyond being there."""
        value = self.take(key)
        if not isinstance(value, YamlScalar) or value.value is not True:
            raise self.wrong(key, f"{_written(value)}, must be true")

    def _absent(self, key: str, has_default: bool) -> bool:
        return has_default and key not in self._entries

    def _name(self, key: object) -> str:
        return f"{self.place}.{shown(key)}" if self.place else shown(key)

    def _text(self, key: str, value: YamlValue) -> str:
        found = value.value if isinstance(value, YamlScalar) else None
        if not isinstance(found, str):
            said = f"{self._name(key)}: {_written(value)}, must be a text"
            quotes = ", so put it in quotes" if isinstance(found, bool | int | float) else ""
            raise self.error(value.line, said + quotes)
        if not found.strip():
            raise self.error(value.line, f"{self._name(key)}: '', must be a text")
        return found

    @staticmethod
    def _unknown(text: str, choices: Collection[str], what: str) -> str:
        said = f"'{shown(text)}' is no {what}" if what else f"'{shown(text)}'"
        return f"{said}, must be one of {', '.join(choices)}{nearest(text, choices)}"


def _written(value: YamlValue) -> str:
    if isinstance(value, YamlList):
        return "a list"
    if isinstance(value, YamlMap):
        return "a mapping"
    if isinstance(value.value, str):
        return f"'{shown(value.value)}'"
    if value.value is None:
        return "nothing"
    return str(value.value).lower() if isinstance(value.value, bool) else str(value.value)


def _as_number(found: object) -> str:
    """Say how YAML wants a number that it took for a text, as it does ``1e-3``."""
    try:
        number = float(found) if isinstance(found, str) else math.nan
    except ValueError:
        return ""
    return f"; write {number:f}".rstrip("0") if math.isfinite(number) else ""


def _range(least: float, most: float, above: float | None, below: float | None) -> str:
    parts = []
    if above is not None:
        parts.append(f"above {above:g}")
    if below is not None:
        parts.append(f"below {below:g}")
    if math.isfinite(least):
        parts.append(f"at least {least:g}")
    if math.isfinite(most):
        parts.append(f"at most {most:g}")
    return " ".join(["a finite number", " and ".join(parts)]).strip()
