# SPDX-License-Identifier: Apache-2.0
import hashlib

import pytest
import yaml

from semg_decoders.inference.bundle import BundleError, ModelBundle

CONTENT = b"not looked into here"


def write(folder, description, content=CONTENT, sha256=None):
    folder.mkdir(exist_ok=True)
    (folder / "model.onnx").write_bytes(content)
    text = {
        "format": 1,
        "sha256": sha256 or hashlib.sha256(content).hexdigest(),
        **description,
    }
    (folder / "bundle.yaml").write_text(yaml.safe_dump(text))
    return folder


def refusal(folder):
    with pytest.raises(BundleError) as caught:
        ModelBundle.load(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_bundle_is_read_with_everything_it_says(tmp_path, description):
    bundle = ModelBundle.load(write(tmp_path / "b", description))
    assert (bundle.name, bundle.task, bundle.version) == ("counting", "discrete_gestures", "3")
    assert bundle.input.channels == 4
    assert bundle.input.bandwidth == 400.0
    assert bundle.mpf is None
    assert bundle.output.labels == ("a", "b", "c")
    assert dict(bundle.states) == {"count": (1, 1, 1)}
    assert bundle.metrics["f1"] == 0.5
    assert bundle.decoding["threshold"] == 0.5


def test_outputs_that_exclude_each_other_may_have_a_neutral_one(tmp_path, description):
    assert not ModelBundle.load(write(tmp_path / "a", description)).output.exclusive
    description["output"] |= {"activation": "softmax"}
    assert ModelBundle.load(write(tmp_path / "b", description)).output.neutral == ""
    description["output"] |= {"neutral": "b"}
    output = ModelBundle.load(write(tmp_path / "c", description)).output
    assert (output.exclusive, output.neutral) == (True, "b")
    description["output"] |= {"neutral": "d"}
    assert "output.neutral: 'd', must be one of a, b, c" in refusal(
        write(tmp_path / "d", description)
    )


def test_only_exclusive_outputs_of_gestures_have_a_neutral_one(
    tmp_path, description, mpf_description
):
    description["output"] |= {"neutral": "b"}
    assert "unknown key: output.neutral" in refusal(write(tmp_path / "a", description))
    mpf_description["output"] |= {"activation": "softmax"}
    said = "output.activation: 'softmax', must be none"
    assert said in refusal(write(tmp_path / "b", mpf_description))


def test_shapes_follow_from_context_stride_and_frames(tmp_path, description):
    bundle = ModelBundle.load(write(tmp_path / "b", description))
    assert bundle.new_units_per_step == 20
    assert bundle.input_shape == (1, 4, 30)
    assert bundle.output_shape == (1, 2, 3)


def test_mpf_shapes_count_frames(tmp_path, mpf_description):
    mpf_description |= {"frames_per_step": 2, "stride": 80, "left_context": 3}
    bundle = ModelBundle.load(write(tmp_path / "b", mpf_description))
    assert bundle.new_units_per_step == 4
    assert bundle.input_shape == (1, 7, 2, 4, 4)
    assert bundle.mpf is not None
    assert bundle.mpf.bands == ((0.0, 50.0), (30.0, 100.0))
    assert bundle.mpf.noise_floor == 2.0


def test_a_stream_begins_so_that_its_first_output_ends_a_run(tmp_path, mpf_description):
    mpf_description |= {"frames_per_step": 1, "stride": 320, "left_context": 0, "warm_up": 491}
    bundle = ModelBundle.load(write(tmp_path / "b", mpf_description))
    assert bundle.new_units_per_step == 8
    assert (bundle.leading_units, bundle.silent_steps) == (4, 61)
    assert (bundle.silent_steps + 1) * 8 - bundle.leading_units == bundle.warm_up + 1


def test_without_a_warm_up_the_first_run_counts(tmp_path, description):
    bundle = ModelBundle.load(write(tmp_path / "b", description))
    assert (bundle.warm_up, bundle.leading_units, bundle.silent_steps) == (0, 0, 0)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["format"], 2, "format: 2, must be 1"),
        (["name"], "My Bundle", "name: 'My Bundle', must be lower-case letters"),
        (["task"], "sleep", "task: 'sleep', must be one of discrete_gestures, wrist, handwriting"),
        (["version"], [1], "version: [1], must be a text or a number"),
        (["licence"], "", "licence: '', must be a text"),
        (["trained_on"], "people", "trained_on: 'people', must be a mapping"),
        (["input"], 5, "input must be a mapping"),
        (["input", "kind"], "eeg", "input.kind: 'eeg', must be one of emg, mpf"),
        (["input", "sample_rate"], 0, "input.sample_rate: 0, must be a number above 0"),
        (["input", "sample_rate"], float("nan"), "input.sample_rate: nan"),
        (["input", "channels"], 16.0, "input.channels: 16.0, must be an integer of at least 1"),
        (["input", "channels"], True, "input.channels: True, must be an integer"),
        (["input", "unit"], "mV", "input.unit: 'mV', must be one of noise_sd, V"),
        (["input", "bandwidth"], "wide", "input.bandwidth: 'wide', must be a number"),
        (["frames_per_step"], 0, "frames_per_step: 0, must be an integer of at least 1"),
        (["left_context"], -1, "left_context: -1, must be an integer of at least 0"),
        (["states"], {"h": [0]}, "states: {'h': [0]}, must be a mapping of tensor names"),
        (["output", "activation"], "tanh", "output.activation: 'tanh'"),
        (
            ["output", "labels"],
            ["a", "a"],
            "output.labels: ['a', 'a'], must be a list of",
        ),
        (["sha256"], "abc", "sha256: 'abc', must be 64 hexadecimal digits"),
        (["colour"], "red", "unknown key: colour"),
        (["input", "colour"], "red", "unknown key: input.colour"),
        (["mpf"], {"window": 200}, "mpf: not allowed, since input.kind is 'emg'"),
        (["warm_up"], 5, "warm_up: not allowed, since input.kind is 'emg'"),
    ],
)
def test_a_field_that_does_not_fit_is_named(tmp_path, description, path, value, said):
    inner = description
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    message = refusal(write(tmp_path / "b", description))
    assert message.startswith(str(tmp_path / "b" / "bundle.yaml") + ": ")
    assert said in message


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["mpf", "bands"], [[50, 0]], "mpf.bands: [[50, 0]], must be a list of pairs"),
        (["mpf", "noise_floor"], -1.0, "mpf.noise_floor: -1.0"),
        (["mpf", "colour"], 1, "unknown key: mpf.colour"),
        (["stride"], 30, "stride: 30, must be a multiple of mpf.stride, 40 samples"),
    ],
)
def test_an_mpf_field_that_does_not_fit_is_named(tmp_path, mpf_description, path, value, said):
    inner = mpf_description
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert said in refusal(write(tmp_path / "b", mpf_description))


@pytest.mark.parametrize("key", ["name", "input", "states", "output", "stride", "licence"])
def test_a_missing_field_is_named(tmp_path, description, key):
    del description[key]
    assert f"bundle.yaml: {key} is missing" in refusal(write(tmp_path / "b", description))


def test_a_wrong_hash_is_refused(tmp_path, description):
    folder = write(tmp_path / "b", description)
    (folder / "model.onnx").write_bytes(b"something else")
    assert "model.onnx: sha256 is" in refusal(folder)


def test_a_missing_model_is_refused(tmp_path, description):
    folder = write(tmp_path / "b", description)
    (folder / "model.onnx").unlink()
    assert refusal(folder) == f"{folder / 'model.onnx'}: no such file"


def test_a_missing_description_is_refused(tmp_path):
    assert refusal(tmp_path) == f"{tmp_path / 'bundle.yaml'}: no such file"


def test_a_missing_folder_is_refused(tmp_path):
    assert refusal(tmp_path / "none") == f"{tmp_path / 'none'}: no such bundle folder"


@pytest.mark.parametrize("text", ["a: [1,", "!!python/object:os.system {}", "\t:"])
def test_what_is_no_plain_yaml_is_refused(tmp_path, text):
    (tmp_path / "bundle.yaml").write_text(text)
    assert "bundle.yaml, line 1: not valid YAML" in refusal(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "bundle.yaml").write_bytes(b"\xff\xfe\x00")
    assert "bundle.yaml, line 1: not valid YAML" in refusal(tmp_path)


def test_lines_that_multiply_each_other_are_refused(tmp_path):
    lines = ["a0: &a0 [1, 1]"]
    lines += [f"a{n + 1}: [*a{n}, *a{n}]" for n in range(100)]
    (tmp_path / "bundle.yaml").write_text("\n".join(lines))
    said = "bundle.yaml, line 2: not valid YAML: found alias '*a0', must be written out"
    assert said in refusal(tmp_path)


@pytest.mark.parametrize("text", ["states: " + "[" * 50_000, "{a: " * 50_000])
def test_deep_nesting_is_refused(tmp_path, text):
    (tmp_path / "bundle.yaml").write_text(text)
    assert "bundle.yaml, line 1: not valid YAML: nested deeper" in refusal(tmp_path)


def test_a_key_that_stands_there_twice_is_refused(tmp_path, description):
    path = write(tmp_path / "b", description) / "bundle.yaml"
    path.write_text(path.read_text() + "\nstride: 20\n")
    assert "not valid YAML: 'stride' is already in line" in refusal(path.parent)


def test_a_list_is_no_description(tmp_path):
    (tmp_path / "bundle.yaml").write_text("- 1")
    assert "the content must be a mapping" in refusal(tmp_path)
