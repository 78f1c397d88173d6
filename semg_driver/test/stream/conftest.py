# SPDX-License-Identifier: Apache-2.0
"""Blocks of a device whose every sample says where it belongs."""

from __future__ import annotations

import numpy as np
import pytest

from semg_driver.devices.device import GestureLabel, SampleBlock, Truth

RATE = 1000.0


def make_block(first, samples, *, channels=2, rate=RATE, offset=0.0, truth=False, **fields):
    """Sample i of channel c holds i + c / 8, taken at i / rate + offset, heard 2 ms later."""
    index = np.arange(first, first + samples)
    emg = (index[:, None] + np.arange(channels) / 8).astype(np.float32)
    if truth:
        labels = tuple(GestureLabel("index_press", int(i)) for i in index if i % 50 == 0)
        angle = index.astype(np.float32)
        fields["truth"] = Truth(angle, 2 * angle, labels)
    time = first / rate + offset
    fields.setdefault("device_time", time)
    fields.setdefault("received", 100.0 + time + (samples - 1) / rate + 0.002)
    return SampleBlock(first, emg, **fields)


@pytest.fixture(scope="session")
def block():
    return make_block
