# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
import os

import pytest

from semg_bringup.command.refusal import CommandError
from semg_bringup.evaluation.parallel import in_processes
from semg_driver.recordings.opening import open_recording
from semg_driver.recordings.recording import RecordingError


def test_results_come_in_the_order_of_the_jobs():
    jobs = list(range(20, 0, -1))
    factorials = in_processes(math.factorial, jobs, "working", processes=2, progress=False)
    assert factorials == [math.factorial(job) for job in jobs]


def test_one_process_is_this_one():
    ids = in_processes(lambda job: os.getpid(), [1, 2], "working", processes=1, progress=False)
    assert ids == [os.getpid()] * 2


def test_nothing_to_do_gives_nothing():
    assert in_processes(math.sqrt, [], "working", progress=False) == []


@pytest.mark.parametrize("processes", [1, 2])
def test_what_a_job_says_is_wrong_reaches_the_caller(tmp_path, processes):
    paths = [tmp_path / "day1", tmp_path / "day2"]
    with pytest.raises(RecordingError, match=r"day\d: there is no such file"):
        in_processes(open_recording, paths, "working", processes=processes, progress=False)


def test_a_process_that_is_ended_is_told_in_one_line():
    with pytest.raises(CommandError, match="working: a process was ended before its work was done"):
        in_processes(os._exit, [1, 1], "working", processes=2, progress=False)
