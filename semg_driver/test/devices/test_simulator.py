# SPDX-License-Identifier: Apache-2.0
import dataclasses
import time

import numpy as np
import pytest

from semg_driver.devices.device import (
    DeviceError,
    DeviceLost,
    EndOfRecording,
    Hand,
    Intent,
    Source,
)
from semg_driver.devices.simulator import PLUGIN, Simulator
from semg_driver.devices.simulator_options import SimulatorOptions
from semg_driver.simulation.recording import simulate


def opened(**options):
    device = Simulator(SimulatorOptions(**{"rate": 0.0, "script": "gestures", **options}))
    device.open()
    return device


def played(device):
    blocks = []
    while True:
        try:
            block = device.read(1.0)
        except EndOfRecording:
            return blocks
        if block is not None:
            blocks.append(block)


def test_blocks_join_to_what_the_wearer_did():
    blocks = played(opened(duration=3.0, person=102, script_seed=5))
    emg, truth = simulate(102, "gestures", 3.0, 5)
    np.testing.assert_array_equal(np.concatenate([b.emg for b in blocks]), emg)
    np.testing.assert_array_equal(
        np.concatenate([b.truth.wrist_angle for b in blocks]), truth.wrist_angle
    )
    assert sum((b.truth.gestures for b in blocks), ()) == truth.gestures
    for block in blocks:
        end = block.first_sample + block.emg.shape[0]
        assert all(block.first_sample <= g.sample < end for g in block.truth.gestures)


def test_index_and_clock_count_samples():
    blocks = played(opened(duration=0.105))
    assert [b.first_sample for b in blocks] == list(range(0, 210, 20))
    assert [b.emg.shape[0] for b in blocks] == [20] * 10 + [10]
    np.testing.assert_allclose([b.device_time for b in blocks], np.arange(11) * 0.01)
    assert not any(b.starts_stream for b in blocks)


def test_block_length_is_a_setting():
    assert opened(block_ms=2.5).read(1.0).emg.shape == (5, 16)


def test_info_tells_what_the_band_is():
    info = opened(person=7).info
    assert (info.device, info.serial, info.source) == ("simulator", "person-7", Source.SIMULATED)
    assert (info.sample_rate, info.channels, info.unit) == (2000.0, 16, "V")
    assert info.hand == Hand.RIGHT
    assert info.ring_order == tuple(range(16))
    assert not info.conditioned


def test_on_a_left_arm_the_ring_order_undoes_the_mirror_image():
    left, right = opened(hand="left"), opened()
    assert left.info.hand == Hand.LEFT
    quiet = {"person": 104, "duration": 20.0}
    mirrored = np.concatenate([b.emg for b in played(opened(hand="left", **quiet))])
    plain = np.concatenate([b.emg for b in played(opened(**quiet))])
    in_order = mirrored[:, list(left.info.ring_order)].std(axis=0)
    assert np.corrcoef(in_order, plain.std(axis=0))[0, 1] > 0.95
    assert right.info.ring_order != left.info.ring_order


def test_turning_the_band_moves_the_signal_to_other_channels():
    level = [
        np.concatenate([b.emg for b in played(opened(duration=20.0, rotation_deg=turn))]).std(
            axis=0
        )
        for turn in (0.0, 90.0)
    ]
    shifts = [np.corrcoef(np.roll(level[0], -k), level[1])[0, 1] for k in range(16)]
    assert int(np.argmax(shifts)) == 4


def test_real_time_is_kept_without_drift():
    device = opened(rate=1.0)
    begin = time.monotonic()
    received = np.array([device.read(1.0).received for _ in range(50)])
    late = received - begin - 0.01 * np.arange(1, 51)
    assert late.min() > -0.005
    assert late[-20:].min() < 0.05


def test_a_late_reader_catches_up():
    device = opened(rate=1.0)
    begin = time.monotonic()
    while time.monotonic() < begin + 0.2:
        pass
    assert all(device.read(0.0) is not None for _ in range(15))


def test_rate_is_a_speed_factor():
    device = opened(rate=10.0)
    begin = time.monotonic()
    received = np.array([device.read(1.0).received for _ in range(200)])
    late = received - begin - 0.001 * np.arange(1, 201)
    assert late.min() > -0.005
    assert late[-100:].min() < 0.1


def test_nothing_comes_before_its_time():
    device = opened(rate=1.0, block_ms=1000.0)
    begin = time.monotonic()
    assert device.read(0.02) is None
    assert 0.02 <= time.monotonic() - begin < 0.5


def test_a_stall_ends_in_a_burst():
    begin = time.monotonic()
    device = opened(rate=1.0, stall_after_s=0.05, stall_s=0.4)
    received = np.array([device.read(1.0).received for _ in range(45)]) - begin
    assert received[5] > 0.449
    assert received[44] - received[5] < 0.3


def test_lost_repeated_and_swapped_blocks_show_in_the_index():
    def firsts(**fault):
        return [b.first_sample // 20 for b in played(opened(duration=0.06, **fault))]

    assert firsts(drop_block_every=3) == [0, 1, 3, 4]
    assert firsts(repeat_block_every=4) == [0, 1, 2, 3, 3, 4, 5]
    assert firsts(swap_block_every=3) == [0, 1, 3, 2, 4, 5]
    assert firsts(swap_block_every=1) == [1, 0, 3, 2, 5, 4]


def test_a_lost_link_can_be_opened_again_and_goes_on():
    device = opened(disconnect_after_s=0.05)
    assert [device.read(1.0).first_sample for _ in range(5)] == [0, 20, 40, 60, 80]
    with pytest.raises(DeviceLost, match=r"link lost after 0\.05 s"):
        device.read(1.0)
    with pytest.raises(DeviceError, match="not open"):
        device.read(0.0)
    device.open()
    block = device.read(1.0)
    assert block.first_sample == 100
    assert block.starts_stream
    assert not device.read(1.0).starts_stream


def test_channel_faults_reach_the_reader():
    device = opened(nan_channel=2, flat_channel=3, saturated_channel=4)
    emg = device.read(1.0).emg
    assert np.isnan(emg[:, 2]).all()
    assert np.ptp(emg[:, 3]) == 0.0
    assert (emg[:, 4] >= device.info.full_scale).all()
    assert np.isfinite(np.delete(emg, 2, axis=1)).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"person": -1}, "simulator: person: -1 is out of range"),
        ({"script": "dance"}, "simulator: script: 'dance' is not allowed"),
        ({"rotation_deg": float("nan")}, "simulator: rotation_deg: nan is out of range"),
        ({"flat_channel": 16}, "simulator: flat_channel: 16 is out of range"),
    ],
)
def test_wrong_options_are_refused_in_one_line(options, message):
    with pytest.raises(DeviceError, match=message) as error:
        PLUGIN.create(SimulatorOptions(**options))
    assert "\n" not in str(error.value)


def test_close_may_be_called_twice_and_reading_then_fails():
    device = opened()
    device.close()
    device.close()
    with pytest.raises(DeviceError, match="not open"):
        device.read(0.0)


def test_a_wearer_does_what_is_asked():
    device = opened(script="intent", duration=2.0)
    device.act(Intent("index_press", 0.3))
    blocks = played(device)
    labels = sum((b.truth.gestures for b in blocks), ())
    assert [label.name for label in labels] == ["index_press"]
    assert blocks[-1].truth.wrist_angle[-1] == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("intent", "simulator: gesture: there is no 'wave'; there are: index_press, "),
        ("demo", "simulator: asked by simulation/intent, but script is 'demo', must be 'intent'"),
    ],
)
def test_what_a_wearer_cannot_do_is_refused_in_one_line(script, message):
    with pytest.raises(DeviceError, match=message) as error:
        opened(script=script).act(Intent("wave"))
    assert "\n" not in str(error.value)


def adjusted(device, options, **changes):
    """Adjust an open device as its parameters would; returns the options it has then."""
    options = dataclasses.replace(options, **changes)
    device.adjust(options)
    return options


def test_faults_can_be_made_while_it_runs_and_end():
    options = SimulatorOptions(rate=0.0)
    device = opened(script="demo")
    assert np.isfinite(device.read(1.0).emg).all()
    options = adjusted(device, options, nan_channel=4, flat_channel=5)
    emg = device.read(1.0).emg
    assert np.isnan(emg[:, 4]).all()
    assert np.ptp(emg[:, 5]) == 0.0
    options = adjusted(device, options, nan_channel=-1, flat_channel=-1, drop_block_every=2)
    blocks = [device.read(1.0) for _ in range(4)]
    assert [b.first_sample // 20 for b in blocks] == [2, 4, 6, 8]
    assert all(np.isfinite(b.emg).all() for b in blocks)
    adjusted(device, options, drop_block_every=0, repeat_block_every=1)
    assert [device.read(1.0).first_sample // 20 for _ in range(4)] == [9, 9, 10, 10]


def test_channel_faults_made_while_it_runs_wait_for_nothing():
    device = opened(script="demo", channel_fault_after_s=60.0)
    device.read(1.0)
    adjusted(device, SimulatorOptions(rate=0.0, channel_fault_after_s=60.0), nan_channel=0)
    assert np.isnan(device.read(1.0).emg[:, 0]).all()


def test_the_link_can_be_lost_while_it_runs_and_again_after_each_connection():
    device = opened(script="demo")
    for _ in range(5):
        device.read(1.0)
    options = adjusted(device, SimulatorOptions(rate=0.0), disconnect_after_s=0.02)
    for count in (2, 2):
        for _ in range(count):
            device.read(1.0)
        with pytest.raises(DeviceLost, match=r"link lost after 0\.02 s"):
            device.read(1.0)
        device.open()
    adjusted(device, options, disconnect_after_s=0.0)
    assert all(device.read(1.0) is not None for _ in range(10))


def test_a_stall_can_be_made_again_and_again_while_it_runs():
    device = opened(script="demo", rate=1.0)
    options = SimulatorOptions(rate=1.0)
    for _ in range(2):
        for _ in range(3):
            device.read(1.0)
        begin = time.monotonic()
        options = adjusted(device, options, stall_s=0.3)
        received = np.array([device.read(1.0).received for _ in range(20)]) - begin
        assert received[0] > 0.29
        assert received[19] - received[0] < 0.2
        options = adjusted(device, options, stall_s=0.0)


def test_a_stall_made_while_it_runs_does_not_come_back_with_the_next_connection():
    device = opened(script="demo", rate=1.0, stall_after_s=0.0)
    options = SimulatorOptions(rate=1.0, stall_after_s=0.0)
    adjusted(device, options, stall_s=5.0)
    assert device.read(0.05) is None
    device.close()
    device.open()
    begin = time.monotonic()
    assert device.read(1.0).received - begin < 1.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"nan_channel": 16}, "simulator: nan_channel: 16 is out of range"),
        ({"person": 7}, "simulator: person cannot be changed while it runs"),
    ],
)
def test_what_cannot_be_adjusted_is_refused_and_changes_nothing(changes, message):
    device = opened(script="demo")
    with pytest.raises(DeviceError, match=message):
        adjusted(device, SimulatorOptions(rate=0.0), **changes)
    assert np.isfinite(device.read(1.0).emg).all()
