# SPDX-License-Identifier: Apache-2.0
"""All that is done to a graph while it drives a robot."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from semg_driver.simulation.person import CHANNELS
from test.faults.graph import AT_THE_WRIST, Graph

STALL_S = 0.3
JUMP_S = 0.5

Act = Callable[[Graph], None]


def _nothing(graph: Graph) -> None:
    pass


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong.

    Attributes
    ----------
    name : str
        For the table.
    begin, end : callable
        Make it happen, and undo it as far as it can be: what was killed is started again.
    leaves_a_ghost : bool
        Whether somebody dies without a word and is taken for alive by the others for 20 s.
    cuts_the_link : bool
        Whether it needs one, and teleop cannot know of it: commands go on at its end.
    sets_a_clock : bool
        Whether a process needs a clock of its own.
    """

    name: str
    begin: Act
    end: Act = _nothing
    leaves_a_ghost: bool = False
    cuts_the_link: bool = False
    sets_a_clock: bool = False


def _kill(name: str, graph: Graph) -> None:
    graph.processes[name].kill()


def _start(name: str, graph: Graph) -> None:
    graph.start(name)


def _send(name: str, number: int, graph: Graph) -> None:
    graph.processes[name].send(number)



def _start_after_the_end(name: str, graph: Graph) -> None:
    status = graph.processes[name].ends()
    assert status == 0, f"{name} ended with status {status}:\n{graph.processes[name].output}"
    graph.start(name)


def _stall(graph: Graph) -> None:
    driver = graph.processes["driver"]
    driver.send(signal.SIGSTOP)
    time.sleep(STALL_S)
    driver.send(signal.SIGCONT)


def _set_clock(name: str, seconds: float, graph: Graph) -> None:
    graph.clocks[name].set(seconds)


def _spoil(option: str, graph: Graph) -> None:
    graph.wearer.set_driver(**{option: random.randrange(CHANNELS)})


def _unspoil(option: str, graph: Graph) -> None:
    graph.wearer.set_driver(**{option: -1})


def _cut(graph: Graph) -> None:
    assert graph.link is not None
    graph.link.cut()


def _join(graph: Graph) -> None:
    assert graph.link is not None
    graph.link.join()


def _kills() -> list[Fault]:
    return [
        Fault(f"kill -9 {name}", partial(_kill, name), partial(_start, name), leaves_a_ghost=True)
        for name in AT_THE_WRIST
    ]


def _stops() -> list[Fault]:
    return [
        Fault(
            f"SIGSTOP {name}",
            partial(_send, name, signal.SIGSTOP),
            partial(_send, name, signal.SIGCONT),
        )
        for name in AT_THE_WRIST
    ]


def _jumps() -> list[Fault]:
    return [
        Fault(
            f"clock of {name} {way} {JUMP_S:g} s",
            partial(_set_clock, name, seconds),
            partial(_set_clock, name, 0.0),
            sets_a_clock=True,
        )
        for name in ("driver", "teleop")
        for way, seconds in (("forward", JUMP_S), ("back", -JUMP_S))
    ]


def _orders() -> list[Fault]:
    return [
        Fault(
            f"{number.name} teleop",
            partial(_send, "teleop", number),
            partial(_start_after_the_end, "teleop"),
        )
        for number in (signal.SIGINT, signal.SIGTERM)
    ]


FAULTS = (
    *_kills(),
    *_stops(),
    Fault("link cut", _cut, _join, cuts_the_link=True),
    *_jumps(),
    Fault(f"driver stalls {STALL_S:g} s, then a burst", _stall),
    Fault(
        f"band stalls {STALL_S:g} s, then a burst",
        lambda graph: graph.wearer.set_driver(stall_s=STALL_S),
        lambda graph: graph.wearer.set_driver(stall_s=0.0),
    ),
    Fault("NaN channel", partial(_spoil, "nan_channel"), partial(_unspoil, "nan_channel")),
    Fault("flat channel", partial(_spoil, "flat_channel"), partial(_unspoil, "flat_channel")),
    Fault(
        "second decoder publishes",
        lambda graph: graph.wearer.rival_decoder(),
        lambda graph: graph.wearer.retire(),
    ),
    Fault(
        "second publisher sends commands",
        lambda graph: graph.wearer.rival_commander(),
        lambda graph: graph.wearer.retire(),
    ),
    *_orders(),
)
"""Each has a name of its own."""
