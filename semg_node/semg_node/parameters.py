# SPDX-License-Identifier: Apache-2.0
"""Settings dataclasses as ROS parameters, with description, unit and range."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Any, TypeVar

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.exceptions import InvalidParameterTypeException, InvalidParameterValueException
from rclpy.node import Node
from rclpy.parameter import Parameter

from semg_node.settings import SettingError, SettingInfo, check, setting_info

Settings = TypeVar("Settings")

_LARGEST = 1e18
_LARGEST_INTEGER = 2**62
_OF_RCLPY = ("qos_overrides.", "start_type_description_service", "use_sim_time")


def describe(default: Any, info: SettingInfo) -> ParameterDescriptor:
    """Return the ROS descriptor of one setting."""
    unit = f" [{info.unit}]" if info.unit else ""
    descriptor = ParameterDescriptor(
        description=f"{info.description}{unit}",
        read_only=info.read_only,
        additional_constraints=info.range_text(),
    )
    if isinstance(default, bool) or (info.minimum is None and info.maximum is None):
        return descriptor
    low, high = info.minimum, info.maximum
    if info.also is not None:
        # ROS knows a single range; what lies between is refused by `_refuse_misfits`.
        low = None if low is None else min(low, info.also)
        high = None if high is None else max(high, info.also)
    if isinstance(default, int):
        descriptor.integer_range = [
            IntegerRange(
                from_value=-_LARGEST_INTEGER if low is None else int(low),
                to_value=_LARGEST_INTEGER if high is None else int(high),
            )
        ]
    elif isinstance(default, float):
        descriptor.floating_point_range = [
            FloatingPointRange(
                from_value=-_LARGEST if low is None else float(low),
                to_value=_LARGEST if high is None else float(high),
            )
        ]
    return descriptor


def declare(
    node: Node,
    kind: type[Any],
    prefix: str = "",
    *,
    read_only: bool = False,
    adjustable: Collection[str] = (),
) -> None:
    """Declare each field of a settings dataclass as a parameter ``prefix + name``.

    With `read_only` none can be set once the node runs, whatever its field says, but for those
    named in `adjustable`.

    Raises
    ------
    SettingError
        If a value that the node was started with does not fit.
    """
    for field in dataclasses.fields(kind):
        name = f"{prefix}{field.name}"
        info = setting_info(field)
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        where = f"parameter '{name}' of {node.get_fully_qualified_name()}"
        descriptor = describe(field.default, info)
        descriptor.read_only |= read_only and field.name not in adjustable
        # An empty list has no element type that rclpy could infer.
        descriptor.dynamic_typing = default == []
        try:
            node.declare_parameter(name, default, descriptor)
        except (InvalidParameterValueException, InvalidParameterTypeException) as error:
            # rclpy does not tell the value apart; declared without a range, the node does.
            given = node.declare_parameter(
                name, descriptor=ParameterDescriptor(dynamic_typing=True)
            )
            check(where, given.value, field.default, info)
            raise SettingError(f"{where}: {error}") from None
        check(where, _value(node, name, field.default), field.default, info)
    _refuse_misfits(node, kind, prefix)


def _refuse_misfits(node: Node, kind: type[Any], prefix: str) -> None:
    """Refuse values set while the node runs that it could not have been started with."""
    fields = {f"{prefix}{field.name}": field for field in dataclasses.fields(kind)}

    def judge(changed: list[Parameter]) -> SetParametersResult:
        for parameter in changed:
            field = fields.get(parameter.name)
            if field is None:
                continue
            try:
                check(parameter.name, parameter.value, field.default, setting_info(field))
            except SettingError as error:
                return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    node.add_on_set_parameters_callback(judge)


def read(node: Node, kind: type[Settings], prefix: str = "") -> Settings:
    """Build the settings dataclass from the node's parameters.

    Raises
    ------
    SettingError
        If a value does not fit.
    """
    values = {}
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        name = f"{prefix}{field.name}"
        value = _value(node, name, field.default)
        values[field.name] = check(f"parameter '{name}'", value, field.default, setting_info(field))
    return kind(**values)


def _value(node: Node, name: str, default: Any) -> Any:
    value = node.get_parameter(name).value
    if isinstance(default, tuple):
        if value is None:
            return ()
        # What is no list is for `check` to refuse: a text would fall apart into its letters.
        return tuple(value) if hasattr(value, "__iter__") and not isinstance(value, str) else value
    return value


def names(node: Node) -> list[str]:
    """Return the names of the parameters that a node has declared."""
    return [parameter.name for parameter in node.get_parameters_by_prefix("").values()]


def unknown(node: Node) -> list[str]:
    """Return the parameters that a node was started with and does not have, in order."""
    given = getattr(node, "_parameter_overrides", {})  # rclpy has no public way to see them
    known = set(names(node))
    return sorted(name for name in given if name not in known and not name.startswith(_OF_RCLPY))
