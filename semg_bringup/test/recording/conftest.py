# SPDX-License-Identifier: Apache-2.0
import itertools
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

BAND = Path(__file__).with_name("band.py")
_domains = itertools.count(160 + os.getpid() % 40)


def scan_mcap(path):
    """Read (topic, stamp_ns, data) from whole blocks of an MCAP file, however it ends."""
    data = Path(path).read_bytes()
    assert data[:8] == b"\x89MCAP0\r\n"
    channels, messages = {}, []

    def records(buffer, start):
        while start + 9 <= len(buffer):
            opcode, length = struct.unpack_from("<BQ", buffer, start)
            if start + 9 + length > len(buffer):
                return
            yield opcode, buffer[start + 9 : start + 9 + length]
            start += 9 + length

    def take(opcode, body):
        if opcode == 0x04:
            number, _, size = struct.unpack_from("<HHI", body)
            channels[number] = body[8 : 8 + size].decode()
        elif opcode == 0x05:
            number, _, stamp = struct.unpack_from("<HIQ", body)
            messages.append((channels[number], stamp, body[22:]))

    for opcode, body in records(data, 8):
        if opcode == 0x06:
            size = struct.unpack_from("<I", body, 28)[0]
            assert size == 0, "blocks are not compressed"
            for inner in records(body[40:], 0):
                take(*inner)
        elif opcode == 0x0F:
            break
    return messages


@pytest.fixture
def read_mcap():
    return scan_mcap


@pytest.fixture
def environment():
    """An environment whose ROS graph is this test's own."""
    return {
        **os.environ,
        "ROS_DOMAIN_ID": str(next(_domains)),
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
    }


@pytest.fixture
def start(environment):
    """Start Python processes that share a graph; end them with the test."""
    started = []

    def start_one(*arguments, **options):
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **options,
        )
        started.append(process)
        return process

    yield start_one
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def start_recording(start):
    def start_one(*arguments, **options):
        return start("-m", "semg_bringup.command.main", "record", *arguments, **options)

    return start_one


@pytest.fixture
def start_band(start):
    def start_one(*arguments):
        return start(BAND, *arguments)

    return start_one


@pytest.fixture
def wait_until():
    def wait(condition, timeout=30.0):
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, "waited too long"
            time.sleep(0.01)

    return wait
