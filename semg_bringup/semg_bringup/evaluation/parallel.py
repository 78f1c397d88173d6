# SPDX-License-Identifier: Apache-2.0
"""Independent pieces of work, in as many processes as there are cores."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from rich.progress import track

from semg_bringup.command.refusal import CommandError

Job = TypeVar("Job")
Result = TypeVar("Result")


def in_processes(
    work: Callable[[Job], Result],
    jobs: Sequence[Job],
    what: str,
    *,
    processes: int | None = None,
    progress: bool = True,
) -> list[Result]:
    """Do some work for each job.

    Parameters
    ----------
    work : callable
        What to do; it, its jobs and its results have to be picklable.
    jobs : sequence
        Any number.
    what : str
        Beside the progress bar.
    processes : int, optional
        How many jobs are done at once; all cores when not given.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    list
        The results, in the order of the jobs.

    Raises
    ------
    Exception
        What the first failing job raised; those that wait are not begun.
    CommandError
        If a process was ended from outside.
    """
    workers = min(processes or os.cpu_count() or 1, len(jobs))
    if workers <= 1:
        return [work(job) for job in track(jobs, what, disable=not progress)]
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_end_quietly) as pool:
        waiting = [pool.submit(work, job) for job in jobs]
        try:
            for done in track(as_completed(waiting), what, len(jobs), disable=not progress):
                done.result()
        except BrokenProcessPool:
            raise CommandError(
                f"{what}: a process was ended before its work was done, perhaps for lack of memory"
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [job.result() for job in waiting]


def _end_quietly() -> None:
    """Let Ctrl-C, of which every process hears, end this one without a traceback."""
    signal.signal(signal.SIGINT, lambda *_: sys.exit(128 + signal.SIGINT))
