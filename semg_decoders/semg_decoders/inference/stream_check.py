# SPDX-License-Identifier: Apache-2.0
"""Tells whether a model can work on what a stream delivers."""

from __future__ import annotations

from dataclasses import dataclass

from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.strict_mapping import BundleError
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_decoders.signal.high_pass import CUTOFF
from semg_decoders.signal.mpf import BANDS, HANDWRITING_WINDOW, STRIDE, WRIST_WINDOW

UNIT = "noise_sd"
_WINDOWS = {"wrist": WRIST_WINDOW, "handwriting": HANDWRITING_WINDOW}


@dataclass(frozen=True)
class StreamDescription:
    """What a stream delivers to a decoder.

    Attributes
    ----------
    name : str
        For messages, such as the topic.
    sample_rate : float
        Hz, of the EMG that reaches the decoder or its features.
    channels : int
        Number of channels.
    unit : str
        Unit of that EMG.
    bandwidth : float
        Hz, upper edge of what the device can deliver.
    window, stride : int
        Samples, of MPF frames; 0 where the stream is EMG.
    bands : tuple of (float, float)
        Hz, of MPF frames; empty where the stream is EMG.
    """

    name: str
    sample_rate: float
    channels: int
    unit: str
    bandwidth: float
    window: int = 0
    stride: int = 0
    bands: tuple[tuple[float, float], ...] = ()


def check_stream(bundle: ModelBundle, stream: StreamDescription) -> None:
    """Refuse a stream that the bundle's model was not made for.

    Raises
    ------
    BundleError
        One line: what the stream has, and what the bundle needs.
    """
    needs = f"but bundle '{bundle.name}' needs"
    wanted = bundle.input
    if stream.channels != wanted.channels:
        raise BundleError(f"{stream.name}: {stream.channels} channels, {needs} {wanted.channels}")
    if stream.sample_rate != wanted.sample_rate:
        raise BundleError(
            f"{stream.name}: {stream.sample_rate:g} Hz, {needs} {wanted.sample_rate:g} Hz"
        )
    if stream.unit != wanted.unit:
        raise BundleError(f"{stream.name}: unit '{stream.unit}', {needs} '{wanted.unit}'")
    if not stream.bandwidth >= wanted.bandwidth:
        raise BundleError(
            f"{stream.name}: bandwidth {stream.bandwidth:g} Hz, {needs} {wanted.bandwidth:g} Hz"
        )
    mpf = bundle.mpf
    if mpf is None or not stream.window:
        return
    if (stream.window, stream.stride) != (mpf.window, mpf.stride):
        raise BundleError(
            f"{stream.name}: MPF window {stream.window} and stride {stream.stride} samples, "
            f"{needs} {mpf.window} and {mpf.stride}"
        )
    if stream.bands != mpf.bands:
        raise BundleError(
            f"{stream.name}: MPF bands {_edges(stream.bands)}, {needs} {_edges(mpf.bands)}"
        )


def check_conditioning(bundle: ModelBundle) -> None:
    """Refuse a bundle for EMG that is conditioned otherwise than here.

    Raises
    ------
    BundleError
        One line: what the bundle needs, and what there is.
    """
    wanted = bundle.input
    for what, needed, there in (
        ("sample_rate", wanted.sample_rate, SAMPLE_RATE),
        ("unit", wanted.unit, UNIT),
        ("high_pass_hz", wanted.high_pass_hz, CUTOFF),
    ):
        if needed != there:
            raise BundleError(
                f"bundle '{bundle.name}': input.{what} is {needed}, but EMG is conditioned to "
                f"{there}"
            )


def check_frames(bundle: ModelBundle) -> None:
    """Refuse a bundle for other MPF frames than the preprocessor makes for its task.

    Raises
    ------
    BundleError
        One line: what the bundle needs, and what there is.
    """
    if bundle.mpf is None or bundle.task not in _WINDOWS:
        return
    made = StreamDescription(
        f"emg/mpf/{bundle.task}",
        SAMPLE_RATE,
        bundle.input.channels,
        UNIT,
        bundle.input.bandwidth,
        _WINDOWS[bundle.task],
        STRIDE,
        BANDS,
    )
    check_stream(bundle, made)


def _edges(bands: tuple[tuple[float, float], ...]) -> str:
    return ", ".join(f"{low:g}-{high:g}" for low, high in bands) + " Hz"
