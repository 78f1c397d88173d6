# SPDX-License-Identifier: Apache-2.0
"""Reception on a thread of its own, beside an executor, over real DDS."""

import itertools
import threading

import pytest
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor

from semg_msgs.msg import WristVelocity
from semg_node.qos import STREAM
from semg_node.reception import Reception

PATIENCE = 10.0
namespaces = (f"/reception{number}" for number in itertools.count())


@pytest.fixture
def node():
    context = Context()
    rclpy.init(context=context)
    node = rclpy.create_node("receiver", context=context, namespace=next(namespaces))
    yield node
    node.destroy_node()
    rclpy.try_shutdown(context=context)


@pytest.fixture
def reception(node):
    reception = Reception(node)
    yield reception
    reception.close()


class Inbox:
    """Collects velocities and the threads they came on, and tells when there are enough."""

    def __init__(self, enough):
        self.velocities = []
        self.threads = set()
        self.full = threading.Event()
        self._enough = enough

    def put(self, message):
        self.velocities.append(message.velocity)
        self.threads.add(threading.current_thread().name)
        if len(self.velocities) == self._enough:
            self.full.set()


def publish(node, topic, velocities):
    """Publish once the subscription is there."""
    publisher = node.create_publisher(WristVelocity, topic, STREAM)
    matched = threading.Event()
    while publisher.get_subscription_count() == 0:
        matched.wait(0.01)
    for velocity in velocities:
        publisher.publish(WristVelocity(velocity=velocity))


def test_every_message_comes_in_order_without_an_executor(node, reception):
    inbox = Inbox(enough=200)
    reception.subscribe("in", WristVelocity, STREAM, inbox.put)

    publish(node, "in", [float(number) for number in range(200)])

    assert inbox.full.wait(PATIENCE)
    assert inbox.velocities == [float(number) for number in range(200)]


def test_an_executor_that_spins_the_node_takes_no_message(node, reception):
    inbox = Inbox(enough=50)
    reception.subscribe("in", WristVelocity, STREAM, inbox.put)
    executor = SingleThreadedExecutor(context=node.context)
    executor.add_node(node)
    publisher = threading.Thread(target=publish, args=(node, "in", [1.0] * 50))

    publisher.start()
    while not inbox.full.is_set():
        executor.spin_once(timeout_sec=0.01)
    publisher.join()
    executor.shutdown()

    assert inbox.threads == {"reception"}
    assert len(inbox.velocities) == 50


def test_subscriptions_come_and_go_while_it_runs(node, reception):
    first, second = Inbox(enough=1), Inbox(enough=1)
    subscription = reception.subscribe("first", WristVelocity, STREAM, first.put)
    reception.subscribe("second", WristVelocity, STREAM, second.put)
    publish(node, "first", [1.0])
    assert first.full.wait(PATIENCE)

    reception.unsubscribe(subscription)
    publish(node, "second", [2.0])

    assert second.full.wait(PATIENCE)
    assert first.velocities == [1.0]


def test_what_a_callback_raises_is_kept_and_ends_the_reception(node):
    reception = Reception(node)
    raised = threading.Event()

    def fail(message):
        raised.set()
        raise ArithmeticError("no number")

    reception.subscribe("in", WristVelocity, STREAM, fail)
    publish(node, "in", [1.0])
    assert raised.wait(PATIENCE)
    reception.close()

    assert str(reception.failure) == "no number"


def test_it_ends_with_its_context(node):
    reception = Reception(node)
    reception.subscribe("in", WristVelocity, STREAM, lambda message: None)

    rclpy.shutdown(context=node.context)

    reception.close()
    assert reception.failure is None
