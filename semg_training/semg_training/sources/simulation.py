# SPDX-License-Identifier: Apache-2.0
"""Which simulation people come from."""

from __future__ import annotations

from semg_training.sources.people import fingerprint


def simulation() -> dict[str, str]:
    """Return what tells this simulation from others, for ``bundle.yaml``."""
    return {"hash": fingerprint()}
