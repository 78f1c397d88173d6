# SPDX-License-Identifier: Apache-2.0
"""The default bundles are of the simulation that lies beside them."""

import pytest

from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.lookup import find_bundle
from semg_driver.simulation.version import SIMULATION_VERSION, simulation_hash

MEBIBYTE = 2**20


@pytest.mark.parametrize("name", ["gestures", "wrist", "handwriting"])
def test_bundle_was_trained_on_this_simulation_and_says_how(name):
    trained_on = ModelBundle.load(find_bundle(name)).trained_on
    while trained_on:
        simulation = {"version": SIMULATION_VERSION, "hash": simulation_hash()}
        assert trained_on["simulation"] == simulation
        assert trained_on["command"].startswith(f"semg train --task {name} ")
        assert min(trained_on["training_seeds"]) >= 1_000_000
        trained_on = trained_on.get("started_from")


@pytest.mark.parametrize("name", ["gestures", "wrist", "handwriting"])
def test_bundle_is_small_enough_for_the_repository(name):
    assert sum(file.stat().st_size for file in find_bundle(name).iterdir()) <= 3 * MEBIBYTE
