# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import sys

import pytest

from semg_driver.devices.device import DeviceError
from semg_driver.devices.registry import available, discover, plugin

GOOD = """
from dataclasses import dataclass
from semg_driver.devices.registry import DevicePlugin

@dataclass(frozen=True)
class Options:
    pass

@dataclass(frozen=True)
class Plain:
    port: str = "/dev/ttyUSB0"

PLUGIN = DevicePlugin("armband", "A band.", Options, lambda options: options)
OTHER = "not a plugin"
PLAIN = DevicePlugin("plain", "A band.", Plain, lambda options: options)
NO_OPTIONS = DevicePlugin("no_options", "A band.", int, lambda options: options)
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a package with entry points, as pip would."""

    def install(points, modules):
        for name, text in modules.items():
            (tmp_path / f"{name}.py").write_text(text)
        info = tmp_path / "bands-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bands\nVersion: 1.0\n")
        lines = [f"{name} = {target}" for name, target in points.items()]
        (info / "entry_points.txt").write_text("\n".join(["[semg_driver.devices]", *lines, ""]))
        monkeypatch.syspath_prepend(str(tmp_path))
        for name in modules:
            monkeypatch.delitem(sys.modules, name, raising=False)

    return install


def test_a_device_of_another_package_is_found(install):
    install({"armband": "bands_good:PLUGIN"}, {"bands_good": GOOD})
    assert available()["armband"].description == "A band."
    assert plugin("armband").name == "armband"


def test_a_device_that_cannot_be_imported_is_reported_and_stops_no_other(install):
    points = {"armband": "bands_good:PLUGIN", "cap": "bands_broken:PLUGIN"}
    install(points, {"bands_good": GOOD, "bands_broken": "import no_such_library"})
    assert "armband" in available()
    (broken,) = [b for b in discover().broken if b.name == "cap"]
    assert "no_such_library" in broken.reason
    with pytest.raises(DeviceError, match=r"'cap' cannot be loaded: .*no_such_library"):
        plugin("cap")


@pytest.mark.parametrize(
    ("point", "target", "reason"),
    [
        ("armband", "bands_good:OTHER", "is of type str, not DevicePlugin"),
        ("glove", "bands_good:PLUGIN", "calls itself 'armband'"),
        ("armband", "bands_good:MISSING", "MISSING"),
        ("no_options", "bands_good:NO_OPTIONS", "options are not a dataclass"),
        ("plain", "bands_good:PLAIN", "option port: field 'port' was not declared with setting"),
    ],
)
def test_what_is_no_plugin_is_reported(install, point, target, reason):
    install({point: target}, {"bands_good": GOOD})
    with pytest.raises(DeviceError, match=reason):
        plugin(point)


def test_an_unknown_name_is_answered_with_those_there_are(install):
    install({"armband": "bands_good:PLUGIN"}, {"bands_good": GOOD})
    with pytest.raises(DeviceError, match=r"'watch' is not installed; there are: .*armband"):
        plugin("watch")
