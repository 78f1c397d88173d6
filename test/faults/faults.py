# SPDX-License-Identifier: Apache-2.0
"""All that is done to a graph while it drives a robot."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from semg_driver.simulation.person import CHANNELS
from test.faults.clock import why_no_clock
from test.faults.graph import AT_THE_WRIST, COMPONENTS, Graph
from test.faults.network import why_no_network
from test.processes import wait_until

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
    passes_teleop_by : bool
        Whether teleop cannot know of it: it stays engaged, and the watchdog is alone.
    needs_link, needs_clock : bool
        Whether there has to be a link between machines, or a clock for each process.
    """

    name: str
    begin: Act
    end: Act = _nothing
    leaves_a_ghost: bool = False
    passes_teleop_by: bool = False
    needs_link: bool = False
    needs_clock: bool = False

    def why_not(self) -> str:
        """Say why it cannot be made here; empty if it can."""
        return (self.needs_link and why_no_network()) or (self.needs_clock and why_no_clock()) or ""


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


def _set_clocks(names: Sequence[str], seconds: float, graph: Graph) -> None:
    for name in names:
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
    # Once the watchdog's own zeros are over, whatever comes has come through the link.
    wait_until(lambda: not graph.robot.since(time.monotonic() - 0.2), 10.0, "the zeros to end")
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
    clocks = {
        "the driver's clock": ["driver"],
        "teleop's clock": ["teleop"],
        "the watchdog's clock": ["command_watchdog"],
        "everybody's clock": list(COMPONENTS),
    }
    return [
        Fault(
            f"{whose} jumps {way} by {JUMP_S:g} s",
            partial(_set_clocks, names, seconds),
            partial(_set_clocks, names, 0.0),
            passes_teleop_by=names == ["command_watchdog"],
            needs_clock=True,
        )
        for whose, names in clocks.items()
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
    Fault("link cut", _cut, _join, passes_teleop_by=True, needs_link=True),
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
