# SPDX-License-Identifier: Apache-2.0
"""The configuration is read strictly, and nothing in it is run."""

import pytest

from semg_training.checkpoints.config import ModelConfig

NETWORK = """
task: wrist
sizes: {small: 8}
again: ${lightning_module.network.hidden}
lightning_module:
  network:
    _target_: os.system
    hidden: ${sizes.small}
    further: ${again}
    nothing: ${sizes.large}
    circle: ${lightning_module.network.circle}
    part: a${sizes.small}
    encoder: {stride: [1, 2]}
"""


@pytest.fixture
def config(tmp_path):
    def load(text):
        path = tmp_path / "model_config.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return ModelConfig.load(path)

    return load


def test_values_of_the_network_are_found_and_references_followed(config):
    read = config(NETWORK)
    assert read.task == "wrist"
    assert read.of_network("encoder.stride") == [1, 2]
    assert read.of_network("hidden") == 8
    assert read.of_network("further") == 8
    assert read.of_network("encoder.kernel") is None
    assert read.of_network("hidden.kernel") is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", "network.nothing: '${sizes.large}' refers to nothing in the file"),
        ("circle", "network.circle refers to itself"),
        ("part", "network.part: 'a${sizes.small}' refers to nothing"),
    ],
)
def test_references_that_lead_nowhere_are_refused(name, said, config, refusal):
    assert said in refusal(config(NETWORK).of_network, name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("task: sleep", "task: 'sleep', must be one of discrete_gestures, wrist, handwriting"),
        ("task: [wrist]", "task: '['wrist']', must be one of"),
        ("name: wrist", "task is missing"),
        ("- wrist", "must be a mapping of names to values"),
        ("", "must be a mapping of names to values"),
        ("task: [", "not valid YAML"),
        ("!!python/object/apply:os.system [true]", "not valid YAML"),
        (b"\xff\xfe\x00", "not valid YAML"),
        ("[" * 10_000, "not valid YAML"),
        ("{[a]: b}", "not valid YAML"),
        ("task: &a [*a]", "not valid YAML: found alias '*a', must be written out"),
        ("a: &a {b: 1}\ntask: {<<: [*a, *a]}", "not valid YAML: found alias '*a'"),
        ("task: 0x" + "f" * 10_000, "not valid YAML: found an integer of no sensible size"),
        ("task: " + "1:" * 10_000 + "1", "not valid YAML: found an integer of no sensible size"),
    ],
)
def test_what_is_no_configuration_is_refused(text, said, config, refusal):
    assert said in refusal(config, text)


def test_lines_that_multiply_each_other_are_refused_and_not_unfolded(config, refusal):
    lines = ["a0: &a0 [1, 1]"]
    lines += [f"a{n + 1}: &a{n + 1} [*a{n}, *a{n}]" for n in range(100)]
    assert "found alias '*a0'" in refusal(config, "\n".join([*lines, "task: *a100"]))


def test_a_missing_configuration_is_refused(tmp_path, refusal):
    path = tmp_path / "model_config.yaml"
    assert refusal(ModelConfig.load, path) == f"{path}: no such file"
