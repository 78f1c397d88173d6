# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import time

import numpy as np
import pytest

from semg_driver.devices.device import (
    DeviceError,
    DeviceInfo,
    DeviceLost,
    EndOfRecording,
    Hand,
    SampleBlock,
    Source,
)
from semg_driver.stream.assembler import AssemblerSettings
from semg_driver.stream.reconnection import BackOff, BackOffSettings
from semg_driver.stream_reader import Link, StreamReader

DEADLINE_S = 10.0
RATE = 1000.0
BLOCK = 10
INFO = DeviceInfo(
    device="scripted",
    serial="1",
    sample_rate=RATE,
    bandwidth=400.0,
    channels=2,
    channel_labels=("a", "b"),
    ring_order=(),
    hand=Hand.RIGHT,
    unit="V",
    noise_sd=1e-6,
    full_scale=0.0,
    conditioned=False,
    source=Source.SIMULATED,
)


class ScriptedDevice:
    """Does what it was told: each item is a block ("block") or an exception to raise.

    At the end of its script it is silent.
    """

    info = INFO

    def __init__(self, reads, opens=(), breaks_at_close=False):
        self._reads = list(reads)
        self._opens = list(opens)
        self._sample = 0
        self.closed = False
        self.breaks_at_close = breaks_at_close

    def open(self):
        outcome = self._opens.pop(0) if self._opens else None
        if outcome is not None:
            raise outcome

    def read(self, timeout):
        if not self._reads:
            return None
        item = self._reads.pop(0)
        if item != "block":
            raise item
        first, self._sample = self._sample, self._sample + BLOCK
        emg = np.zeros((BLOCK, INFO.channels), np.float32)
        return SampleBlock(first, emg, first / RATE, time.monotonic())

    def close(self):
        self.closed = True
        if self.breaks_at_close:
            raise OSError("no such port")


class Reading:
    """A reader and what it handed over."""

    def __init__(self, device, on_chunk=None):
        self.streams = []
        self.chunks = []
        self.failures = []
        self.lines = []
        self.reader = StreamReader(
            device,
            AssemblerSettings(),
            on_stream=lambda info, stream_id: self.streams.append(stream_id),
            on_chunk=on_chunk or (lambda stream_id, chunk: self.chunks.append(chunk)),
            on_failure=self.failures.append,
            back_off=BackOff(BackOffSettings(first_delay=0.01, longest_delay=0.01)),
            stall_s=0.05,
            log=self.lines.append,
        )

    def until(self, holds):
        deadline = time.monotonic() + DEADLINE_S
        while not holds():
            assert time.monotonic() < deadline, (self.reader.link, self.reader.fault)
            time.sleep(0.001)


@pytest.fixture
def read():
    started = []

    def start(device, **how):
        reading = Reading(device, **how)
        started.append(reading)
        reading.reader.start()
        return reading

    yield start
    for reading in started:
        reading.reader.stop()


def test_recording_is_handed_over_to_its_end(read):
    reading = read(ScriptedDevice(["block", "block", EndOfRecording()]))
    reading.until(lambda: reading.reader.link is Link.ENDED)
    assert [chunk.first_sample for chunk in reading.chunks] == [0, 10]
    assert len(reading.streams) == 1
    assert reading.failures == []


def test_recording_that_breaks_off_has_failed_after_its_last_sound_sample(read):
    reading = read(ScriptedDevice(["block", DeviceError("damaged at 3 s")]))
    reading.until(lambda: reading.failures)
    assert reading.reader.link is Link.FAILED
    assert reading.failures == ["damaged at 3 s"]
    assert len(reading.chunks) == 1


def test_error_of_a_plugin_that_no_one_expected_is_a_failure(read):
    reading = read(ScriptedDevice(["block", OSError("no such port")]))
    reading.until(lambda: reading.failures)
    assert reading.reader.link is Link.FAILED
    assert reading.reader.fault == "OSError: no such port"


def test_error_of_who_takes_the_chunks_is_a_failure(read):
    def take(stream_id, chunk):
        raise ValueError("cannot take it")

    reading = read(ScriptedDevice(["block", "block"]), on_chunk=take)
    reading.until(lambda: reading.failures)
    assert reading.failures == ["ValueError: cannot take it"]


def test_lost_device_is_tried_again_until_it_is_back(read):
    refusals = [None, DeviceLost("out of reach"), DeviceError("no such band"), None]
    reading = read(ScriptedDevice(["block", DeviceLost("silence"), "block"], refusals))
    reading.until(lambda: len(reading.chunks) == 2)
    assert reading.reader.reconnections == 1
    assert reading.reader.fault == ""
    assert len(set(reading.streams)) == 2
    assert reading.failures == []


def test_device_that_is_out_of_reach_at_first_is_waited_for(read):
    reading = read(ScriptedDevice(["block"], [DeviceLost("out of reach"), None]))
    reading.until(lambda: reading.chunks)


def test_device_that_cannot_be_used_is_refused_at_once(read):
    reading = Reading(ScriptedDevice([], [DeviceError("no such band")]))
    with pytest.raises(DeviceError, match="no such band"):
        reading.reader.start()


def test_silent_device_has_stalled_until_it_speaks(read):
    device = ScriptedDevice(["block"])
    reading = read(device)
    reading.until(lambda: reading.reader.link is Link.STALLED)
    device._reads.append("block")
    reading.until(lambda: len(reading.chunks) == 2)
    assert reading.lines == ["nothing from the device for 0.05 s"]


def test_stopped_reader_closes_its_device(read):
    device = ScriptedDevice(["block"])
    reading = read(device)
    reading.until(lambda: reading.chunks)
    reading.reader.stop()
    assert device.closed
    assert reading.reader.link is Link.CLOSED


def test_a_device_that_cannot_be_used_is_not_left_open():
    device = ScriptedDevice([], opens=[DeviceError("wrong firmware")])
    with pytest.raises(DeviceError, match="wrong firmware"):
        Reading(device).reader.start()
    assert device.closed


def test_a_device_that_cannot_even_be_closed_is_tried_again(read):
    device = ScriptedDevice(["block", DeviceLost("unplugged"), "block"], breaks_at_close=True)
    reading = read(device)
    reading.until(lambda: reading.reader.reconnections == 1 and len(reading.chunks) == 2)
    assert not reading.failures
    assert "the device could not be closed: OSError: no such port" in reading.lines
    reading.reader.stop()
    assert reading.reader.link is Link.CLOSED
