# SPDX-License-Identifier: Apache-2.0
"""Networks as ONNX graphs whose state goes in and comes out as tensors."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor

OPSET = 17


class ExportError(RuntimeError):
    """The exported graph does not do what the network does."""


class StreamingNetwork(Protocol):
    """A network that continues a stream, given its state."""

    def __call__(self, inputs: Tensor, *states: Tensor) -> tuple[Tensor, ...]:
        """Map inputs and states to outputs and the next states."""

    def initial_states(self) -> dict[str, Tensor]:
        """Return the states of a stream that has not begun, by name, in the order of the call."""

    def eval(self) -> object:
        """Leave training mode."""


def export_onnx(
    network: StreamingNetwork, path: Path, input_name: str, shape: tuple[int, ...], output_name: str
) -> None:
    """Write a streaming network as ONNX.

    Inputs are `input_name` and the names of the states; outputs `output_name` and, for each
    state, its name with ``_out`` appended. All shapes are fixed, and each LSTM layer is one ONNX
    LSTM node.

    Parameters
    ----------
    network : StreamingNetwork
        A torch module. It is put into evaluation mode.
    path : Path
        File to write.
    input_name, output_name : str
        Names in the graph.
    shape : tuple of int
        Shape of the input of one step, batch first.
    """
    network.eval()
    states = network.initial_states()
    with warnings.catch_warnings():
        # The exporter that needs no further package is the one torch no longer recommends.
        # What else it warns of (sizes taken as constants) is wanted: all shapes are fixed.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,  # type: ignore[arg-type]
            (torch.zeros(shape), *states.values()),
            str(path),
            input_names=[input_name, *states],
            output_names=[output_name, *(f"{name}_out" for name in states)],
            opset_version=OPSET,
            dynamo=False,
        )


def check_export(
    network: StreamingNetwork, path: Path, steps: NDArray[np.float32], tolerance: float = 1e-5
) -> float:
    """Run the graph and the network side by side, each with its own states.

    Parameters
    ----------
    network : StreamingNetwork
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
    states = network.initial_states()
    expected = list(states.values())
    got: list[NDArray[np.float32]] = [state.numpy() for state in expected]
    worst = 0.0
    for step in steps:
        output, *got = session.run(None, {input_name: step, **dict(zip(states, got, strict=True))})
        with torch.no_grad():
            answer, *expected = network(torch.from_numpy(step), *expected)
        for ours, theirs in zip([output, *got], [answer, *expected], strict=True):
            reference = theirs.numpy()
            difference = np.abs(ours - reference) / np.maximum(1.0, np.abs(reference))
            worst = max(worst, float(difference.max()))
    if not worst <= tolerance:
        raise ExportError(
            f"{path}: differs from the network by {worst:.2g}, must be at most {tolerance:g}"
        )
    return worst


def exported(
    network: StreamingNetwork,
    input_name: str,
    output_name: str,
    steps: NDArray[np.float32],
    tolerance: float = 1e-5,
) -> tuple[bytes, float]:
    """Return a network as ONNX, and by how much the graph differs from it.

    Parameters and errors are those of `export_onnx` and `check_export`.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export_onnx(network, path, input_name, steps.shape[1:], output_name)
        difference = check_export(network, path, steps, tolerance)
        return path.read_bytes(), difference
