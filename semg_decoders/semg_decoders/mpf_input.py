# SPDX-License-Identifier: Apache-2.0
"""What every decoder of MPF frames does before its engine sees one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoder_shell import BundleStream
from semg_decoders.inference.bundle import BundleError
from semg_decoders.inference.stream_check import StreamDescription, check_stream
from semg_msgs.msg import MpfFrame
from semg_node.arrays import float32_array
from semg_node.component import Refused
from semg_node.continuity import Continuity


@dataclass(frozen=True)
class TakenFrame:
    """A frame that is to be decoded.

    Attributes
    ----------
    log_matrices : array of float32, (1, bands, channels, channels)
        The frame.
    suspect : array of bool, (channels,)
        All channels, where the frame is suspect: it does not say which.
    """

    log_matrices: NDArray[np.float32]
    suspect: NDArray[np.bool_]


class MpfInput:
    """Judges each frame of a topic, and refuses those that the model was not made for.

    Parameters
    ----------
    topic : str
        For messages.
    stream : BundleStream
        The model, and the counts of its input.
    begin : callable
        Called with how the frame breaks with the past, and the frame, when what comes is not to
        be joined with what came.
    """

    def __init__(
        self, topic: str, stream: BundleStream, begin: Callable[[Continuity, MpfFrame], None]
    ) -> None:
        self._topic = topic
        self._stream = stream
        self._begin = begin
        self._shape = (0, 0)

    def take(self, frame: MpfFrame) -> TakenFrame | None:
        """Return what is to be decoded; None for a frame that has come before.

        Raises
        ------
        Refused
            If the model cannot work on such frames.
        """
        self._check_sizes(frame)
        verdict = self._stream.input.judge(
            # Frames overlap: what continues is the last sample, stride by stride.
            frame.stream_id,
            frame.last_sample,
            frame.stride,
        )
        if verdict is Continuity.REPEATED:
            return None
        bands, channels = shape = len(frame.band_low), frame.channels
        if verdict.breaks or shape != self._shape:
            self._check_stream(frame)
            self._shape = shape
        if verdict.breaks:
            self._begin(verdict, frame)
        return TakenFrame(
            float32_array(frame.data, 1, bands, channels, channels),
            np.full(frame.channels, frame.quality == MpfFrame.SUSPECT),
        )

    def _check_sizes(self, frame: MpfFrame) -> None:
        bands, channels = len(frame.band_low), frame.channels
        if len(frame.band_high) != bands or len(frame.data) != bands * channels**2:
            raise Refused(
                f"{self._topic}: {len(frame.data)} values and {len(frame.band_high)} upper edges "
                f"for {bands} bands and {channels} channels"
            )

    def _check_stream(self, frame: MpfFrame) -> None:
        """Check that the frames are what the model was trained on."""
        bands = tuple(
            (float(low), float(high))
            for low, high in zip(frame.band_low, frame.band_high, strict=True)
        )
        stream = StreamDescription(
            self._topic,
            frame.sample_rate,
            frame.channels,
            "noise_sd",
            frame.bandwidth,
            frame.window,
            frame.stride,
            bands,
        )
        try:
            check_stream(self._stream.bundle, stream)
        except BundleError as error:
            raise Refused(str(error)) from None
