# SPDX-License-Identifier: Apache-2.0
"""Which models the bench runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from semg_decoders.inference.lookup import find_bundle


@dataclass(frozen=True)
class Bundles:
    """Folders of the models.

    Attributes
    ----------
    gestures, wrist : Path
        Model bundles.
    """

    gestures: Path
    wrist: Path


def find_bundles(gestures: str, wrist: str) -> Bundles:
    """Find both by name or path.

    Raises
    ------
    BundleError
        If there is no such bundle.
    """
    return Bundles(Path(find_bundle(gestures)).resolve(), Path(find_bundle(wrist)).resolve())
