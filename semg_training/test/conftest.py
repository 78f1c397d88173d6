# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pickle
from dataclasses import asdict

import h5py
import numpy as np
import pytest

BEGIN = 1000.0
"""Time stamp of the first sample of what `write` writes, s."""


@pytest.fixture
def write(tmp_path):
    """Write a recording of noise in the released layout."""

    def write(
        name="day1.hdf5", *, seconds=4.0, channels=16, rate=2000.0, angles=None, prompts=None,
        bad_row=None, **attributes,
    ):  # fmt: skip
        samples = round(seconds * rate)
        fields = [("time", "<f8"), ("emg", "<f4", (channels,))]
        if angles is not None:
            fields.append(("wrist_angles", "<f4", (2,)))
        rows = np.zeros(samples, fields)
        rows["time"] = BEGIN + np.arange(samples) / rate
        rows["emg"] = np.random.default_rng(0).standard_normal((samples, channels))
        if bad_row is not None:
            rows["emg"][bad_row, 3] = np.nan
        if angles is not None:
            rows["wrist_angles"] = angles
        with h5py.File(tmp_path / name, "w") as file:
            file["data"] = rows
            file["data"].attrs.update({"sample_rate_hz": rate, **attributes})
            if prompts is not None:
                _add_table(file.create_group("prompts"), prompts)
        return tmp_path / name

    return write


@pytest.fixture
def write_postures(tmp_path):
    """Write 4 s of a tone of 120 Hz in V that is louder on later channels, and what is held.

    The noise of the device is 10 µV; the first channel of six has the amplitude of it.
    """

    def write(
        rate=1000.0, segment_starts=(0,), stages=(("rest", 0, 2), ("fist", 2, 4)),
        name="postures.hdf5", channels=6, bad=None,
    ):  # fmt: skip
        samples = round(4 * rate)
        rows = np.zeros(samples, [("time", "<f8"), ("emg", "<f4", (channels,))])
        rows["time"] = BEGIN + np.arange(samples) / rate
        tone = np.sqrt(2.0) * np.sin(2 * np.pi * 120.0 * np.arange(samples) / rate)
        rows["emg"] = 3.0 + 1e-5 * tone[:, None] * (1 + np.arange(channels))
        if bad is not None:
            rows["emg"][bad] = np.nan
        names, starts, ends = (list(column) for column in zip(*stages, strict=True))
        times = {"start": BEGIN + np.array(starts), "end": BEGIN + np.array(ends)}
        with h5py.File(tmp_path / name, "w") as file:
            file["data"] = rows
            file["data"].attrs.update(
                {
                    "sample_rate_hz": rate,
                    "unit": "V",
                    "noise_sd": 1e-5,
                    "segment_starts": list(segment_starts),
                }
            )
            _add_table(file.create_group("stages"), {"name": names, **times})
        return tmp_path / name

    return write


def _add_table(group, columns):
    """Lay out a table as pandas does, one block for each column."""
    group.attrs.update({"pandas_type": "frame", "nblocks": len(columns)})
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
            group[f"block{i}_values"].attrs["transposed"] = 1


@pytest.fixture
def bundle_of(tmp_path):
    """Write a bundle of a network, whose origin may say more, or something else."""

    def bundle_of(network, change=lambda graph: graph, /, *, labels=None, **origin):
        from semg_decoders.decoding.characters import BLANK, CHARACTERS
        from semg_decoders.inference.writer import write_bundle
        from semg_decoders.signal.mpf import HANDWRITING_WINDOW, WRIST_WINDOW
        from semg_training import describe
        from semg_training.export import export_onnx
        from semg_training.gesture_targets import GESTURES
        from semg_training.networks.gestures import GestureNetwork
        from semg_training.networks.wrist import WristNetwork

        trained_on = {"network": asdict(network.settings), **origin}
        identity = describe.Identity("mine", "Apache-2.0", "x", trained_on, {}, 400.0)
        match network:
            case GestureNetwork():
                names, shape = ("emg", "logits"), describe.gestures_input_shape(network)
                described = describe.describe_gestures(network, identity, labels or GESTURES)
            case WristNetwork():
                names, shape = ("mpf", "displacement"), describe.mpf_input_shape(16, 1)
                angles = labels or ("extension",)
                described = describe.describe_wrist(network, identity, WRIST_WINDOW, angles)
            case _:
                names = ("mpf", "log_probabilities")
                shape = describe.mpf_input_shape(16, network.settings.frames_per_emission)
                characters = labels or (*CHARACTERS, BLANK)
                described = describe.describe_handwriting(
                    network, identity, HANDWRITING_WINDOW, characters
                )
        path = tmp_path / "exported.onnx"
        export_onnx(network, path, names[0], shape, names[1])
        return write_bundle(tmp_path / "base", change(path.read_bytes()), described)

    return bundle_of
