# SPDX-License-Identifier: Apache-2.0
"""Plain values into frozen dataclasses: every key known, of its type, and none left over."""

from __future__ import annotations

import dataclasses
import difflib
import re
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from semg_training.recipes.refusal import RecipeError

Settings = TypeVar("Settings")

_POWER = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_WANTED = {
    int: "a whole number",
    float: "a number",
    str: "a text",
    bool: "true or false",
}


def to_settings(kind: type[Settings], values: object, where: str, prefix: str = "") -> Settings:
    """Make a dataclass from a mapping.

    Parameters
    ----------
    kind : type
        A dataclass of numbers, texts, tuples of one of these, and such dataclasses. What has a
        default may be left out.
    values : object
        Must be a mapping from the names of its fields.
    where : str
        The file, for messages.
    prefix : str
        Name of the mapping inside the file, with a dot behind it, for messages.

    Raises
    ------
    RecipeError
        If a key is unknown or missing, or a value is of another type or refused by the class,
        which does so by a `ValueError` that begins with the field's name.
    """
    if not isinstance(values, Mapping):
        name = prefix.rstrip(".") or "the content"
        raise RecipeError(f"{where}: {name}: must be a mapping of names to values")
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    refuse_unknown(values, tuple(fields), where, prefix)
    hints = typing.get_type_hints(kind)
    read = {}
    for name, field in fields.items():
        if name in values:
            read[name] = _converted(hints[name], values[name], where, f"{prefix}{name}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise RecipeError(f"{where}: {prefix}{name} is missing")
    try:
        return kind(**read)
    except ValueError as error:
        raise RecipeError(f"{where}: {prefix}{error}") from None


def refuse_unknown(
    values: Mapping[Any, Any], known: tuple[str, ...], where: str, prefix: str = ""
) -> None:
    """Refuse a mapping with keys that are not `known`; the nearest known one is named."""
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            hint = f"is '{near[0]}' meant?" if near else f"there are: {', '.join(known)}"
            raise RecipeError(f"{where}: {prefix}{key}: unknown key; {hint}")


def _converted(hint: Any, value: object, where: str, name: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return to_settings(typing.cast(type, hint), value, where, f"{name}.")
    if typing.get_origin(hint) is tuple:
        inner, *rest = typing.get_args(hint)
        length = None if rest == [...] else 1 + len(rest)
        if not isinstance(value, (list, tuple)) or length not in (None, len(value)):
            raise _refused(value, _wanted(hint), where, name)
        return tuple(_converted(inner, one, where, name) for one in value)
    if isinstance(hint, types.UnionType):
        raise TypeError(f"{name}: unions are not read")
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint is float and isinstance(value, str) and _POWER.fullmatch(value):
        # YAML takes 1e-3 for a text.
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise _refused(value, _WANTED[hint], where, name)
    return value


def _wanted(hint: Any) -> str:
    """Say in words what a value has to be."""
    if typing.get_origin(hint) is not tuple:
        return _WANTED[hint]
    inner, *rest = typing.get_args(hint)
    length = "" if rest == [...] else f" of {1 + len(rest)}"
    return f"a list{length}, each {_wanted(inner)}"


def _refused(value: object, wanted: str, where: str, name: str) -> RecipeError:
    shown = f"'{value}'" if isinstance(value, str) else value
    return RecipeError(f"{where}: {name}: {shown}, must be {wanted}")
