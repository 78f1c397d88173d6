# SPDX-License-Identifier: Apache-2.0
"""Streaming ONNX sessions: one shared, immutable model and the state of each stream."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.strict_mapping import BundleError


class NonFiniteOutputError(ArithmeticError):
    """The model answered with NaN or infinity; the stream's state has been reset."""


class Model:
    """A bundle's graph, loaded and checked against its description. Shared by any streams.

    Parameters
    ----------
    bundle : ModelBundle
        What to load.
    threads : int
        Threads that one run may use.

    Raises
    ------
    BundleError
        If the graph cannot be loaded or its tensors are not the ones described.
    """

    def __init__(self, bundle: ModelBundle, threads: int = 1) -> None:
        self.bundle = bundle
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        # A spinning worker would burn a core between two chunks.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.inter_op.allow_spinning", "0")
        options.log_severity_level = 3
        content = bundle.onnx_bytes()
        try:
            self._session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors have no base class of their own
            reason = " ".join(str(error).split())
            raise BundleError(f"{bundle.model_path}: cannot be loaded: {reason}") from None
        self._check_tensors()
        self._outputs = [bundle.output.tensor, *(f"{name}_out" for name in bundle.states)]

    @classmethod
    def load(cls, folder: str | Path, threads: int = 1) -> Model:
        """Load the bundle in a folder, with every check."""
        return cls(ModelBundle.load(folder), threads)

    def run(
        self, values: NDArray[np.float32], states: dict[str, NDArray[np.float32]]
    ) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]:
        """Run the graph once.

        Parameters
        ----------
        values : array of float32, `ModelBundle.input_shape`
            One step's input.
        states : dict of str to array of float32
            Every state tensor.

        Returns
        -------
        output : array of float32, `ModelBundle.output_shape`
        states : dict of str to array of float32
            To be given to the next run of the same stream.
        """
        output, *new = self._session.run(
            self._outputs, {self.bundle.input.tensor: values, **states}
        )
        return output, dict(zip(states, new, strict=True))

    def initial_states(self) -> dict[str, NDArray[np.float32]]:
        """Return the state of a stream that has not begun: zeros."""
        return {
            name: np.zeros(shape, dtype=np.float32) for name, shape in self.bundle.states.items()
        }

    def _check_tensors(self) -> None:
        bundle = self.bundle
        states = dict(bundle.states)
        self._compare(
            "input", self._session.get_inputs(), {bundle.input.tensor: bundle.input_shape, **states}
        )
        outputs = {f"{name}_out": shape for name, shape in states.items()}
        self._compare(
            "output",
            self._session.get_outputs(),
            {bundle.output.tensor: bundle.output_shape, **outputs},
        )

    def _compare(
        self, kind: str, found: list[onnxruntime.NodeArg], wanted: dict[str, tuple[int, ...]]
    ) -> None:
        path, described = self.bundle.model_path, self.bundle.description_path.name
        names = {tensor.name for tensor in found}
        for name in wanted:
            if name not in names:
                there = ", ".join(sorted(names))
                raise BundleError(
                    f"{path}: no {kind} '{name}', which {described} names; it has {there}"
                )
        for tensor in found:
            if tensor.name not in wanted:
                raise BundleError(f"{path}: {kind} '{tensor.name}' is not described in {described}")
            shape = wanted[tensor.name]
            if tensor.type != "tensor(float)":
                raise BundleError(
                    f"{path}: {kind} '{tensor.name}' is a {tensor.type}, must be tensor(float)"
                )
            # A size without a number is left to the run.
            fits = len(tensor.shape) == len(shape) and all(
                not isinstance(size, int) or size == wanted_size
                for size, wanted_size in zip(tensor.shape, shape, strict=True)
            )
            if not fits:
                raise BundleError(
                    f"{path}: {kind} '{tensor.name}' has shape {list(tensor.shape)}, "
                    f"but by {described} it must be {list(shape)}"
                )


class StreamingSession:
    """The state of one stream through a model.

    Parameters
    ----------
    model : Model
        May be shared with other streams.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.reset()

    def reset(self) -> None:
        """Start anew: the state of a stream that has not begun."""
        self._states = self.model.initial_states()

    def warm_up(self) -> None:
        """Run once on zeros, so that the first real step is not slow; leaves a fresh state.

        Raises
        ------
        BundleError
            If the graph does not run, or answers in another shape than described.
        """
        bundle = self.model.bundle
        zeros = np.zeros(bundle.input_shape, dtype=np.float32)
        try:
            output, _ = self.model.run(zeros, self.model.initial_states())
        except Exception as error:  # onnxruntime's errors have no base class of their own
            reason = " ".join(str(error).split())
            raise BundleError(f"{bundle.model_path}: does not run: {reason}") from None
        if output.shape != bundle.output_shape:
            raise BundleError(
                f"{bundle.model_path}: output '{bundle.output.tensor}' has shape "
                f"{list(output.shape)}, but by {bundle.description_path.name} it must be "
                f"{list(bundle.output_shape)}"
            )
        self.reset()

    def step(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the next step of the stream.

        Parameters
        ----------
        values : array of float32, `ModelBundle.input_shape`
            One step's input.

        Returns
        -------
        array of float32, `ModelBundle.output_shape`

        Raises
        ------
        NonFiniteOutputError
            If the answer or the new state is not finite. The state is reset.
        """
        output, states = self.model.run(values, self._states)
        if not all(np.isfinite(array).all() for array in (output, *states.values())):
            self.reset()
            raise NonFiniteOutputError(
                f"bundle '{self.model.bundle.name}': the model's answer is not finite; reset"
            )
        self._states = states
        return output
