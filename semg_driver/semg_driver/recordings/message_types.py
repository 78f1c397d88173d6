# SPDX-License-Identifier: Apache-2.0
"""Definitions of our messages, for bags that do not bring them along."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from rosbags.typesys import Stores, get_types_from_idl, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore

CHUNK_TYPE = "semg_msgs/msg/EmgChunk"
INFO_TYPE = "semg_msgs/msg/EmgInfo"


def recorded_types(definition: str, name: str, encoding: str) -> Typestore:
    """Return a store that knows the message `name` as a bag defines it.

    Parameters
    ----------
    definition : str
        Text from the bag, with everything that the message is made of.
    name : str
        For example ``"semg_msgs/msg/EmgChunk"``.
    encoding : str
        ``"ros2msg"`` or ``"ros2idl"``.
    """
    store = get_typestore(Stores.EMPTY)
    if encoding == "ros2idl":
        types = get_types_from_idl(definition)
    else:
        types = get_types_from_msg(definition, name)
    store.register({key: value for key, value in types.items() if key not in store.fielddefs})
    return store


def installed_types(names: tuple[str, ...] = (CHUNK_TYPE, INFO_TYPE)) -> Typestore:
    """Return a store with our messages as they are installed here.

    Raises
    ------
    FileNotFoundError
        If ``semg_msgs`` is not installed.
    """
    store = get_typestore(Stores.ROS2_JAZZY)
    for name in names:
        store.register(get_types_from_msg(_definition_file(name).read_text("utf-8"), name))
    return store


def _definition_file(name: str) -> Path:
    package, _, message = name.split("/")
    for folder in _folders(package):
        path = folder / f"{message}.msg"
        if path.is_file():
            return path
    raise FileNotFoundError(f"package '{package}' with {message}.msg is not installed")


def _folders(package: str) -> Iterator[Path]:
    for prefix in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep):
        if prefix:
            yield Path(prefix) / "share" / package / "msg"
    yield Path(sys.prefix) / "share" / package / "msg"
    for parent in Path(__file__).resolve().parents:  # in a source tree that was never built
        yield parent / package / "msg"
