# SPDX-License-Identifier: Apache-2.0
"""A user's mistake gets one clear line, and the node does not go active."""

import re
import shutil

import numpy as np
import pytest
import yaml
from diagnostic_msgs.msg import DiagnosticStatus
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters

from test import gesture_frames
from test.band import CHUNK, Band, active, noise
from test.listening import Listener


def edited(folder, source, change):
    """Copy a bundle and change its description."""
    shutil.copytree(source, folder)
    path = folder / "bundle.yaml"
    text = yaml.safe_load(path.read_text())
    change(text)
    path.write_text(yaml.safe_dump(text))
    return folder


def broken_bundles(folder, source):
    """Return bundles with one mistake each, and what is to be said of it."""

    def wrong_hash(text):
        text["sha256"] = "0" * 64

    def wrong_shape(text):
        text["states"] = {name: [*shape[:-1], 7] for name, shape in text["states"].items()}

    bad_hash = edited(folder / "hash", source, wrong_hash)
    bad_shape = edited(folder / "shape", source, wrong_shape)
    no_model = edited(folder / "file", source, lambda text: None)
    (no_model / "model.onnx").unlink()
    return {
        "hash": (bad_hash, rf"{bad_hash}/model\.onnx: sha256 is [0-9a-f]{{64}}, but bundle\.yaml "
                           rf"says {'0' * 64}"),
        "shape": (bad_shape, rf"{bad_shape}/model\.onnx: input '\w+' has shape \[[0-9, ]+\], but "
                             rf"by bundle\.yaml it must be \[[0-9, ]*7\]"),
        "file": (no_model, rf"{no_model}/model\.onnx: no such file"),
        "name": ("gestrues", r"gestrues: no bundle folder and no installed bundle; installed: .+"),
    }  # fmt: skip


def complaints(process):
    """Return what a node logged as an error, without stamp and name."""
    return re.findall(r"\[ERROR\] \[[^]]*\] \[[^]]*\]: (.*)", process.output)


@pytest.fixture
def alone(processes):
    """Listen to diagnostics only."""
    listener = Listener(processes.domain, topics=("emg/info",))
    yield listener
    listener.close()


def test_broken_bundles_are_refused_with_one_line(processes, alone, bundles, tmp_path):
    broken = broken_bundles(tmp_path / "broken", bundles["gestures"])
    nodes = {
        name: processes.node("gesture_decoder", name, {"bundle": str(bundle)})
        for name, (bundle, _) in broken.items()
    }
    for name, (_, line) in broken.items():
        status = alone.wait(
            lambda name=name: alone.diagnosis(f"/{name}/gesture_decoder"), 60, f"word of {name}"
        )
        assert alone.phase(f"/{name}/gesture_decoder") == "unconfigured"
        assert status.level == DiagnosticStatus.ERROR
        assert re.fullmatch(line, status.message), status.message
        assert alone.state(f"/{name}/gesture_decoder") == "unconfigured"
        assert complaints(nodes[name]) == [status.message]
        assert "Traceback" not in nodes[name].output


def test_bundle_is_refused_for_a_band_with_other_channels_until_one_fits(
    processes, listener, bundles
):
    node = processes.node("gesture_decoder", parameters={"bundle": bundles["gestures"]})
    processes.node("preprocessor")
    band = Band(listener)
    band.describe(1, channels=8)
    line = "emg/raw: 8 channels, but bundle 'gestures' needs 16"
    node.says(line, 60)
    listener.wait(lambda: listener.says("/gesture_decoder") == line)
    assert listener.diagnosis("/gesture_decoder").level == DiagnosticStatus.ERROR
    assert listener.state("/gesture_decoder") == "inactive"
    band.describe(2)
    active(listener, ["/gesture_decoder", "/preprocessor"])
    band.describe(3, channels=8)
    listener.wait(lambda: listener.phase("/gesture_decoder") == "inactive")
    band.describe(4)
    active(listener, ["/gesture_decoder"])
    band.wait_for_listeners(2)
    band.send(noise(2000))
    listener.wait_for("gesture/probabilities", gesture_frames.messages(2000))
    assert complaints(node) == [line, line]


def test_nonsense_about_a_band_is_refused_and_sense_is_taken_again(processes, listener):
    node = processes.node("preprocessor")
    band = Band(listener)
    band.describe(1)
    active(listener, ["/preprocessor"])
    band.describe(2, noise_sd=0.0)
    line = "emg/info: noise_sd 0.0, must be positive, in 'V'"
    listener.wait(lambda: listener.says("/preprocessor") == line)
    assert listener.phase("/preprocessor") == "inactive"
    band.describe(3)
    active(listener, ["/preprocessor"])
    band.wait_for_listeners(2)
    listener.wait(lambda: listener.publishers("emg/conditioned"))
    band.send(noise(2000))
    listener.wait_for("emg/conditioned", 2000 // CHUNK)
    assert complaints(node) == [line]


@pytest.mark.parametrize(
    ("node", "name", "value", "line"),
    [
        ("driver", "chunk_ms", 1000.0, "1000.0 is out of range, must be from 1 to 200 ms"),
        ("driver", "simulator.flat_channel", 16, "16 is out of range, must be from -1 to 15"),
        ("gesture_decoder", "threshold", 1.5, "1.5 is out of range, must be from 0 to 1, or -1"),
        (
            "gesture_decoder",
            "threads",
            "two",
            "'two' is of type str, but must be int, from 1 to 64",
        ),
    ],
)
def test_parameters_out_of_range_end_the_node_with_one_line(processes, node, name, value, line):
    process = processes.node(node, parameters={name: value})
    assert process.ends(60) == 2
    said = process.output.strip().splitlines()
    assert len(said) == 1, said
    assert said[0] == f"{node}: parameter '{name}' of /{node}: {line}"


def test_unknown_device_is_refused_with_the_known_ones(processes, alone):
    driver = processes.node("driver", parameters={"device": "bracelet"})
    status = alone.wait(lambda: alone.diagnosis("/driver"), 60)
    assert status.level == DiagnosticStatus.ERROR
    assert "bracelet" in status.message
    assert "replay" in status.message
    assert "simulator" in status.message
    assert complaints(driver) == [status.message]


def set_parameter(listener, node, name, value):
    kind, field = {
        float: (ParameterType.PARAMETER_DOUBLE, "double_value"),
        int: (ParameterType.PARAMETER_INTEGER, "integer_value"),
    }[type(value)]
    parameter = Parameter(name=name, value=ParameterValue(type=kind))
    setattr(parameter.value, field, value)
    answer = listener.call(
        SetParameters, f"{node}/set_parameters", SetParameters.Request(parameters=[parameter])
    )
    return answer.results[0]


def test_parameters_of_a_running_node_are_checked_and_used(processes, listener, bundles):
    processes.node("gesture_decoder", parameters={"bundle": bundles["gestures"]})
    processes.node("preprocessor")
    band = Band(listener)
    band.describe(1)
    node = "/gesture_decoder"
    active(listener, [node, "/preprocessor"])

    refused = set_parameter(listener, node, "threshold", 1.5)
    assert not refused.successful
    assert re.search(r"threshold.*-1\.0.*1\.0.*1\.5", refused.reason), refused.reason
    assert not set_parameter(listener, node, "threads", 2).successful

    # With a threshold of 0 every label crosses it at the first frame.
    assert set_parameter(listener, node, "threshold", 0.0).successful
    assert set_parameter(listener, node, "debounce", 0.0).successful
    band.wait_for_listeners(2)
    listener.wait(lambda: listener.publishers("gesture/event"))
    band.send(noise(1000))
    listener.wait_for("gesture/probabilities", 40)
    events = listener.wait_for("gesture/event", 1)
    assert {event.sample for event in events if not event.inferred} == {gesture_frames.FIRST}


RECORDINGS = {
    "missing": r"there is no such file",
    "empty": r"the file is empty",
    "text": r"not a recording, must be an HDF5 file in the released layout or a rosbag2 bag",
    "truncated": r"truncated or damaged HDF5 file",
    "layout": r"no data set 'data'",
    "bag": r".+",
}


def bad_recordings(folder, whole):
    """Make files that are no recordings of EMG."""
    import h5py

    folder.mkdir()
    (folder / "empty").write_bytes(b"")
    (folder / "text").write_text("time,emg\n")
    (folder / "truncated").write_bytes(whole.read_bytes()[:100_000])
    with h5py.File(folder / "layout", "w") as file:
        file["emg"] = np.zeros((10, 16))
    (folder / "bag").mkdir()
    (folder / "bag" / "metadata.yaml").write_text("rosbag2_bagfile_information: {}\n")
    return {name: folder / name for name in RECORDINGS}


def test_bad_recordings_are_refused_with_one_line(processes, alone, real_recordings, tmp_path):
    paths = bad_recordings(tmp_path / "bad", real_recordings[0])
    drivers = {
        name: processes.node("driver", name, {"device": "replay", "replay.path": str(path)})
        for name, path in paths.items()
    }
    for name, reason in RECORDINGS.items():
        node = f"/{name}/driver"
        status = alone.wait(lambda node=node: alone.diagnosis(node), 90, f"word of {node}")
        assert status.level == DiagnosticStatus.ERROR
        assert str(paths[name]) in status.message
        assert re.search(reason, status.message), status.message
        assert "\n" not in status.message
        assert complaints(drivers[name]) == [status.message]
        assert "Traceback" not in drivers[name].output
