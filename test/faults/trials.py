# SPDX-License-Identifier: Apache-2.0
"""Drives a robot, makes a fault at a random moment, and sees how soon the robot stands still."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from test.faults import clock
from test.faults.faults import Fault
from test.faults.forking import Zygote
from test.faults.graph import MODULES, Graph
from test.faults.network import Link
from test.faults.robot import time_to_stop
from test.processes import wait_until

_START_S = 30.0
_SOON_S = 2.0
_LONGEST_MOVE_S = 0.5
"""The fault comes within so long after the robot has begun to move."""
_OBSERVED_S = 0.8
"""For how long the fault lasts: long enough for the robot to stop, and to start again."""
_AFTERWARDS_S = 0.6
"""For how long the robot has to stand still once nothing is wrong any more."""
_LONGEST_PAUSE_S = 0.05
"""Of the test's own dead-man switch, which must not be what stops the robot."""
_TRIES = 5
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "driver": {"device": "simulator", "simulator.script": "intent"},
    "teleop": {"profile": "mobile_base", "dead_man": "bool"},
    "command_watchdog": {"input": "cmd_vel", "output": "robot/cmd_vel"},
}


@dataclass(frozen=True)
class Stop:
    """How a fault ended.

    Attributes
    ----------
    seconds : float
        From the fault to the first zero at the robot after which nothing moved it; infinite if
        there was none while the fault lasted.
    reason : str
        What teleop said.
    """

    seconds: float
    reason: str


class _Spoiled(Exception):
    """The trial was none: the robot had come to a stop by itself."""


class Trials:
    """Makes graphs as they are needed, and keeps one for as long as it is sound.

    Parameters
    ----------
    folder : Path
        For everything; empty.
    bundles : mapping of str to str
        Model of each decoder.
    """

    def __init__(self, folder: Path, bundles: Mapping[str, str]) -> None:
        self._folder = folder
        self._parameters = {
            **PARAMETERS,
            "gesture_decoder": {"bundle": bundles["gestures"]},
            "wrist_decoder": {"bundle": bundles["wrist"]},
        }
        preload = None if clock.why_no_clock() else clock.build(folder)
        self._zygote = Zygote(MODULES, preload)
        self._graph: Graph | None = None
        self._link: Link | None = None
        self._graphs = 0
        self.spoiled = 0

    def run(self, fault: Fault, *, to_the_end: bool = False) -> Stop:
        """Make a fault once.

        Parameters
        ----------
        fault : Fault
            One that can be made here, see `Fault.why_not`.
        to_the_end : bool
            Whether to wait, after a kill, for the 20 s until the others have forgotten the dead.

        Raises
        ------
        AssertionError
            If the robot moved again once the fault was over, though nobody had let go of the
            switch and pressed it anew; or if it could not be driven at all.
        """
        for _ in range(_TRIES):
            graph = self._sound_graph(linked=fault.needs_link)
            try:
                stop = _run(graph, fault, to_the_end)
            except _Spoiled:
                self.spoiled += 1
                self._discard()
                continue
            except BaseException:
                self._discard()
                raise
            if fault.leaves_a_ghost:
                self._discard()
            return stop
        raise AssertionError(f"{fault.name}: {_TRIES} times the robot had stopped by itself")

    def close(self) -> None:
        """End everything."""
        self._discard()
        self._zygote.close()

    def _sound_graph(self, linked: bool) -> Graph:
        if self._graph is not None and (self._graph.link is not None) != linked:
            self._discard()
        if self._graph is None:
            self._link = Link() if linked else None
            self._graphs += 1
            folder = self._folder / str(self._graphs)
            folder.mkdir()
            self._graph = Graph(self._zygote, folder, self._parameters, self._link)
        return self._graph

    def _discard(self) -> None:
        if self._graph is not None:
            graph, self._graph = self._graph, None
            graph.close()
        if self._link is not None:
            self._link.close()
            self._link = None


def _run(graph: Graph, fault: Fault, to_the_end: bool) -> Stop:
    drive(graph)
    time.sleep(random.uniform(0.0, _LONGEST_MOVE_S))
    if graph.wearer.longest_pause() > _LONGEST_PAUSE_S or not graph.wearer.engaged():
        raise _Spoiled
    began = time.monotonic()
    fault.begin(graph)
    time.sleep(max(began + _OBSERVED_S - time.monotonic(), 0.0))
    heard = graph.robot.since(began - 1.0)
    if graph.wearer.longest_pause() > _LONGEST_PAUSE_S or not _moved(heard, began):
        raise _Spoiled
    seconds = time_to_stop(heard, began)
    reason = graph.wearer.reason()
    observed = time.monotonic()
    fault.end(graph)
    _wait_until_over(graph, fault, to_the_end)
    time.sleep(_AFTERWARDS_S)
    assert not graph.ended(), f"{fault.name}: ended by themselves: {', '.join(graph.ended())}"
    moved = [one.at - began for one in graph.robot.since(observed) if one.moves]
    stopped = "did not stop" if seconds is None else f"stopped after {seconds:.3f} s"
    assert not moved, (
        f"{fault.name}: the robot {stopped}, was told to move from {moved[0]:.3f} to "
        f"{moved[-1]:.3f} s after the fault ({len(moved)} times), which was undone after "
        f"{observed - began:.3f} s; teleop: {reason!r}, then {graph.wearer.reason()!r}"
    )
    engaged = graph.wearer.engaged() and not fault.passes_teleop_by
    assert not engaged, f"{fault.name}: teleop engaged again by itself"
    return Stop(float("inf") if seconds is None else seconds, reason)


def drive(graph: Graph) -> None:
    """Press the switch anew, and let the wearer's gesture move the robot."""
    try:
        wait_until(lambda: _tries_to_drive(graph), _START_S, "the robot to move")
    except AssertionError as error:
        wearer = graph.wearer
        raise AssertionError(
            f"{error}; teleop: {wearer.reason()}, {wearer.obstacles()}\n{graph.said()}"
        ) from None


def _tries_to_drive(graph: Graph) -> bool:
    """On a busy machine something may come in the way at any time, and ask for a new press."""
    wearer, robot = graph.wearer, graph.robot
    wearer.release()
    wearer.do("index_release")
    return (
        _soon(lambda: not (wearer.obstacles() or wearer.engaged() or robot.moves()))
        and wearer.press() is None
        and _soon(wearer.engaged)
        and wearer.do("index_press") is None
        and _soon(robot.moves)
    )


def _soon(condition: Callable[[], Any]) -> bool:
    try:
        return bool(wait_until(condition, _SOON_S, "what may not come"))
    except AssertionError:
        return False


def _moved(heard: list[Any], fault: float) -> bool:
    """Tell whether the last command before the fault was to move."""
    before = [one for one in heard if one.at < fault]
    return bool(before) and before[-1].moves


def _wait_until_over(graph: Graph, fault: Fault, to_the_end: bool) -> None:
    """Wait until nothing of a fault that was undone is in the way of driving on."""
    wearer, robot, undone = graph.wearer, graph.robot, time.monotonic()
    if fault.passes_teleop_by:
        wait_until(lambda: robot.since(undone), _START_S, "the watchdog to hear commands again")
    elif fault.leaves_a_ghost and not to_the_end:
        wait_until(graph.is_active, _START_S, "all nodes to be active again")
    else:
        wait_until(lambda: not wearer.obstacles(), _START_S, "nothing to be in the way")
