# SPDX-License-Identifier: Apache-2.0
from semg_node.local_bus import LocalBus


def test_message_reaches_each_subscriber_of_its_topic_only():
    bus, a, b, other = LocalBus(), [], [], []
    bus.subscribe("/x", a.append)
    bus.subscribe("/x", b.append)
    bus.subscribe("/y", other.append)
    message = object()
    bus.deliver("/x", message)
    assert a == b == [message]
    assert a[0] is message
    assert other == []


def test_late_subscriber_gets_the_last_latched_message_and_no_other():
    bus, got = LocalBus(), []
    bus.deliver("/info", "first", latch=True)
    bus.deliver("/info", "second", latch=True)
    bus.deliver("/chunk", "passing")
    bus.subscribe("/info", got.append)
    bus.subscribe("/chunk", got.append)
    assert got == ["second"]


def test_unsubscribed_callback_is_not_called_again():
    bus, got = LocalBus(), []
    callback = got.append
    bus.subscribe("/x", callback)
    bus.unsubscribe("/x", callback)
    bus.deliver("/x", 1)
    assert got == []


def test_a_topic_is_heard_while_somebody_subscribes():
    bus, heard = LocalBus(), []

    assert not bus.hears("/a")
    bus.subscribe("/a", heard.append)
    assert bus.hears("/a")
    bus.unsubscribe("/a", heard.append)
    assert not bus.hears("/a")
