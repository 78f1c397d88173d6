# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_decoders.inference.bundle import BundleError, ModelBundle
from semg_decoders.inference.session import Model, NonFiniteOutputError, StreamingSession
from semg_decoders.inference.writer import write_bundle

OFFSETS = np.arange(6).reshape(1, 2, 3)


@pytest.fixture
def model(tmp_path, counting_onnx, description):
    return Model(write_bundle(tmp_path / "counting", counting_onnx, description))


def emg(value):
    return np.full((1, 4, 30), value, dtype=np.float32)


def test_state_goes_from_step_to_step(model):
    session = StreamingSession(model)
    for count, value in enumerate([0.0, 5.0, -1.0]):
        np.testing.assert_allclose(session.step(emg(value)), OFFSETS + value + count)


def test_reset_starts_anew(model):
    session = StreamingSession(model)
    session.step(emg(1.0))
    session.reset()
    np.testing.assert_allclose(session.step(emg(1.0)), OFFSETS + 1.0)


def test_warming_up_leaves_a_fresh_state(model):
    session = StreamingSession(model)
    session.step(emg(1.0))
    session.warm_up()
    np.testing.assert_allclose(session.step(emg(1.0)), OFFSETS + 1.0)


def test_streams_of_one_model_do_not_mix(model):
    first, second = StreamingSession(model), StreamingSession(model)
    first.step(emg(0.0))
    first.step(emg(0.0))
    np.testing.assert_allclose(second.step(emg(0.0)), OFFSETS)
    np.testing.assert_allclose(first.step(emg(0.0)), OFFSETS + 2)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_answer_that_is_not_finite_resets_the_state(model, bad):
    session = StreamingSession(model)
    session.step(emg(0.0))
    with pytest.raises(NonFiniteOutputError, match="'counting': the model's answer is not finite"):
        session.step(emg(bad))
    np.testing.assert_allclose(session.step(emg(0.0)), OFFSETS)


def refusal(folder, onnx_bytes, description):
    with pytest.raises(BundleError) as caught:
        write_bundle(folder, onnx_bytes, description)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(folder / "model.onnx"))
    return message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"left_context": 11},
            "input 'emg' has shape [1, 4, 30], but by bundle.yaml it must be [1, 4, 31]",
        ),
        ({"states": {"count": [1, 1, 2]}}, "input 'count' has shape [1, 1, 1]"),
        ({"states": {}}, "input 'count' is not described in bundle.yaml"),
        (
            {"states": {"count": [1, 1, 1], "lstm_h": [1]}},
            "no input 'lstm_h', which bundle.yaml names; it has count, emg",
        ),
    ],
)
def test_a_graph_with_other_tensors_is_refused(tmp_path, counting_onnx, description, change, said):
    assert said in refusal(tmp_path, counting_onnx, description | change)


def test_an_output_of_another_size_is_refused(tmp_path, counting_onnx, description):
    description["output"]["labels"] = ["a", "b"]
    message = refusal(tmp_path, counting_onnx, description)
    assert "output 'answer' has shape [1, 2, 3], but by bundle.yaml it must be [1, 2, 2]" in message


def test_an_output_of_another_name_is_refused(tmp_path, counting_onnx, description):
    description["output"]["tensor"] = "logits"
    assert "no output 'logits'" in refusal(tmp_path, counting_onnx, description)


def test_bytes_that_are_no_graph_are_refused(tmp_path, description):
    assert "cannot be loaded" in refusal(tmp_path, b"not a graph", description)


def test_a_model_is_loaded_from_its_folder(tmp_path, counting_onnx, description):
    write_bundle(tmp_path, counting_onnx, description)
    assert Model.load(tmp_path).bundle == ModelBundle.load(tmp_path)


def test_a_model_that_changed_after_its_description_was_read_is_refused(
    tmp_path, counting_onnx, description
):
    bundle = write_bundle(tmp_path, counting_onnx, description)
    (tmp_path / "model.onnx").write_bytes(b"something else")
    with pytest.raises(BundleError, match="sha256"):
        Model(bundle)
