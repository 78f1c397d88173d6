# SPDX-License-Identifier: Apache-2.0
"""A device that stalls, repeats, reorders, loses or disconnects: nothing is lost or glued."""

import numpy as np
import pytest

from semg_driver.devices.registry import plugin
from semg_node.stamps import to_nanoseconds
from test import gesture_frames, offline
from test.band import active
from test.listening import NAME, Listener

SECONDS = 4.0


@pytest.fixture
def play(processes, bundles):
    """Run the driver, and what is named beside it, on a simulated band with faults."""
    listeners = []

    def start(beside=(), topics=("emg/info", "emg/raw"), waits=True, **faults):
        listener = Listener(processes.domain, topics=topics)
        listeners.append(listener)
        for name in beside:
            bundle = {"bundle": bundles["gestures"]} if name == "gesture_decoder" else {}
            processes.node(name, parameters=bundle)
        options = {"duration": SECONDS, **faults}
        driver = processes.node(
            "driver",
            parameters={
                "wait_for": [*beside, NAME] if waits else [],
                "wait_s": 60.0,
                **{f"simulator.{name}": value for name, value in options.items()},
            },
        )
        return listener, driver

    yield start
    for listener in listeners:
        listener.close()


@pytest.fixture(scope="module")
def sent():
    """What the simulated band measures, straight from the device without faults."""
    simulator = plugin("simulator")
    device = simulator.create(simulator.options(rate=0.0, duration=SECONDS))
    device.open()
    blocks = []
    while sum(map(len, blocks)) < SECONDS * device.info.sample_rate:
        blocks.append(device.read(1.0).emg)
    device.close()
    return np.concatenate(blocks)


def received(listener, sent, timeout=60.0):
    listener.wait_for_end(len(sent), timeout)
    return offline.pieces(listener["emg/raw"])


def counted(listener, name, node="/driver"):
    """Return a count from the diagnostics."""
    return int(listener.values(node).get(name, 0))


def test_repeated_and_reordered_blocks_are_put_right(play, sent):
    listener, _ = play(repeat_block_every=7, swap_block_every=5)
    found = received(listener, sent)
    assert [piece.first_sample for piece in found] == [0]
    assert found[0].emg.tobytes() == sent.tobytes()
    assert counted(listener, "repeated_samples") >= 20
    assert counted(listener, "reordered_blocks") >= 1


def test_what_a_device_held_back_in_a_stall_is_not_lost(play, sent):
    listener, driver = play(waits=False, stall_s=1.5, stall_after_s=2.0)
    driver.says("nothing from the device for 0.5 s", 60)
    (piece,) = received(listener, sent)
    assert piece.end == len(sent)
    assert piece.emg.tobytes() == sent[piece.first_sample :].tobytes()
    # Stamps are sample times: the burst after the stall does not move them.
    stamps = np.array([to_nanoseconds(chunk.header.stamp) for chunk in listener["emg/raw"]]) / 1e9
    assert stamps[-1] - stamps[0] == pytest.approx((len(piece.emg) - 20) / 2000, abs=0.1)


def test_lost_blocks_are_gaps_and_the_pieces_are_never_glued(play, sent, bundles):
    topics = ("emg/info", "emg/raw", "emg/conditioned", "gesture/probabilities", "gesture/event")
    beside = ("preprocessor", "gesture_decoder")
    listener, _ = play(beside, topics, drop_block_every=90)
    found = received(listener, sent)
    assert [piece.first_sample for piece in found] == [0, *range(1800, 8000, 1800)]
    for piece in found:
        assert piece.emg.tobytes() == sent[piece.first_sample : piece.end].tobytes()
    assert len({piece.stream_id for piece in found}) == 1
    info = offline.device_info(listener["emg/info"][0])
    expected = offline.decode(found, info, bundles["gestures"])
    indices, probabilities = offline.probabilities(listener["gesture/probabilities"])
    assert np.array_equal(indices, expected["sample"])
    assert np.allclose(probabilities, expected["output"], rtol=0, atol=1e-6)
    per_message = gesture_frames.PER_MESSAGE
    fresh = [m.fresh for m in listener["gesture/probabilities"]]
    assert fresh == expected["fresh"][per_message - 1 :: per_message].tolist()
    gaps = len(found) - 1
    listener.wait(lambda: counted(listener, "gaps", "/gesture_decoder") == gaps)
    # The driver has stopped by now: what it said last was said shortly before.
    assert counted(listener, "lost_samples") == 20 * counted(listener, "gaps") > 0


def test_a_lost_link_comes_back_as_a_new_stream(play, sent):
    listener, driver = play(disconnect_after_s=1.5)
    driver.says("link to the device lost", 60)
    driver.says("is back", 30)
    found = received(listener, sent)
    assert len(found) == 3
    assert len({piece.stream_id for piece in found}) == 3
    assert [info.stream_id for info in listener["emg/info"]] == [p.stream_id for p in found]
    assert np.concatenate([piece.emg for piece in found]).tobytes() == sent.tobytes()
    assert counted(listener, "reconnections") >= 1


def test_two_bands_do_not_hear_each_other(processes, bundles):
    listeners = {side: Listener(processes.domain, side) for side in ("left", "right")}
    try:
        for number, side in enumerate(listeners):
            for name in ("preprocessor", "gesture_decoder"):
                bundle = {"bundle": bundles["gestures"]} if name == "gesture_decoder" else {}
                processes.node(name, side, bundle)
            processes.node("driver", side, {"simulator.person": 101 + number})
        for side, listener in listeners.items():
            active(listener, [f"/{side}/{name}" for name in ("driver", "preprocessor")])
            listener.wait_for("gesture/probabilities", 100, 60)
        for side, listener in listeners.items():
            (info,) = listener["emg/info"]
            assert info.serial == {"left": "person-101", "right": "person-102"}[side]
            for topic in ("emg/raw", "emg/conditioned", "gesture/probabilities"):
                assert {message.stream_id for message in listener[topic]} == {info.stream_id}
    finally:
        for listener in listeners.values():
            listener.close()
