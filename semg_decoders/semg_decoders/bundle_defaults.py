# SPDX-License-Identifier: Apache-2.0
"""Settings of a node that leave the choice to the model bundle unless they are given."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

from semg_node.settings import setting, setting_info

FROM_BUNDLE = -1
"""Value of a number that leaves the choice to the bundle; of a text it is the empty one."""

Settings = TypeVar("Settings")


def optional_settings(kind: type[Any]) -> type[Any]:
    """Return a settings dataclass with a further value of each field: what the bundle says.

    Parameters
    ----------
    kind : type
        Settings dataclass whose fields are numbers or texts.
    """
    fields: list[tuple[str, type, Any]] = []
    for field in dataclasses.fields(kind):
        info = setting_info(field)
        of: type[Any] = type(field.default)
        is_text = of is str
        fields.append(
            (
                field.name,
                of,
                setting(
                    "" if is_text else of(FROM_BUNDLE),
                    f"{info.description}; {'empty' if is_text else FROM_BUNDLE}: "
                    f"as the bundle says",
                    unit=info.unit,
                    minimum=info.minimum,
                    maximum=info.maximum,
                    choices=("", *info.choices) if info.choices else (),
                    read_only=info.read_only,
                    also=None if is_text else FROM_BUNDLE,
                ),
            )
        )
    return dataclasses.make_dataclass(f"Optional{kind.__name__}", fields, frozen=True)


def with_given(defaults: Settings, given: Any) -> Settings:
    """Return what a bundle says, with those of the optional settings that were given.

    Parameters
    ----------
    defaults : settings dataclass
        What the bundle says.
    given : settings dataclass
        Of the kind that `optional_settings` made of it.
    """
    chosen = {name: value for name, value in vars(given).items() if value not in ("", FROM_BUNDLE)}
    return dataclasses.replace(defaults, **chosen)  # type: ignore[type-var]
