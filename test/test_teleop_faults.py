# SPDX-License-Identifier: Apache-2.0
"""Whatever goes wrong, the robot stands still soon, and until it is told otherwise.

Real processes and real faults, measured at the output of the command watchdog. ``make faults``
makes each of them 20 times and prints a table.
"""

import pytest

from test.faults.faults import FAULTS
from test.faults.robot import Heard, time_to_stop
from test.faults.table import DEADLINE_S
from test.faults.trials import Trials


@pytest.fixture(scope="module")
def trials(tmp_path_factory, bundles):
    running = Trials(tmp_path_factory.mktemp("faults"), bundles)
    yield running
    running.close()


@pytest.fixture(scope="module")
def repeats(pytestconfig):
    return pytestconfig.getoption("--fault-repeats")


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_the_robot_stands_still_in_time(fault, trials, repeats):
    if reason := fault.why_not():
        pytest.skip(reason)
    for _ in range(repeats):
        stop = trials.run(fault)
        print(f"{fault.name}: {1e3 * stop.seconds:.0f} ms; teleop: {stop.reason}")
        assert stop.seconds <= DEADLINE_S


def commands(*given):
    return [Heard(at, moves) for at, moves in given]


def test_the_first_zero_after_the_last_command_to_move_is_the_stop():
    heard = commands((1.0, True), (1.1, False), (1.2, True), (1.3, False), (1.4, False))
    assert time_to_stop(heard, 1.05) == pytest.approx(0.25)


def test_silence_is_no_stop():
    assert time_to_stop(commands((1.0, True), (1.1, True)), 1.05) is None


def test_a_zero_before_the_fault_is_no_stop():
    heard = commands((1.0, True), (1.1, False), (1.2, False))
    assert time_to_stop(heard, 1.15) == pytest.approx(0.05)
