# SPDX-License-Identifier: Apache-2.0
import math
from dataclasses import dataclass

import pytest

from semg_node.settings import SettingError, from_mapping, setting, validate


@dataclass(frozen=True)
class Example:
    threshold: float = setting(0.5, "probability", minimum=0.0, maximum=1.0)
    count: int = setting(3, "how many", minimum=1)
    mode: str = setting("fast", "how", choices=("fast", "slow"))
    names: tuple[str, ...] = setting((), "which")
    on: bool = setting(True, "whether")
    delay: float = setting(-1.0, "wait", unit="s", minimum=0.0, maximum=2.0, also=-1.0)


def test_defaults_are_valid():
    validate(Example())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"threshold": 1.5}, ["threshold", "1.5", "from 0 to 1"]),
        ({"threshold": math.nan}, ["threshold", "nan", "from 0 to 1"]),
        ({"count": 0}, ["count", "0", "at least 1"]),
        ({"count": 2.5}, ["count", "2.5", "int"]),
        ({"count": True}, ["count", "True", "int"]),
        ({"mode": "slowly"}, ["mode", "slowly", "'fast', 'slow'"]),
        ({"names": "all"}, ["names", "all", "list"]),
        ({"delay": -0.5}, ["delay", "-0.5", "from 0 to 2 s, or -1"]),
        ({"on": 1}, ["on", "1", "bool"]),
    ],
)
def test_bad_value_is_refused_with_name_value_and_range(values, words):
    with pytest.raises(SettingError) as error:
        from_mapping(Example, values)
    message = str(error.value)
    assert all(word in message for word in words)
    assert "\n" not in message


def test_unknown_name_is_refused_with_those_that_exist():
    with pytest.raises(SettingError, match=r"treshold: no such setting; there are: threshold, "):
        from_mapping(Example, {"treshold": 0.4})


def test_whole_number_serves_as_a_float():
    assert from_mapping(Example, {"threshold": 1}).threshold == 1.0
