# SPDX-License-Identifier: Apache-2.0
"""Which simulation training people come from, for the bundles that are trained on them."""

from __future__ import annotations

from typing import Any

from semg_driver.simulation.version import SIMULATION_VERSION, simulation_hash


def simulation() -> dict[str, Any]:
    """Return the simulation's version and hash."""
    return {"version": SIMULATION_VERSION, "hash": simulation_hash()}
