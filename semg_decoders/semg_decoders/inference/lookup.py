# SPDX-License-Identifier: Apache-2.0
"""Finds a bundle by its path or by the name of one that is installed."""

from __future__ import annotations

import os
from pathlib import Path

from semg_decoders.inference.strict_mapping import BundleError
from semg_node.installed import installed_folders

PACKAGE = "semg_decoders"
DESCRIPTION_FILE = "bundle.yaml"


def bundle_folders() -> list[Path]:
    """Return the folders that hold installed bundles, the ROS prefix before the source tree."""
    return installed_folders(PACKAGE, "bundles", Path(__file__).resolve().parents[2])


def installed_bundles() -> dict[str, Path]:
    """Return the installed bundles: name and folder."""
    found: dict[str, Path] = {}
    for folder in bundle_folders():
        for bundle in sorted(folder.iterdir()):
            if (bundle / DESCRIPTION_FILE).is_file():
                found.setdefault(bundle.name, bundle)
    return found


def find_bundle(name_or_path: str | Path) -> Path:
    """Return the folder of a bundle.

    Parameters
    ----------
    name_or_path : str or Path
        Name of an installed bundle, such as ``gestures``, or the path of a folder.

    Raises
    ------
    BundleError
        If there is neither.
    """
    path = Path(os.path.expanduser(name_or_path))
    installed = installed_bundles()
    if isinstance(name_or_path, str) and name_or_path in installed:
        return installed[name_or_path]
    if path.is_dir():
        return path
    known = ", ".join(installed) or "none"
    raise BundleError(
        f"{name_or_path}: no bundle folder and no installed bundle; installed: {known}"
    )
