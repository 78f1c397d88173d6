# SPDX-License-Identifier: Apache-2.0
"""A publisher of EMG for tests: a process of its own that sends numbered samples."""

import argparse
import array
import sys
import time

import rclpy
from std_msgs.msg import String

from semg_msgs.msg import EmgChunk, EmgInfo, GestureEvent, MpfFrame
from semg_node.qos import LATCHED, SENSOR_DATA, STREAM

CHANNELS = 4
SAMPLES = 20
RATE = 2000.0


def chunk(stream_id: int, first_sample: int) -> EmgChunk:
    """Return a chunk whose channel 0 holds the sample numbers."""
    data = array.array("f", bytes(4 * SAMPLES * CHANNELS))
    data[::CHANNELS] = array.array("f", range(first_sample, first_sample + SAMPLES))
    return EmgChunk(
        stream_id=stream_id,
        first_sample=first_sample,
        sample_rate=RATE,
        channels=CHANNELS,
        unit="V",
        data=data,
    )


def info(stream_id: int) -> EmgInfo:
    """Return what describes such a stream."""
    return EmgInfo(
        stream_id=stream_id,
        device="test band",
        serial="1",
        sample_rate=RATE,
        bandwidth=850.0,
        channels=CHANNELS,
        channel_labels=[f"c{i}" for i in range(CHANNELS)],
        ring_order=list(range(CHANNELS)),
        unit="V",
        noise_sd=2.46e-6,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", type=int, required=True)
    parser.add_argument("--lose", type=int, nargs="*", default=[])
    parser.add_argument("--best-effort", action="store_true")
    parser.add_argument("--wrong-type", action="store_true")
    parser.add_argument("--big", action="store_true")
    parser.add_argument("--namespace", default="")
    options = parser.parse_args()
    rclpy.init(args=[])
    node = rclpy.create_node("band", namespace=options.namespace)
    qos = SENSOR_DATA if options.best_effort else STREAM
    infos = node.create_publisher(EmgInfo, "emg/info", LATCHED)
    chunks = node.create_publisher(String if options.wrong_type else EmgChunk, "emg/raw", qos)
    events = node.create_publisher(GestureEvent, "gesture/event", qos)
    frames = node.create_publisher(MpfFrame, "emg/mpf/wrist", qos)
    infos.publish(info(7))
    deadline = time.monotonic() + 30
    watched = [chunks, events, frames] if not options.wrong_type else [events]
    while any(p.get_subscription_count() == 0 for p in watched) and time.monotonic() < deadline:
        time.sleep(0.01)
    for number in range(options.chunks):
        if options.wrong_type:
            chunks.publish(String(data="no EMG"))
        elif number not in options.lose:
            chunks.publish(chunk(7, number * SAMPLES))
        if options.big:
            frames.publish(MpfFrame(stream_id=7, data=array.array("f", bytes(4 * 50_000))))
        if number % 10 == 9:
            events.publish(GestureEvent(stream_id=7, sample=number * SAMPLES, name="thumb_up"))
        time.sleep(0.002 if options.big else 0.01)
    chunks.wait_for_all_acked(rclpy.duration.Duration(seconds=5))
    events.wait_for_all_acked(rclpy.duration.Duration(seconds=5))
    print("sent", flush=True)
    sys.stdin.read()
    rclpy.shutdown()


if __name__ == "__main__":
    main()
