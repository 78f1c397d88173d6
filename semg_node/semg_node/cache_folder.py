# SPDX-License-Identifier: Apache-2.0
"""Where what can be made or fetched again is kept."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return ``$SEMG_CACHE``, else ``semg`` in ``$XDG_CACHE_HOME`` or ``~/.cache``."""
    if own := os.environ.get("SEMG_CACHE"):
        return Path(own).absolute()
    general = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The XDG specification wants a path that is not absolute to be ignored.
    return (general if general.is_absolute() else Path.home() / ".cache") / "semg"
