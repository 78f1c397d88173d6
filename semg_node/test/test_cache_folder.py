# SPDX-License-Identifier: Apache-2.0
"""The cache lies where the environment says."""

from pathlib import Path

import pytest

from semg_node.cache_folder import cache_folder

HOME = Path("/home/me")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, HOME / ".cache/semg"),
        ({"XDG_CACHE_HOME": "/var/cache"}, Path("/var/cache/semg")),
        ({"XDG_CACHE_HOME": "relative"}, HOME / ".cache/semg"),
        ({"XDG_CACHE_HOME": "/var/cache", "SEMG_CACHE": "/data/semg"}, Path("/data/semg")),
        ({"SEMG_CACHE": ""}, HOME / ".cache/semg"),
    ],
)
def test_the_cache_lies_where_the_environment_says(environment, expected, monkeypatch):
    for name in ("XDG_CACHE_HOME", "SEMG_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(HOME))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cache_folder() == expected
