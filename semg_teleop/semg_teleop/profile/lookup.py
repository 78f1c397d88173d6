# SPDX-License-Identifier: Apache-2.0
"""Finds a profile by its path or by the name of one that is installed."""

from __future__ import annotations

import os
from pathlib import Path

from semg_node.installed import installed_folders
from semg_node.shown import shown
from semg_teleop.profile.fields import ProfileError, nearest

PACKAGE = "semg_teleop"
ENDING = ".yaml"


def profile_folders() -> list[Path]:
    """Return the folders that hold installed profiles, the ROS prefix before the source tree."""
    return installed_folders(PACKAGE, "profiles", Path(__file__).resolve().parents[2])


def installed_profiles() -> dict[str, Path]:
    """Return the installed profiles: name and file."""
    found: dict[str, Path] = {}
    for folder in profile_folders():
        for path in sorted(folder.glob(f"*{ENDING}")):
            found.setdefault(path.stem, path)
    return found


def find_profile(name_or_path: str | Path) -> Path:
    """Return the file of a profile.

    Parameters
    ----------
    name_or_path : str or Path
        Name of an installed profile, such as ``mobile_base``, or the path of a file.

    Raises
    ------
    ProfileError
        If there is neither.
    """
    installed = installed_profiles()
    if isinstance(name_or_path, str) and name_or_path in installed:
        return installed[name_or_path]
    path = Path(os.path.expanduser(name_or_path))
    if path.is_file():
        return path
    known = ", ".join(installed) or "none"
    raise ProfileError(
        f"{shown(name_or_path)}: no profile file and no installed profile; installed: {known}"
        f"{nearest(str(name_or_path), installed)}"
    )
