# SPDX-License-Identifier: Apache-2.0
"""Devices are found through the entry-point group ``semg_driver.devices``.

Any installed package can add one: the entry point's name is the device's name, and the
object that it names is a `DevicePlugin`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from semg_driver.devices.device import Device, DeviceError
from semg_node.settings import SettingError, check, setting_info

GROUP = "semg_driver.devices"


@dataclass(frozen=True)
class DevicePlugin:
    """One kind of device.

    Attributes
    ----------
    name : str
        How users choose it; the same as its entry point.
    description : str
        One sentence for help texts.
    options : type
        Frozen dataclass of the device's settings, declared with ``semg_node.settings.setting``.
    create : callable
        Takes an instance of `options`, returns a `Device` that is not yet open.
        Raises `DeviceError` for options that cannot work.
    adjustable : tuple of str
        Names of the options that can be changed while the device is in use, which then is
        `Adjustable`.
    """

    name: str
    description: str
    options: type[Any]
    create: Callable[[Any], Device]
    adjustable: tuple[str, ...] = ()


@dataclass(frozen=True)
class BrokenPlugin:
    """A device that is installed but cannot be loaded.

    Attributes
    ----------
    name : str
        Its entry point.
    reason : str
        One line that says what went wrong.
    """

    name: str
    reason: str


@dataclass(frozen=True)
class Registry:
    """The devices that are installed here.

    Attributes
    ----------
    plugins : dict of str to DevicePlugin
        Those that can be used, by name.
    broken : tuple of BrokenPlugin
        Those that cannot, and why.
    """

    plugins: dict[str, DevicePlugin]
    broken: tuple[BrokenPlugin, ...] = ()


def discover() -> Registry:
    """Load every device plugin; one that fails is noted and never stops the others."""
    plugins: dict[str, DevicePlugin] = {}
    broken: list[BrokenPlugin] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        loaded = _load(point)
        if isinstance(loaded, BrokenPlugin):
            broken.append(loaded)
        elif plugins.setdefault(loaded.name, loaded) is not loaded:
            broken.append(BrokenPlugin(point.name, f"{point.value}: the name is taken already"))
    return Registry(plugins, tuple(broken))


def available() -> dict[str, DevicePlugin]:
    """Return the devices that can be used, by name."""
    return discover().plugins


def plugin(name: str) -> DevicePlugin:
    """Return the device called `name`.

    Raises
    ------
    DeviceError
        If there is none, or it is installed but cannot be loaded.
    """
    registry = discover()
    if name in registry.plugins:
        return registry.plugins[name]
    for other in registry.broken:
        if other.name == name:
            raise DeviceError(f"device '{name}' cannot be loaded: {other.reason}")
    known = ", ".join(registry.plugins) or "none"
    raise DeviceError(f"device '{name}' is not installed; there are: {known}")


def _load(point: EntryPoint) -> DevicePlugin | BrokenPlugin:
    # Foreign code: whatever it raises must not take the driver down.
    try:
        loaded = point.load()
    except Exception as error:
        text = " ".join(str(error).split())
        return BrokenPlugin(point.name, f"{point.value}: {type(error).__name__}: {text}")
    if not isinstance(loaded, DevicePlugin):
        kind = type(loaded).__name__
        return BrokenPlugin(point.name, f"{point.value}: is of type {kind}, not DevicePlugin")
    if loaded.name != point.name:
        return BrokenPlugin(
            point.name, f"{point.value}: calls itself '{loaded.name}', but must be '{point.name}'"
        )
    if not (isinstance(loaded.options, type) and dataclasses.is_dataclass(loaded.options)):
        return BrokenPlugin(point.name, f"{point.value}: its options are not a dataclass")
    for field in dataclasses.fields(loaded.options):
        try:
            check(field.name, field.default, field.default, setting_info(field))
        except (TypeError, SettingError) as error:
            return BrokenPlugin(point.name, f"{point.value}: option {field.name}: {error}")
    return loaded
