# SPDX-License-Identifier: Apache-2.0
"""Networks as ONNX graphs whose state goes in and comes out as tensors."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor

OPSET = 17
STATES = ("lstm_h", "lstm_c")


class ExportError(RuntimeError):
    """The exported graph does not do what the network does."""


class StreamingNetwork(Protocol):
    """A network that continues a stream, given its LSTM state."""

    def __call__(
        self, inputs: Tensor, lstm_h: Tensor, lstm_c: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Map inputs and state to outputs and the next state."""

    def state_shape(self, batch: int = 1) -> tuple[int, int, int]:
        """Return the shape of each state tensor."""


def export_onnx(
    network: torch.nn.Module, path: Path, input_name: str, shape: tuple[int, ...], output_name: str
) -> None:
    """Write a streaming network as ONNX.

    Inputs are `input_name`, ``lstm_h`` and ``lstm_c``; outputs `output_name`, ``lstm_h_out`` and
    ``lstm_c_out``. All shapes are fixed, and each LSTM layer is one ONNX LSTM node.

    Parameters
    ----------
    network : torch.nn.Module
        A `StreamingNetwork`. It is put into evaluation mode.
    path : Path
        File to write.
    input_name, output_name : str
        Names in the graph.
    shape : tuple of int
        Shape of the input of one step, batch first.
    """
    network.eval()
    state = torch.zeros(network.state_shape())  # type: ignore[operator]
    with warnings.catch_warnings():
        # The exporter that needs no further package is the one torch no longer recommends.
        # What else it warns of (sizes taken as constants) is wanted: all shapes are fixed.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (torch.zeros(shape), state, state.clone()),
            str(path),
            input_names=[input_name, *STATES],
            output_names=[output_name, *(f"{name}_out" for name in STATES)],
            opset_version=OPSET,
            dynamo=False,
        )


def check_export(
    network: torch.nn.Module, path: Path, steps: NDArray[np.float32], tolerance: float = 1e-5
) -> float:
    """Run the graph and the network side by side, each with its own state.

    Parameters
    ----------
    network : torch.nn.Module
        What was exported.
    path : Path
        The ONNX file.
    steps : ndarray of float32, shape (steps, *input shape)
        Inputs of consecutive steps.
    tolerance : float
        Largest difference allowed, absolute, or relative to outputs larger than 1.

    Returns
    -------
    float
        Largest difference seen over outputs and states.

    Raises
    ------
    ExportError
        If it is larger than `tolerance`.
    """
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    input_name = session.get_inputs()[0].name
    network.eval()
    state = torch.zeros(network.state_shape())  # type: ignore[operator]
    expected = [torch.empty(0), state, state.clone()]
    got: list[NDArray[np.float32]] = [np.empty(0, np.float32), state.numpy(), state.numpy()]
    worst = 0.0
    for step in steps:
        feed = {input_name: step, **dict(zip(STATES, got[1:], strict=True))}
        got = session.run(None, feed)
        with torch.no_grad():
            expected = list(network(torch.from_numpy(step), *expected[1:]))
        for ours, theirs in zip(got, expected, strict=True):
            reference = theirs.numpy()
            difference = np.abs(ours - reference) / np.maximum(1.0, np.abs(reference))
            worst = max(worst, float(difference.max()))
    if not worst <= tolerance:
        raise ExportError(
            f"{path}: differs from the network by {worst:.2g}, must be at most {tolerance:g}"
        )
    return worst
