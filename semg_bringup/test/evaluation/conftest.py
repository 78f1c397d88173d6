# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest

RATE = 2000.0
BEGIN = 1000.0
"""Time stamp of the first sample of what `write` writes, s."""


@pytest.fixture(scope="session")
def shared():
    """Folder with real recordings and conformance data."""
    default = Path(__file__).resolve().parents[4] / "shared"
    folder = Path(os.environ.get("SEMG_SHARED", default))
    if not (folder / "conformance").is_dir():
        pytest.skip(f"no shared data at {folder}; SEMG_SHARED names another place")
    return folder


@pytest.fixture(scope="session")
def datasets(shared):
    return shared / "conformance" / "datasets"


@pytest.fixture(scope="session")
def published(datasets):
    """What the published pipeline says of the recordings."""
    return json.loads((datasets / "reference_results.json").read_text("utf-8"))


@pytest.fixture
def write(tmp_path):
    """Write a recording in the released layout; sample i of channel c holds i + c / 8."""

    def write(
        name="day1.hdf5",
        *,
        samples=4000,
        stamps=None,
        angles=None,
        prompts=None,
        rate=RATE,
        **attributes,
    ):
        fields = [("time", "<f8"), ("emg", "<f4", (16,))]
        if angles is not None:
            fields.append(("wrist_angles", "<f4", (2,)))
        rows = np.zeros(samples, fields)
        rows["time"] = BEGIN + np.arange(samples) / rate if stamps is None else stamps
        rows["emg"] = np.arange(samples)[:, None] + np.arange(16) / 8
        if angles is not None:
            rows["wrist_angles"] = angles
        with h5py.File(tmp_path / name, "w") as file:
            file["data"] = rows
            file["data"].attrs.update({"sample_rate_hz": rate, **attributes})
            if prompts is not None:
                add_table(file.create_group("prompts"), prompts)
        return tmp_path / name

    return write


@pytest.fixture
def write_postures(tmp_path):
    """Write conditioned EMG, (samples, 16), and its stages (name, start, end in s)."""

    def write(emg, stages, **attributes):
        rows = np.zeros(len(emg), [("time", "<f8"), ("emg", "<f4", (16,))])
        rows["time"] = BEGIN + np.arange(len(emg)) / RATE
        rows["emg"] = emg
        names, starts, ends = (list(column) for column in zip(*stages, strict=True))
        times = {"start": BEGIN + np.array(starts), "end": BEGIN + np.array(ends)}
        with h5py.File(tmp_path / "postures.hdf5", "w") as file:
            file["data"] = rows
            file["data"].attrs.update({"task": "discrete_gestures", **attributes})
            add_table(file.create_group("stages"), {"name": names, **times})
        return tmp_path / "postures.hdf5"

    return write


def add_table(group, columns):
    """Lay out a table as pandas does, one block for each column."""
    group.attrs["pandas_type"] = "frame"
    group.attrs["nblocks"] = len(columns)
    group["axis0"] = np.array([name.encode() for name in columns])
    for i, (name, values) in enumerate(columns.items()):
        group[f"block{i}_items"] = np.array([name.encode()])
        array = np.array(values, object if isinstance(values[0], str) else float)[:, np.newaxis]
        if array.dtype == object:
            node = group.create_dataset(f"block{i}_values", (1,), h5py.vlen_dtype(np.uint8))
            node[0] = np.frombuffer(pickle.dumps(array.T), np.uint8)
            node.attrs["PSEUDOATOM"] = "object"
        else:
            group[f"block{i}_values"] = array
            node = group[f"block{i}_values"]
            node.attrs["transposed"] = 1
