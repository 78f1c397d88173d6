# SPDX-License-Identifier: Apache-2.0
"""What the models were trained on must not change unnoticed."""

import hashlib

import numpy as np
import pytest

from semg_driver.simulation.band import FULL_SCALE
from semg_driver.simulation.recording import simulate

CHECKSUMS = {
    (104, "demo"): "c8f076eb2da49c9d",
    (104, "gestures"): "5689ce6de1156217",
    (104, "wrist"): "f3add9c5a5c37f6b",
    (104, "rest"): "ceb6ea79821ccd02",
    (3001, "demo"): "58b3d6855e693520",
    (3002, "gestures"): "92304540b789aa05",
    (3003, "wrist"): "2965159ff5c04cd9",
}


@pytest.mark.parametrize(("person", "script"), CHECKSUMS)
def test_people_do_what_they_always_did(person, script):
    emg, truth = simulate(person, script, 20.0, 7)
    codes = np.rint(emg / FULL_SCALE * 2047).astype("<i2")
    digest = hashlib.sha256(codes.tobytes())
    digest.update(truth.wrist_angle.astype("<f4").tobytes())
    digest.update(repr([(label.name, label.sample) for label in truth.gestures]).encode())
    assert digest.hexdigest()[:16] == CHECKSUMS[person, script]
