# SPDX-License-Identifier: Apache-2.0
"""Finds a profile by its path or by the name of one that is installed."""

from __future__ import annotations

import contextlib
from pathlib import Path

from semg_node.shown import shown
from semg_teleop.profile.fields import ProfileError, nearest

PACKAGE = "semg_teleop"
ENDING = ".yaml"


def profile_folders() -> list[Path]:
    """Return the folders that hold installed profiles, the ROS prefix before the source tree."""
    folders = []
    try:
        from ament_index_python.packages import get_package_share_directory
    except ImportError:
        pass
    else:
        # LookupError: the package is not in the prefix; OSError: there is no prefix.
        with contextlib.suppress(LookupError, OSError):
            folders.append(Path(get_package_share_directory(PACKAGE)) / "profiles")
    folders.append(Path(__file__).resolve().parents[2] / "profiles")
    return [folder for folder in folders if folder.is_dir()]


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
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return path
    known = ", ".join(installed) or "none"
    raise ProfileError(
        f"{shown(name_or_path)}: no profile file and no installed profile; installed: {known}"
        f"{nearest(str(name_or_path), installed)}"
    )
