# SPDX-License-Identifier: Apache-2.0
"""The simulated band, noting when it hands over each block.

The device plugin ``timed_simulator`` is what lets the driver's own executable, unchanged, tell
the instant at which latency begins: just before ``read`` returns, the device writes down
``SampleBlock.received``. That is ``time.monotonic()`` (CLOCK_MONOTONIC), which all processes of
a machine share. It is found by its entry point, in `install`, and only by the graphs that the
bench starts.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semg_driver.devices.device import Device, DeviceInfo, SampleBlock
from semg_driver.devices.registry import GROUP, DevicePlugin
from semg_driver.devices.simulator import Simulator
from semg_driver.devices.simulator_options import SimulatorOptions
from semg_node.settings import setting

NAME = "timed_simulator"
RECORD = np.dtype([("next_sample", "<i8"), ("received", "<f8")])


@dataclass(frozen=True)
class TimedSimulatorOptions(SimulatorOptions):
    """Settings of the simulated band, and where to note the hand-overs."""

    log: str = setting("", "file that is appended to, in records of `RECORD`")


class TimedSimulator:
    """A simulated band that logs its hand-overs."""

    def __init__(self, options: TimedSimulatorOptions) -> None:
        self._simulator = Simulator(options)
        self._path = options.log
        self._log = -1

    @property
    def info(self) -> DeviceInfo:
        """That of the simulated band."""
        return self._simulator.info

    def open(self) -> None:
        """Connect."""
        self._log = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._simulator.open()

    def read(self, timeout: float) -> SampleBlock | None:
        """Wait for the next block and note it; takes some microseconds longer than without."""
        block = self._simulator.read(timeout)
        if block is not None:
            record = np.array((block.first_sample + len(block.emg), block.received), RECORD)
            os.write(self._log, record.tobytes())
        return block

    def close(self) -> None:
        """Disconnect."""
        self._simulator.close()
        if self._log >= 0:
            os.close(self._log)
            self._log = -1


class HandOvers:
    """When the device had handed over a sample, by its index.

    Parameters
    ----------
    path : Path
        What a `TimedSimulator` wrote.
    """

    def __init__(self, path: Path) -> None:
        records = np.fromfile(path, RECORD)
        self._next, self._received = records["next_sample"], records["received"]

    def of(self, samples: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return ``time.monotonic()`` in s at which the block with each sample was handed over."""
        times: NDArray[np.float64] = self._received[
            np.searchsorted(self._next, samples, side="right")
        ]
        return times


def install(folder: Path) -> None:
    """Make the plugin known to every Python that has `folder` on its path."""
    metadata = folder / "semg_bench-0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: semg-bench\nVersion: 0\n")
    (metadata / "entry_points.txt").write_text(f"[{GROUP}]\n{NAME} = {__name__}:PLUGIN\n")


def _create(options: TimedSimulatorOptions) -> Device:
    return TimedSimulator(options)


PLUGIN = DevicePlugin(
    name=NAME,
    description="The simulated wristband, with a log of when it handed over each block.",
    options=TimedSimulatorOptions,
    create=_create,
)
