# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass, fields

import pytest

from semg_decoders.bundle_defaults import optional_settings, with_given
from semg_node.settings import SettingError, setting, setting_info, validate


@dataclass(frozen=True)
class Settings:
    level: float = setting(0.5, "a level", unit="V", minimum=0.0, maximum=1.0)
    count: int = setting(3, "a count", minimum=1)
    kind: str = setting("one", "a kind", choices=("one", "two"))


Optional = optional_settings(Settings)


def test_what_is_not_given_is_left_to_the_bundle():
    advised = Settings(level=0.25, count=7, kind="two")
    assert with_given(advised, Optional()) == advised


def test_what_is_given_comes_before_the_bundle():
    given = Optional(level=0.0, kind="one")
    assert with_given(Settings(level=0.25, count=7, kind="two"), given) == Settings(0.0, 7, "one")


def test_ranges_stay_as_they_are_but_for_the_further_value():
    validate(Optional())
    for values in ({"level": 1.5}, {"level": -0.5}, {"count": 0}, {"kind": "three"}):
        with pytest.raises(SettingError, match=next(iter(values))):
            validate(Optional(**values))


def test_the_description_tells_the_further_value():
    told = {field.name: setting_info(field).description for field in fields(Optional)}
    assert told == {
        "level": "a level; -1: as the bundle says",
        "count": "a count; -1: as the bundle says",
        "kind": "a kind; empty: as the bundle says",
    }
