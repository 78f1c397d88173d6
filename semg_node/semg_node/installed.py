# SPDX-License-Identifier: Apache-2.0
"""Where a package has its files: model bundles, mapping profiles."""

from __future__ import annotations

import contextlib
from pathlib import Path


def installed_folders(package: str, subfolder: str, source: Path) -> list[Path]:
    """Return the folders that hold a package's files, the ROS prefix before the source tree.

    Parameters
    ----------
    package : str
        Such as ``semg_teleop``.
    subfolder : str
        Below its share folder, and below `source`.
    source : Path
        Folder of the package in the source tree.
    """
    folders = []
    try:
        from ament_index_python.packages import get_package_share_directory
    except ImportError:
        pass
    else:
        # LookupError: the package is not in the prefix; OSError: there is no prefix.
        with contextlib.suppress(LookupError, OSError):
            folders.append(Path(get_package_share_directory(package)) / subfolder)
    folders.append(source / subfolder)
    return [folder for folder in folders if folder.is_dir()]
