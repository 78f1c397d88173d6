# SPDX-License-Identifier: Apache-2.0
"""A part of a block, with everything that belongs to it."""

from __future__ import annotations

from dataclasses import replace

from semg_driver.devices.device import SampleBlock, Truth


def cut(block: SampleBlock, start: int, stop: int, sample_rate: float) -> SampleBlock:
    """Return samples [start, stop) of a block; only its first part can start a stream."""
    if start == 0 and stop == len(block.emg):
        return block
    first = block.first_sample + start
    truth = block.truth
    if truth is not None:
        end = block.first_sample + stop
        truth = Truth(
            truth.wrist_angle[start:stop],
            truth.wrist_velocity[start:stop],
            tuple(label for label in truth.gestures if first <= label.sample < end),
        )
    stamp = block.stamp_ns
    return replace(
        block,
        first_sample=first,
        emg=block.emg[start:stop],
        device_time=block.device_time + start / sample_rate,
        starts_stream=block.starts_stream and start == 0,
        stamp_ns=None if stamp is None else stamp + round(start * 1e9 / sample_rate),
        truth=truth,
    )
