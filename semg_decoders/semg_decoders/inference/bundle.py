# SPDX-License-Identifier: Apache-2.0
"""Model bundles: a folder with ``model.onnx`` and the ``bundle.yaml`` that describes it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from semg_decoders.inference.lookup import DESCRIPTION_FILE, find_bundle
from semg_decoders.inference.strict_mapping import BundleError, StrictMapping
from semg_node.strict_yaml import YamlError, read_yaml

__all__ = [
    "BundleError",
    "InputDescription",
    "ModelBundle",
    "MpfDescription",
    "OutputDescription",
    "find_bundle",
]

FORMAT = 1
MODEL_FILE = "model.onnx"
TASKS = ("discrete_gestures", "wrist", "handwriting")


@dataclass(frozen=True)
class InputDescription:
    """What the model is fed with.

    Attributes
    ----------
    kind : str
        ``emg`` or ``mpf``.
    sample_rate : float
        Hz, of the EMG.
    channels : int
        Number of channels.
    unit : str
        Unit of the EMG: ``noise_sd`` or ``V``.
    high_pass_hz : float
        Corner of the high-pass filter that the EMG went through; 0 for none.
    bandwidth : float
        Hz that the device has to deliver at least.
    tensor : str
        Name of the input in the graph.
    """

    kind: str
    sample_rate: float
    channels: int
    unit: str
    high_pass_hz: float
    bandwidth: float
    tensor: str


@dataclass(frozen=True)
class MpfDescription:
    """The features that the model is fed with.

    Attributes
    ----------
    window, stride : int
        Samples.
    bands : tuple of (float, float)
        Hz, exclusive low and inclusive high edges.
    noise_floor : float
        (noise s.d.)^4, added to every eigenvalue before the logarithm.
    """

    window: int
    stride: int
    bands: tuple[tuple[float, float], ...]
    noise_floor: float


@dataclass(frozen=True)
class OutputDescription:
    """What the model answers.

    Attributes
    ----------
    tensor : str
        Name of the output in the graph.
    activation : str
        What the decoder still has to apply: ``sigmoid``, or ``softmax`` where the outputs exclude
        each other, as postures do, or ``none``.
    labels : tuple of str
        Meaning of each output.
    neutral : str
        Which of exclusive labels means that nothing is held; empty if none does.
    """

    tensor: str
    activation: str
    labels: tuple[str, ...]
    neutral: str = ""

    @property
    def exclusive(self) -> bool:
        """Whether exactly one of the outputs holds at any time."""
        return self.activation == "softmax"


@dataclass(frozen=True)
class ModelBundle:
    """A model's description, checked; `Model` checks the graph against it.

    Attributes
    ----------
    folder : Path
        Where the bundle lies.
    name, version, licence, description : str
        Who it is.
    task : str
        ``discrete_gestures``, ``wrist`` or ``handwriting``.
    trained_on, metrics : mapping
        Free notes on its origin and quality.
    input, mpf, output
        Its tensors; `mpf` is None unless `input.kind` is ``mpf``.
    frames_per_step : int
        Outputs that one run of the graph gives.
    left_context : int
        Input units (samples, or MPF frames) before the new ones that each run sees again.
    warm_up : int
        Input units before the one that the first output of a stream belongs to, where they are
        kept in the states; 0 (the default) where the first run's outputs count.
    stride : int
        EMG samples from one output to the next.
    states : mapping of str to tuple of int
        Name and shape of each state input; the output is called ``<name>_out``.
    decoding : mapping
        Defaults of the decoder's settings.
    sha256 : str
        Hash of ``model.onnx``.
    """

    folder: Path
    name: str
    task: str
    version: str
    licence: str
    description: str
    trained_on: Mapping[str, Any]
    metrics: Mapping[str, Any]
    input: InputDescription
    mpf: MpfDescription | None
    frames_per_step: int
    left_context: int
    warm_up: int
    stride: int
    states: Mapping[str, tuple[int, ...]]
    output: OutputDescription
    decoding: Mapping[str, Any]
    sha256: str

    @classmethod
    def load(cls, folder: str | Path) -> ModelBundle:
        """Read ``bundle.yaml``, check every field and the hash of ``model.onnx``.

        Raises
        ------
        BundleError
            If something is missing, unknown or does not fit.
        """
        folder = Path(folder)
        if not folder.is_dir():
            raise BundleError(f"{folder}: no such bundle folder")
        bundle = _read(folder)
        bundle.onnx_bytes()
        return bundle

    @property
    def description_path(self) -> Path:
        """The file ``bundle.yaml``."""
        return self.folder / DESCRIPTION_FILE

    @property
    def model_path(self) -> Path:
        """The file ``model.onnx``."""
        return self.folder / MODEL_FILE

    @property
    def new_units_per_step(self) -> int:
        """Input units (samples, or MPF frames) by which each run of the graph advances."""
        unit = 1 if self.mpf is None else self.mpf.stride
        return self.frames_per_step * self.stride // unit

    @property
    def leading_units(self) -> int:
        """Zero units put before a stream, so that the first output ends a run of the graph."""
        return -(self.warm_up + 1) % self.new_units_per_step if self.warm_up else 0

    @property
    def silent_steps(self) -> int:
        """Runs at the beginning of a stream whose outputs do not count yet."""
        if not self.warm_up:
            return 0
        return (self.warm_up + 1 + self.leading_units) // self.new_units_per_step - 1

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the input tensor: (1, channels, samples) or (1, frames, bands, ch, ch)."""
        units = self.left_context + self.new_units_per_step
        channels = self.input.channels
        if self.mpf is None:
            return (1, channels, units)
        return (1, units, len(self.mpf.bands), channels, channels)

    @property
    def output_shape(self) -> tuple[int, int, int]:
        """Shape of the output tensor: (1, frames per step, labels)."""
        return (1, self.frames_per_step, len(self.output.labels))

    def onnx_bytes(self) -> bytes:
        """Return the content of ``model.onnx``.

        Raises
        ------
        BundleError
            If it cannot be read or its hash is not the one in ``bundle.yaml``.
        """
        content = _read_bytes(self.model_path)
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise BundleError(
                f"{self.model_path}: sha256 is {found}, but {DESCRIPTION_FILE} says {self.sha256}"
            )
        return content


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BundleError(f"{path}: no such file") from None
    except OSError as error:
        raise BundleError(f"{path}: cannot be read: {error.strerror}") from None


def _read(folder: Path) -> ModelBundle:
    path = folder / DESCRIPTION_FILE
    try:
        values = read_yaml(path).plain()
    except YamlError as error:
        raise BundleError(str(error)) from None
    fields = StrictMapping(values, str(path))
    found = fields.take("format")
    if found != FORMAT or isinstance(found, bool):
        raise fields.refuse("format", found, f"{FORMAT}, the only format that is known")
    name = fields.name("name", r"[a-z0-9][a-z0-9_-]*", "lower-case letters, digits, - and _")
    task = fields.text("task", TASKS)
    version = fields.take("version")
    if isinstance(version, bool) or not isinstance(version, (str, int, float)):
        raise fields.refuse("version", version, "a text or a number")
    source = _input(fields.inner("input"))
    mpf = _mpf(fields.inner("mpf")) if source.kind == "mpf" else None
    if mpf is None and fields.has("mpf"):
        raise BundleError(f"{path}: mpf: not allowed, since input.kind is 'emg'")
    if mpf is None and fields.has("warm_up"):
        raise BundleError(f"{path}: warm_up: not allowed, since input.kind is 'emg'")
    stride = fields.integer("stride", 1)
    if mpf is not None and stride % mpf.stride:
        raise fields.refuse("stride", stride, f"a multiple of mpf.stride, {mpf.stride} samples")
    bundle = ModelBundle(
        folder=folder,
        name=name,
        task=task,
        version=str(version),
        licence=fields.text("licence"),
        description=fields.text("description"),
        trained_on=MappingProxyType(fields.free("trained_on")),
        metrics=MappingProxyType(fields.free("metrics")),
        input=source,
        mpf=mpf,
        frames_per_step=fields.integer("frames_per_step", 1),
        left_context=fields.integer("left_context", 0),
        warm_up=fields.integer("warm_up", 0) if fields.has("warm_up") else 0,
        stride=stride,
        states=MappingProxyType(fields.shapes("states")),
        output=_output(fields.inner("output"), task),
        decoding=MappingProxyType(fields.free("decoding")),
        sha256=fields.name("sha256", r"[0-9a-f]{64}", "64 hexadecimal digits"),
    )
    fields.finish()
    return bundle


def _input(fields: StrictMapping) -> InputDescription:
    source = InputDescription(
        kind=fields.text("kind", ("emg", "mpf")),
        sample_rate=fields.number("sample_rate", 0, above=True),
        channels=fields.integer("channels", 1),
        unit=fields.text("unit", ("noise_sd", "V")),
        high_pass_hz=fields.number("high_pass_hz", 0),
        bandwidth=fields.number("bandwidth", 0),
        tensor=fields.text("tensor"),
    )
    fields.finish()
    return source


def _mpf(fields: StrictMapping) -> MpfDescription:
    mpf = MpfDescription(
        window=fields.integer("window", 1),
        stride=fields.integer("stride", 1),
        bands=fields.ranges("bands"),
        noise_floor=fields.number("noise_floor", 0),
    )
    fields.finish()
    return mpf


_ACTIVATIONS = {
    "discrete_gestures": ("sigmoid", "softmax", "none"),
    "wrist": ("none",),
    "handwriting": ("none",),
}
"""What may still have to be done to a model's answer, by task."""


def _output(fields: StrictMapping, task: str) -> OutputDescription:
    tensor = fields.text("tensor")
    activation = fields.text("activation", _ACTIVATIONS[task])
    labels = fields.texts("labels")
    # What is not exclusive has no neutral one, and is refused as an unknown key.
    neutral = ""
    if activation == "softmax" and fields.has("neutral"):
        neutral = fields.text("neutral", labels)
    fields.finish()
    return OutputDescription(tensor, activation, labels, neutral)
