# SPDX-License-Identifier: Apache-2.0
"""Reads a mapping from a file so that nothing in it goes unread or unchecked."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any


class BundleError(ValueError):
    """A model bundle cannot be used. One line says which file, what is wrong, what would fit."""


class StrictMapping:
    """A mapping whose every key is taken once, with its type and range checked.

    Parameters
    ----------
    values : object
        What was read from the file; must be a mapping.
    where : str
        The file, for messages.
    prefix : str
        Name of this mapping inside the file, for messages.

    Raises
    ------
    BundleError
        From every method, if something is missing or does not fit.
    """

    def __init__(self, values: object, where: str, prefix: str = "") -> None:
        self._where = where
        self._prefix = prefix
        if not isinstance(values, Mapping):
            name = prefix.rstrip(".") or "the content"
            raise BundleError(f"{where}: {name} must be a mapping of names to values")
        self._left: dict[Any, Any] = dict(values)

    def refuse(self, key: str, value: object, wanted: str) -> BundleError:
        """Return the error that says that a value does not fit."""
        return BundleError(f"{self._where}: {self._prefix}{key}: {value!r}, must be {wanted}")

    def finish(self) -> None:
        """Refuse the keys that nobody took."""
        if self._left:
            names = ", ".join(f"{self._prefix}{key}" for key in self._left)
            raise BundleError(f"{self._where}: unknown key: {names}")

    def has(self, key: str) -> bool:
        """Say whether the key is there and was not taken yet."""
        return key in self._left

    def take(self, key: str) -> Any:
        """Return the value of a key that has to be there."""
        if key not in self._left:
            raise BundleError(f"{self._where}: {self._prefix}{key} is missing")
        return self._left.pop(key)

    def text(self, key: str, choices: tuple[str, ...] = ()) -> str:
        """Return a text that is not empty, one of `choices` if there are any."""
        value = self.take(key)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(key, value, "a text")
        if choices and value not in choices:
            raise self.refuse(key, value, ("one of " if choices[1:] else "") + ", ".join(choices))
        return value.strip()

    def name(self, key: str, pattern: str, wanted: str) -> str:
        """Return a text that matches a regular expression, described by `wanted`."""
        value = self.text(key)
        if not re.fullmatch(pattern, value):
            raise self.refuse(key, value, wanted)
        return value

    def integer(self, key: str, minimum: int) -> int:
        """Return an integer that is not below `minimum`."""
        value = self.take(key)
        if not _is_integer(value) or value < minimum:
            raise self.refuse(key, value, f"an integer of at least {minimum}")
        return int(value)

    def number(self, key: str, minimum: float, above: bool = False) -> float:
        """Return a finite number of at least `minimum`, or above it."""
        value = self.take(key)
        if not _is_number(value) or value < minimum or (above and value == minimum):
            relation = "above" if above else "of at least"
            raise self.refuse(key, value, f"a number {relation} {minimum:g}")
        return float(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of different texts, at least one."""
        value = self.take(key)
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(item, str) and item for item in value)
            or len(set(value)) != len(value)
        ):
            raise self.refuse(key, value, "a list of different texts")
        return tuple(value)

    def ranges(self, key: str) -> tuple[tuple[float, float], ...]:
        """Return a list of pairs of numbers, the first of each below the second, at least one."""
        value = self.take(key)
        if not isinstance(value, list) or not value or not all(map(_is_range, value)):
            raise self.refuse(key, value, "a list of pairs [low, high] of numbers, low below high")
        return tuple((float(low), float(high)) for low, high in value)

    def shapes(self, key: str) -> dict[str, tuple[int, ...]]:
        """Return a mapping of names to lists of positive integers; it may be empty."""
        value = self.take(key)
        fits = isinstance(value, Mapping) and all(
            isinstance(name, str)
            and isinstance(shape, list)
            and shape
            and all(_is_integer(size) and size > 0 for size in shape)
            for name, shape in value.items()
        )
        if not fits:
            raise self.refuse(key, value, "a mapping of tensor names to lists of positive integers")
        return {name: tuple(shape) for name, shape in value.items()}

    def free(self, key: str) -> dict[str, Any]:
        """Return a mapping of texts to anything; an absent one is empty."""
        value = self._left.pop(key, None)
        if value is None:
            return {}
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise self.refuse(key, value, "a mapping of names to values")
        return dict(value)

    def inner(self, key: str) -> StrictMapping:
        """Return the mapping under a key, to be read as strictly."""
        return StrictMapping(self.take(key), self._where, f"{self._prefix}{key}.")


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_range(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(map(_is_number, value))
        and value[0] < value[1]
    )
