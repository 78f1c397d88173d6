# SPDX-License-Identifier: Apache-2.0
"""Keeps a device open and turns what it delivers into chunks, on a thread of its own."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from enum import Enum

from semg_driver.devices.device import (
    Device,
    DeviceError,
    DeviceInfo,
    DeviceLost,
    EndOfRecording,
)
from semg_driver.stream.assembler import AssemblerSettings, StreamAssembler
from semg_driver.stream.chunking import Chunk
from semg_driver.stream.reconnection import BackOff

READ_TIMEOUT_S = 0.1


class Link(Enum):
    """State of the link to the device."""

    CLOSED = "closed"
    CONNECTED = "connected"
    STALLED = "stalled"
    LOST = "lost"
    ENDED = "ended"
    FAILED = "failed"


class StreamReader:
    """Reads a device until told to stop; opens it again, with back-off, when the link breaks.

    Each opening and each true break in a recording begins a stream with an id of its own.

    Parameters
    ----------
    device : Device
        Not yet open.
    settings : AssemblerSettings
        Of the chunks.
    on_stream : callable
        Called on the reader's thread with the device's info and the id of a new stream,
        before its first chunk.
    on_chunk : callable
        Called on the reader's thread with the id of the stream and the next chunk.
    on_failure : callable
        Called on the reader's thread with one line that says why there will be no more, though
        the device has not come to its end.
    back_off : BackOff
        When to try a lost device again.
    stall_s : float
        Silence after which the link counts as stalled.
    log : callable
        Takes one line for the user.
    """

    def __init__(
        self,
        device: Device,
        settings: AssemblerSettings,
        *,
        on_stream: Callable[[DeviceInfo, int], None],
        on_chunk: Callable[[int, Chunk], None],
        on_failure: Callable[[str], None],
        back_off: BackOff,
        stall_s: float,
        log: Callable[[str], None],
    ) -> None:
        self._device = device
        self._settings = settings
        self._on_stream = on_stream
        self._on_chunk = on_chunk
        self._on_failure = on_failure
        self._stall_s = stall_s
        self._log = log
        self._stop = threading.Event()
        self._back_off = back_off
        self._last_block = 0.0
        self._stream_id = 0
        self._announced = False
        self._has_chunks = False
        self._thread = threading.Thread(target=self._run, name="device reader", daemon=True)
        self._assembler: StreamAssembler | None = None
        self.link = Link.CLOSED
        self.fault = ""
        self.reconnections = 0

    @property
    def assembler(self) -> StreamAssembler | None:
        """Bookkeeping of the current stream."""
        return self._assembler

    @property
    def stream_id(self) -> int:
        """Id of the current stream; 0 before the first."""
        return self._stream_id

    def start(self) -> None:
        """Open the device and begin to read.

        Raises
        ------
        DeviceError
            If the device cannot be used as asked. A device that is only out of reach is
            waited for.
        """
        try:
            self._open()
        except DeviceLost as error:
            self._lose(error)
        except Exception:
            # Half open it would keep what the next attempt needs, such as a port.
            self._close()
            raise
        self._thread.start()

    def stop(self) -> None:
        """Stop reading and close the device. Not to be called on the reader's thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._close()
        self.link = Link.CLOSED

    def _close(self) -> None:
        """Close the device, however badly it takes that: its link may be gone already."""
        try:
            self._device.close()
        except Exception as error:
            said = " ".join(str(error).split())
            self._log(f"the device could not be closed: {type(error).__name__}: {said}")

    def _open(self) -> None:
        self._device.open()
        info = self._device.info
        self._rate = info.sample_rate
        self._assembler = StreamAssembler(self._rate, self._settings)
        self._begin_stream()
        self._last_block = time.monotonic()
        self.link = Link.CONNECTED
        self.fault = ""
        self._back_off.reset()

    def _begin_stream(self) -> None:
        # Never 0, which stands for no stream.
        self._stream_id = secrets.randbits(63) + 1
        self._announced = False
        self._has_chunks = False

    def _announce(self) -> None:
        if not self._announced:
            self._announced = True
            self._on_stream(self._device.info, self._stream_id)

    def _run(self) -> None:
        try:
            self._read_on()
        except Exception as error:
            # Of a device plugin, or of who takes the chunks: the stream must not just fall silent.
            self._fail(f"{type(error).__name__}: {error}")

    def _read_on(self) -> None:
        while not self._stop.is_set():
            try:
                if self.link is Link.LOST:
                    if self._stop.wait(self._back_off.next_delay()):
                        return
                    self._open_again()
                self._announce()
                self._read()
            except EndOfRecording:
                self._hand_over_rest()
                self.link = Link.ENDED
                return
            except DeviceLost as error:
                self._lose(error)
            except DeviceError as error:
                # Trying again would fail again, or play a damaged recording for ever.
                self._hand_over_rest()
                self._fail(str(error))
                return

    def _open_again(self) -> None:
        try:
            self._open()
        except DeviceError as error:
            # A device that is coming back may refuse for a while.
            raise DeviceLost(str(error)) from error
        self.reconnections += 1
        self._log(f"device '{self._device.info.device}' is back")

    def _read(self) -> None:
        assembler = self._assembler
        assert assembler is not None
        block = self._device.read(READ_TIMEOUT_S)
        now = time.monotonic()
        if block is None:
            if now - self._last_block > self._stall_s and self.link is Link.CONNECTED:
                self.link = Link.STALLED
                self._log(f"nothing from the device for {self._stall_s:g} s")
            # What waits for a block that never came must not wait for ever.
            self._hand_over(assembler.idle(now))
            return
        self._last_block = now
        self.link = Link.CONNECTED
        rate = self._device.info.sample_rate
        if block.starts_stream and rate != self._rate:
            # A recording may hold several bands.
            self._rate = rate
            self._hand_over(assembler.change_rate(rate))
        self._hand_over(assembler.push(block))

    def _hand_over(self, chunks: list[Chunk]) -> None:
        for chunk in chunks:
            if self._stop.is_set():
                return
            if chunk.new_stream and self._has_chunks:
                self._begin_stream()
                self._announce()
            self._has_chunks = True
            self._on_chunk(self._stream_id, chunk)

    def _hand_over_rest(self) -> None:
        if self._assembler is not None:
            self._hand_over(self._assembler.flush())

    def _fail(self, fault: str) -> None:
        self.fault = fault
        self.link = Link.FAILED
        self._on_failure(fault)

    def _lose(self, error: DeviceLost) -> None:
        self._hand_over_rest()
        self._assembler = None
        self._close()
        if self.link is not Link.LOST:
            self._log(f"link to the device lost: {error}; trying again")
        self.link = Link.LOST
        self.fault = str(error)
