# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from semg_driver.devices.device import DeviceInfo, Hand, Source
from semg_driver.recordings.recording import RecordedBlock


@pytest.fixture(scope="session")
def shared():
    """Folder with real recordings and conformance data."""
    default = Path(__file__).resolve().parents[4] / "shared"
    folder = Path(os.environ.get("SEMG_SHARED", default))
    if not (folder / "data").is_dir():
        pytest.skip(f"no shared data at {folder}; SEMG_SHARED names another place")
    return folder


@pytest.fixture(scope="session")
def make_info():
    def make(**fields):
        known = {
            "device": "simulator",
            "serial": "7",
            "sample_rate": 2000.0,
            "bandwidth": 850.0,
            "channels": 4,
            "channel_labels": ("a", "b", "c", "d"),
            "ring_order": (2, 3, 0, 1),
            "hand": Hand.LEFT,
            "unit": "V",
            "noise_sd": 2.5e-6,
            "full_scale": 3.3e-3,
            "conditioned": False,
            "source": Source.PLAYBACK,
        }
        return DeviceInfo(**{**known, **fields})

    return make


@pytest.fixture(scope="session")
def make_blocks(make_info):
    """Blocks of 20 samples at 2 kHz; sample i of channel c holds i + c / 8."""

    def make(count=100, *, first=0, info=None, starts_stream=False, time=None, skip=()):
        info = info or make_info()
        for i in range(count):
            if i in skip:
                continue
            index = first + 20 * i + np.arange(20)
            begin = (first / info.sample_rate if time is None else time) + 20 * i / info.sample_rate
            emg = (index[:, None] + np.arange(info.channels) / 8).astype(np.float32)
            yield RecordedBlock(int(index[0]), emg, info, begin, starts_stream and i == 0)

    return make
