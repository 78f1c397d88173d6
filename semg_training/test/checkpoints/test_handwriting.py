# SPDX-License-Identifier: Apache-2.0
"""Handwriting networks of other sizes, and files that contradict themselves."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.inference.session import Model, StreamingSession  # noqa: E402
from semg_training.checkpoints.handwriting import handwriting_places  # noqa: E402
from semg_training.checkpoints.import_checkpoint import import_checkpoint  # noqa: E402
from semg_training.networks.handwriting import (  # noqa: E402
    HandwritingNetwork,
    HandwritingNetworkSettings,
)

SMALL = HandwritingNetworkSettings(
    channels=6, num_adjacent_cov=2, mlp=(9, 8), time_reduction=2, feed_forward=10, kernel=4,
    strides=(1, 2, 1), attention_windows=(5, 4, 4), heads=2, outputs=7, offsets=(-1, 0),
)  # fmt: skip
ENCODER = {
    "in_dim": 8, "out_dim": "${lightning_module.network.vocab_size}", "log_softmax": True,
    "ffn_dim": 10, "kernel_size": 4, "stride": [1, 2, 1], "num_heads": 2,
    "attn_window_size": [5, 4, 4], "num_layers": 3, "time_reduction_stride": 2,
}  # fmt: skip
LAYER = {"hidden_dims": [9, 8], "offsets": [-1, 0], "num_adjacent_cov": 2}


def made():
    torch.manual_seed(3)
    return HandwritingNetwork(SMALL).eval()


@pytest.fixture
def small(write_config, write_checkpoint):
    """A released folder of other sizes; keyword arguments change the encoder's configuration."""

    def write(**encoder):
        parameters = made().state_dict()
        state = {
            name: torch.cat([parameters[part] for part in parts])
            for name, parts in handwriting_places(SMALL).items()
        }
        for block, window in enumerate(SMALL.attention_windows):
            name = f"conformer.2.{block}.attn_block.child.2.attn_mask"
            state[name] = torch.zeros(window, window, dtype=torch.bool)
        given = {name: value for name, value in {**ENCODER, **encoder}.items() if value is not None}
        network = {"vocab_size": 7, "num_channels": 6, "invariance_layer": LAYER, "encoder": given}
        write_config("handwriting", network)
        return write_checkpoint(state)

    return write


def test_other_sizes_equal_torch(small, tmp_path):
    bundle = import_checkpoint(small(), tmp_path / "bundle", "small")
    assert (bundle.warm_up, bundle.stride) == (SMALL.warm_up, 4 * 40)
    assert bundle.output.labels == (*"abcdef", "<blank>")
    assert bundle.trained_on["taken_as_published"] == {"window of the MPF features": 160}
    frames = np.random.default_rng(2).normal(2, 3, (40, 1, 4, 6, 6, 6)).astype(np.float32)
    network, session = made(), StreamingSession(Model(bundle))
    states = list(network.initial_states().values())
    for step in frames:
        with torch.no_grad():
            expected, *states = network(torch.from_numpy(step), *states)
        np.testing.assert_allclose(session.step(step), expected.numpy(), atol=1e-5)


def test_windows_of_the_attention_follow_from_the_tensors(small, tmp_path):
    bundle = import_checkpoint(small(attn_window_size=None), tmp_path / "bundle", "small")
    assert bundle.states["attention_00"] == (4, 8)
    assert bundle.states["attention_02"] == (3, 8)


@pytest.mark.parametrize(
    ("encoder", "said"),
    [
        (
            {"attn_window_size": [5, 4, 6]},
            "conformer.2.2.attn_block.child.2.attn_mask has shape [4, 4], must be [6, 6]",
        ),
        ({"stride": None}, "encoder.stride is missing"),
        ({"stride": [1, 2]}, "encoder.stride: 2 values, must be one for each of 3 blocks"),
        ({"stride": [1000, 2, 1]}, "one emission for 4000 MPF frames, must be for at most 1024"),
        ({"num_heads": 3}, "attention heads: 3, must divide 8"),
        ({"log_softmax": False}, "encoder.log_softmax: False, must be True"),
        ({"in_dim": 64}, "encoder.in_dim: 64, must be 8"),
        (
            {"kernel_size": 5},
            "conv_block.child.3.net.weight has shape [8, 1, 4], must be [8, 1, 5]",
        ),
        ({"num_layers": 4}, "encoder.stride: 3 values, must be one for each of 4 blocks"),
        ({"ffn_dim": 12}, "ff_block1.child.1.weight has shape [10, 8], must be [12, 8]"),
        ({"time_reduction_stride": 3}, "conformer.1.weight has shape [8, 16], must be [8, 24]"),
        ({"out_dim": 8}, "tensor network.conformer.3.weight has shape [7, 8], must be [8, 8]"),
        ({"kernel_size": 1}, "kernel of the convolutions: 1, must be integers from 2 to"),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(encoder, said, small, tmp_path, refusal):
    assert said in refusal(import_checkpoint, small(**encoder), tmp_path / "bundle", "small")
    assert not (tmp_path / "bundle").exists()
