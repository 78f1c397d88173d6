# SPDX-License-Identifier: Apache-2.0
"""Nodes come to active by themselves, and stay where somebody puts them by hand."""

import time

from lifecycle_msgs.msg import Transition

from test import gesture_frames
from test.band import Band, active, noise
from test.processes import CONSUMERS

MESSAGES = gesture_frames.messages(1000)


def test_nodes_obey_transitions_and_autostart_does_not_fight_them(processes, listener, bundles):
    decoder = processes.node("gesture_decoder", parameters={"bundle": bundles["gestures"]})
    processes.node("preprocessor")
    band = Band(listener)
    band.describe(1)
    node = "/gesture_decoder"
    active(listener, [node, "/preprocessor"])
    band.wait_for_listeners(2)
    listener.wait(lambda: listener.publishers("gesture/probabilities"))
    band.send(noise(1000), 0)
    listener.wait_for("gesture/probabilities", MESSAGES)

    assert listener.change_state(node, Transition.TRANSITION_DEACTIVATE)
    band.describe(2)
    band.send(noise(1000), 0)
    listener.wait_for("emg/conditioned", 100)
    # Reports come once a second, attempts to start twice a second.
    for _ in range(3):
        reports = listener.reports(node)
        listener.wait(lambda reports=reports: listener.reports(node) > reports)
        assert listener.phase(node) == "inactive"
    assert len(listener["gesture/probabilities"]) == MESSAGES

    assert listener.change_state(node, Transition.TRANSITION_ACTIVATE)
    band.send(noise(1000), 1000)
    later = listener.wait_for("gesture/probabilities", 2 * MESSAGES)[MESSAGES:]
    assert later[0].fresh
    assert later[0].sequence == 0
    assert later[0].samples[0] == 1000 + gesture_frames.FIRST

    assert listener.change_state(node, Transition.TRANSITION_DEACTIVATE)
    assert listener.change_state(node, Transition.TRANSITION_CLEANUP)
    band.describe(3)
    reports = listener.reports(node)
    listener.wait(lambda: listener.reports(node) > reports + 1)
    assert listener.state(node) == "unconfigured"
    assert listener.publishers("gesture/probabilities") == 0
    assert listener.change_state(node, Transition.TRANSITION_CONFIGURE)
    assert listener.change_state(node, Transition.TRANSITION_ACTIVATE)
    listener.wait(lambda: listener.publishers("gesture/probabilities"))
    band.wait_for_listeners(2)
    band.send(noise(1000), 0)
    assert listener.wait_for("gesture/probabilities", 3 * MESSAGES)[-1].stream_id == 3
    assert decoder.stop() == 0


def test_without_autostart_nodes_wait_to_be_started(processes, listener, bundles):
    bundle = {"gesture_decoder": bundles["gestures"], "wrist_decoder": bundles["wrist"]}
    for name in ("driver", *CONSUMERS):
        extra = {"bundle": bundle[name]} if name in bundle else {}
        processes.node(name, parameters={"autostart": False, **extra})
    names = [f"/{name}" for name in ("driver", *CONSUMERS)]
    for node in names:
        assert listener.state(node) == "unconfigured"
        assert listener.change_state(node, Transition.TRANSITION_CONFIGURE)
    # The driver first, as decoders do not start without a band.
    for node in names:
        assert listener.state(node) == "inactive"
        deadline = time.monotonic() + 30
        while not listener.change_state(node, Transition.TRANSITION_ACTIVATE):
            assert time.monotonic() < deadline, node
    listener.wait_for("gesture/probabilities", 10)
    listener.wait_for("wrist/velocity", 10)
