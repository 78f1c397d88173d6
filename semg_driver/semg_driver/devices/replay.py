# SPDX-License-Identifier: Apache-2.0
"""A recording that stands in for a band."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from semg_driver.devices.device import (
    DeviceError,
    DeviceInfo,
    EndOfRecording,
    SampleBlock,
    Source,
)
from semg_driver.devices.registry import DevicePlugin
from semg_driver.recordings.opening import open_recording
from semg_driver.recordings.recording import RecordedBlock, Recording, RecordingError
from semg_node.settings import SettingError, setting, validate

FARTHEST_BEHIND = 1.0
"""A reader that is more s behind than this is not made to catch up."""

LONGEST_PAUSE = 10.0
"""Lost samples are waited for as long as they took, in s, but no longer than this."""


@dataclass(frozen=True)
class ReplayOptions:
    """What to play, and how."""

    path: str = setting(
        "", "recording to play: an HDF5 file in the released layout or a rosbag2 bag",
        read_only=True,
    )  # fmt: skip
    rate: float = setting(
        1.0, "speed: 1 is real time, 2 twice as fast, 0 as fast as it is read",
        minimum=0.0, maximum=1000.0, read_only=True,
    )  # fmt: skip
    loop: bool = setting(False, "begin again at the end, as a new stream", read_only=True)
    start: float = setting(
        0.0, "where to begin, from the recording's beginning", unit="s", minimum=0.0,
        read_only=True,
    )  # fmt: skip
    end: float = setting(
        0.0, "where to end, from the recording's beginning; 0 is its own end", unit="s",
        minimum=0.0, read_only=True,
    )  # fmt: skip
    topic: str = setting("", "topic to play from a bag that holds several bands", read_only=True)
    block_ms: float = setting(
        10.0, "longest block handed over at once", unit="ms", minimum=0.1, maximum=1000.0,
        read_only=True,
    )  # fmt: skip


class Replay:
    """Plays a recording through the `Device` protocol.

    The sample index is that of the recording: the row of an HDF5 file, the recorded index of a
    bag. Device time is the time since the recording's beginning; it goes on when the recording
    loops. Recorded ROS time is handed on where there is any. Where there is none and the
    recording does not play in real time, stamps count from the moment of opening instead, as
    samples that are handed over faster than they were taken say nothing about the clock.

    Parameters
    ----------
    options : ReplayOptions
        What to play, and how.
    """

    def __init__(self, options: ReplayOptions) -> None:
        self._options = options
        self._recording: Recording | None = None
        self._blocks: Iterator[RecordedBlock] = iter(())
        self._next: RecordedBlock | None = None
        self._info: DeviceInfo | None = None
        self._starts_stream = False
        self._damage: RecordingError | None = None
        self._looped = 0.0
        self._played_to = 0.0
        self._deadline: float | None = None
        self._opened_ns = 0

    @property
    def info(self) -> DeviceInfo:
        """What was recorded where the last block that was read comes from."""
        if self._info is None:
            raise DeviceError("replay: not open")
        return self._info

    def open(self) -> None:
        """Open the recording and find its first samples.

        Raises
        ------
        DeviceError
            If it cannot be read, or has nothing between start and end.
        """
        options = self._options
        self.close()
        if not options.path:
            raise DeviceError("replay: path is empty, must be a recording")
        if options.end and options.end <= options.start:
            raise DeviceError(
                f"replay: end is {options.end:g} s, must be after start, {options.start:g} s"
            )
        try:
            self._recording = open_recording(options.path, options.topic)
            self._rewind()
        except RecordingError as error:
            self.close()
            raise DeviceError(f"replay: {error}") from None
        if self._next is None:
            self.close()
            raise DeviceError(
                f"replay: {options.path}: no samples after start, {options.start:g} s"
                + (f", and before end, {options.end:g} s" if options.end else "")
            )
        self._info = _as_played(self._next.info)
        self._starts_stream = False
        self._looped = 0.0
        self._played_to = self._next.time
        self._deadline = None
        self._opened_ns = time.time_ns()

    def read(self, timeout: float) -> SampleBlock | None:
        """Return the next block once its time has come; None if that is not within `timeout`.

        Raises
        ------
        EndOfRecording
            After the last block.
        DeviceError
            If the recording turns out to be damaged.
        """
        if self._recording is None:
            raise DeviceError("replay: not open")
        if self._damage is not None:
            raise DeviceError(f"replay: {self._damage}")
        if self._next is None:
            raise EndOfRecording
        if not self._wait_for(self._next, timeout):
            return None
        recorded = self._next
        block = self._as_block(recorded)
        self._info = _as_played(recorded.info)
        self._played_to = recorded.time + len(recorded.emg) / recorded.info.sample_rate
        self._advance()
        return block

    def close(self) -> None:
        """Close the recording. May be called at any time and more than once."""
        recording, self._recording = self._recording, None
        self._blocks = iter(())
        self._next = None
        self._damage = None
        if recording is not None:
            recording.close()

    def _wait_for(self, block: RecordedBlock, timeout: float) -> bool:
        """Sleep until the last sample of a block is due, by deadlines that do not drift."""
        if self._options.rate == 0:
            return True
        duration = len(block.emg) / block.info.sample_rate
        pause = 0.0 if block.starts_stream else block.time - self._played_to
        taken = min(max(duration + pause, 0.0), duration + LONGEST_PAUSE)
        now = time.monotonic()
        if self._deadline is None:
            # Not when it was opened: whoever waited for consumers since need not catch up.
            self._deadline = now
        deadline = self._deadline + taken / self._options.rate
        if deadline - now > timeout:
            time.sleep(max(timeout, 0.0))
            return False
        if deadline > now:
            time.sleep(deadline - now)
        late = now - deadline
        self._deadline = now if late > FARTHEST_BEHIND else deadline
        return True

    def _as_block(self, recorded: RecordedBlock) -> SampleBlock:
        device_time = self._looped + recorded.time
        stamp = recorded.stamp_ns
        if stamp is None and self._options.rate != 1.0:
            stamp = self._opened_ns + round(device_time * 1e9)
        starts_stream = recorded.starts_stream or self._starts_stream
        self._starts_stream = False
        return SampleBlock(
            first_sample=recorded.first_sample,
            emg=recorded.emg,
            device_time=device_time,
            received=time.monotonic(),
            starts_stream=starts_stream,
            stamp_ns=stamp,
        )

    def _advance(self) -> None:
        try:
            self._next = next(self._blocks, None)
            if self._next is None and self._options.loop:
                self._looped += self._played_to
                self._rewind()
                if self._next is not None:
                    self._looped -= self._next.time
                    self._played_to = self._next.time
                    self._starts_stream = True
        except RecordingError as error:  # for the next read: this one has its block
            self._damage = error

    def _rewind(self) -> None:
        assert self._recording is not None
        options = self._options
        self._blocks = self._recording.blocks(options.block_ms / 1000.0, options.start, options.end)
        self._next = next(self._blocks, None)


def _as_played(info: DeviceInfo) -> DeviceInfo:
    return info if info.source is Source.PLAYBACK else replace(info, source=Source.PLAYBACK)


def _create(options: ReplayOptions) -> Replay:
    try:
        validate(options, "replay.")
    except SettingError as error:
        raise DeviceError(str(error)) from None
    return Replay(options)


PLUGIN = DevicePlugin(
    name="replay",
    description="Plays a recording: HDF5 in the released layout, or a rosbag2 bag.",
    options=ReplayOptions,
    create=_create,
)
