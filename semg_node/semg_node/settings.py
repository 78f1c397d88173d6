# SPDX-License-Identifier: Apache-2.0
"""Settings as frozen dataclasses whose fields know their description, unit and range.

Engines take them as they are; node shells declare each field as a ROS parameter.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

_KEY = "semg_setting"


class SettingError(ValueError):
    """A setting has a value that it cannot have. The message names it, the value and the range."""


@dataclass(frozen=True)
class SettingInfo:
    """What is known of one setting beside its value.

    Attributes
    ----------
    description : str
        What it does, for ``ros2 param describe`` and ``--help``.
    unit : str
        SI symbol, or empty.
    minimum, maximum : float or None
        Closed range of a number, or of each element of a list of numbers.
    choices : tuple of str
        The only values a text may have; empty for any.
    read_only : bool
        Whether the value can only be chosen before the node starts.
    also : float or None
        A further value outside the range, with a meaning of its own.
    """

    description: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    read_only: bool = False
    also: float | None = None

    def range_text(self, default: str = "any value") -> str:
        """Say which values are allowed, in words; `default` where all are."""
        text = self._main_range_text() or default
        return text if self.also is None else f"{text}, or {self.also:g}"

    def _main_range_text(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        if self.choices:
            return "one of " + ", ".join(repr(choice) for choice in self.choices)
        if self.minimum is not None and self.maximum is not None:
            return f"from {self.minimum:g} to {self.maximum:g}{unit}"
        if self.minimum is not None:
            return f"at least {self.minimum:g}{unit}"
        if self.maximum is not None:
            return f"at most {self.maximum:g}{unit}"
        return ""


def setting(
    default: Any,
    description: str,
    *,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    read_only: bool = False,
    also: float | None = None,
) -> Any:
    """Declare one field of a settings dataclass.

    Parameters are those of `SettingInfo`; `default` may be a bool, int, float, str,
    or a tuple of these.
    """
    info = SettingInfo(description, unit, minimum, maximum, choices, read_only, also)
    return dataclasses.field(default=default, metadata={_KEY: info})


def setting_info(field: dataclasses.Field[Any]) -> SettingInfo:
    """Return what `setting` was told of a field.

    Raises
    ------
    TypeError
        If the field was not declared with `setting`.
    """
    info = field.metadata.get(_KEY)
    if not isinstance(info, SettingInfo):
        raise TypeError(f"field '{field.name}' was not declared with setting()")
    return info


def check(name: str, value: Any, default: Any, info: SettingInfo) -> Any:
    """Return `value` as the type of `default`, or refuse it.

    Raises
    ------
    SettingError
        If the type or the value does not fit.
    """
    if isinstance(default, tuple):
        if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
            raise SettingError(f"{name}: {value!r} is not a list")
        inner = default[0] if default else ""
        return tuple(check(f"{name}[{i}]", v, inner, info) for i, v in enumerate(value))
    wanted = type(default)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise SettingError(
            f"{name}: {value!r} is of type {type(value).__name__}, but must be "
            + ", ".join(filter(None, (wanted.__name__, info.range_text(default=""))))
        )
    if info.choices and value not in info.choices:
        raise SettingError(f"{name}: {value!r} is not allowed, must be {info.range_text()}")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        outside = (info.minimum is not None and value < info.minimum) or (
            info.maximum is not None and value > info.maximum
        )
        if (outside and value != info.also) or not math.isfinite(value):
            raise SettingError(f"{name}: {value!r} is out of range, must be {info.range_text()}")
    return value


def validate(settings: Any, prefix: str = "") -> None:
    """Check every field of a settings dataclass.

    Raises
    ------
    SettingError
        At the first value that does not fit.
    """
    for field in dataclasses.fields(settings):
        name = f"{prefix}{field.name}"
        check(name, getattr(settings, field.name), field.default, setting_info(field))


Settings = TypeVar("Settings")


def from_mapping(kind: type[Settings], values: Mapping[str, Any], prefix: str = "") -> Settings:
    """Build a settings dataclass from names and values, as read from a file.

    Raises
    ------
    SettingError
        For an unknown name or a value that does not fit.
    """
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in fields:
            known = ", ".join(fields)
            raise SettingError(f"{prefix}{name}: no such setting; there are: {known}")
        field = fields[name]
        checked[name] = check(f"{prefix}{name}", value, field.default, setting_info(field))
    return kind(**checked)
