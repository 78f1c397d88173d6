# SPDX-License-Identifier: Apache-2.0
"""A band in the test's own hands: it publishes just what a test wants a graph to hear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_msgs.msg import EmgChunk, EmgInfo, StreamProgress
from semg_node.arrays import float32_field
from semg_node.qos import LATCHED, STREAM
from semg_node.stamps import offset_ns, to_stamp
from test.listening import NAME, Listener

RATE = 2000.0
NOISE_SD = 2.46e-6
FULL_SCALE = 1e-3
CHUNK = 20
PIECE = 8000
"""Samples that are under way at once: chunks of 10 ms fit into a queue, and many cuts into it."""
_LATEST_REPORT = 200
"""Samples by which what a node says of its progress may lag behind."""
_BEGAN_NS = 1_700_000_000_000_000_000


def noise(samples: int, channels: int = 16, seed: int = 1) -> NDArray[np.float32]:
    """Return EMG of a muscle that is always a little tense, in V."""
    random = np.random.default_rng(seed)
    return (20 * NOISE_SD * random.standard_normal((samples, channels))).astype(np.float32)


class Band:
    """Publishes ``emg/info`` and ``emg/raw`` on the listener's node."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        node = listener.node
        self._info = node.create_publisher(EmgInfo, "emg/info", LATCHED)
        self._raw = node.create_publisher(EmgChunk, "emg/raw", STREAM)
        self._described = EmgInfo()
        self._sequence = 0
        self._progress: dict[tuple[int, str], int] = {}
        node.create_subscription(StreamProgress, "stream/progress", self._note, STREAM)

    def describe(self, stream_id: int, channels: int = 16, **fields: Any) -> EmgInfo:
        """Begin a stream."""
        self._sequence = 0
        info = EmgInfo(
            stream_id=stream_id,
            device="test band",
            serial="1",
            sample_rate=RATE,
            bandwidth=850.0,
            channels=channels,
            channel_labels=[str(channel) for channel in range(channels)],
            ring_order=list(range(channels)),
            unit="V",
            noise_sd=NOISE_SD,
            full_scale=FULL_SCALE,
            source=EmgInfo.SOURCE_LIVE,
        )
        for name, value in fields.items():
            setattr(info, name, value)
        self._described = info
        self._info.publish(info)
        return info

    def wait_for_listeners(self, count: int, timeout: float = 60.0) -> None:
        """Wait until `count` readers are there for ``emg/raw``."""
        self._listener.wait(
            lambda: self._raw.get_subscription_count() >= count, timeout, "readers of emg/raw"
        )

    def wait_until_heard(self) -> None:
        """Wait until those that the stream is paced by say that they are connected."""
        self._wait_for_progress(self._described.paced_by, 0)

    def send(self, emg: NDArray[np.float32], first_sample: int = 0, chunk: int = CHUNK) -> None:
        """Publish samples in chunks; at most 500 of them, which is what a queue holds."""
        for start in range(0, len(emg), chunk):
            self.send_chunk(emg[start : start + chunk], first_sample + start)

    def send_chunk(self, emg: NDArray[np.float32], first_sample: int) -> None:
        """Publish one chunk."""
        chunk = EmgChunk(
            stream_id=self._described.stream_id,
            sequence=self._sequence,
            first_sample=first_sample,
            sample_rate=RATE,
            channels=emg.shape[1],
            unit=self._described.unit,
            data=float32_field(emg),
        )
        chunk.header.stamp = to_stamp(_BEGAN_NS + offset_ns(first_sample, RATE))
        chunk.header.frame_id = "emg_band"
        self._sequence += 1
        self._raw.publish(chunk)

    def play(
        self,
        emg: NDArray[np.float32],
        stream_id: int,
        consumers: Sequence[str],
        chunk: int = CHUNK,
    ) -> None:
        """Publish a stream of any length, conditioned and in noise s.d., from its beginning.

        It begins when the listener and `consumers` (node names) hear each other, and waits for
        those as a playback does.
        """
        conditioned = {"unit": "noise_sd", "noise_sd": 1.0, "conditioned": True, "full_scale": 0.0}
        self.describe(stream_id, emg.shape[1], paced_by=[*consumers, NAME], **conditioned)
        self.wait_until_heard()
        for start in range(0, len(emg), PIECE):
            piece = emg[start : start + PIECE]
            self.send(piece, start, chunk)
            come = start + len(piece) - chunk - _LATEST_REPORT
            self._wait_for_progress(consumers, come)

    def _wait_for_progress(self, consumers: Sequence[str], sample: int) -> None:
        stream_id = self._described.stream_id
        for name in consumers:
            self._listener.wait(
                lambda name=name: self._progress.get((stream_id, name), -1) >= sample,
                60.0,
                f"{name} at sample {sample} of stream {stream_id}",
            )

    def _note(self, progress: StreamProgress) -> None:
        self._progress[progress.stream_id, progress.node] = progress.next_sample


def active(listener: Listener, nodes: Iterable[str], timeout: float = 60.0) -> None:
    """Wait until nodes (absolute names) are active."""
    for node in nodes:
        listener.wait(lambda node=node: listener.phase(node) == "active", timeout, f"{node} active")
