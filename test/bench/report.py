# SPDX-License-Identifier: Apache-2.0
"""The figures as tables, each beside what is aimed for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from test.bench.graph_figures import GraphFigures, Latency
from test.bench.graph_processes import ONE_PROCESS
from test.bench.published.table import published_tables
from test.bench.published.ways import WayFigures
from test.bench.tables import new_table, verdict

MEDIAN_AIM_MS = 3.0
P99_AIM_MS = 10.0
COMMAND_AIM_MS = 15.0
"""p99 from EMG to command."""
ONE_PROCESS_AIM = 0.35
"""Seconds of CPU per second."""


@dataclass(frozen=True)
class Figures:
    """All that was measured.

    Attributes
    ----------
    machine : dict of str to str
        What it was measured on.
    seconds : float
        Length of each measurement.
    stages : dict of str to float
        Seconds of CPU per second of EMG.
    graphs : dict of str to GraphFigures
        By arrangement.
    commands : dict of str to (dict of str to Latency)
        Of commands to a robot: by arrangement, and by the nodes that they came through.
    published : dict of str to WayFigures
        Networks of the published sizes, by the way they are run; empty without torch.
    """

    machine: Mapping[str, str]
    seconds: float
    stages: Mapping[str, float]
    graphs: Mapping[str, GraphFigures]
    commands: Mapping[str, Mapping[str, Latency]]
    published: Mapping[str, WayFigures]


def print_figures(figures: Figures, console: Console) -> None:
    """Print every table."""
    for table in (
        _machine(figures.machine),
        _stages(figures.stages),
        _latency(figures.graphs),
        _commands(figures.commands),
        _cost(figures.graphs),
        *(published_tables(figures.published) if figures.published else ()),
    ):
        console.print(table)
        console.print()


def print_commands(
    machine: Mapping[str, str], commands: Mapping[str, Mapping[str, Latency]], console: Console
) -> None:
    """Print the table of the latency of commands."""
    for table in (_machine(machine), _commands(commands)):
        console.print(table)
        console.print()


def print_published(published: Mapping[str, WayFigures], console: Console) -> None:
    """Print the tables of the published networks."""
    for table in published_tables(published):
        console.print(table)
        console.print()


def _machine(machine: Mapping[str, str]) -> Table:
    table = new_table("Machine", "", "")
    table.columns[1].justify = "left"
    table.show_header = False
    for name, value in machine.items():
        table.add_row(name, value)
    return table


def _stages(stages: Mapping[str, float]) -> Table:
    table = new_table("Engines alone, in chunks of 10 ms, one thread", "", "% of one core")
    for name, share in stages.items():
        table.add_row(name, f"{100 * share:.2f}")
    return table


def _latency(graphs: Mapping[str, GraphFigures]) -> Table:
    table = new_table(
        "Latency, ms: hand-over of a chunk's last sample to receipt in another process",
        "", "messages", "p50", f"≤ {MEDIAN_AIM_MS:g}", "p95", "p99", f"≤ {P99_AIM_MS:g}", "max",
    )  # fmt: skip
    for arrangement, graph in graphs.items():
        for topic, latency in graph.latency.items():
            table.add_row(
                f"{arrangement}: {topic}",
                str(latency.messages),
                f"{latency.p50:.2f}",
                verdict(latency.p50, MEDIAN_AIM_MS),
                f"{latency.p95:.2f}",
                f"{latency.p99:.2f}",
                verdict(latency.p99, P99_AIM_MS),
                f"{latency.largest:.2f}",
            )
    return table


def _commands(commands: Mapping[str, Mapping[str, Latency]]) -> Table:
    table = new_table(
        "Commands, ms: hand-over of the last sample behind a wrist velocity to receipt",
        "", "commands", "p50", "p95", "p99", f"≤ {COMMAND_AIM_MS:g}", "max",
    )  # fmt: skip
    for arrangement, ways in commands.items():
        for through, latency in ways.items():
            table.add_row(
                f"{arrangement}: from {through}",
                str(latency.messages),
                f"{latency.p50:.2f}",
                f"{latency.p95:.2f}",
                f"{latency.p99:.2f}",
                verdict(latency.p99, COMMAND_AIM_MS),
                f"{latency.largest:.2f}",
            )
    return table


def _cost(graphs: Mapping[str, GraphFigures]) -> Table:
    table = new_table(
        "Whole graph with the simulated band, in real time",
        "", "% of one core", "aim", "nobody listening", "memory, MiB", "start-up, s",
    )  # fmt: skip
    for arrangement, graph in graphs.items():
        total = sum(graph.cpu_heard.values())
        aim = ""
        if arrangement == ONE_PROCESS:
            aim = f"≤ {100 * ONE_PROCESS_AIM:.0f}: {verdict(total, ONE_PROCESS_AIM)}"
        table.add_row(
            arrangement,
            f"{100 * total:.1f}",
            aim,
            f"{100 * sum(graph.cpu_unheard.values()):.1f}",
            f"{sum(graph.memory.values()):.0f}",
            f"{graph.start_up:.1f}",
        )
        for name in graph.cpu_heard if len(graph.cpu_heard) > 1 else ():
            table.add_row(
                f"  {name}",
                f"{100 * graph.cpu_heard[name]:.1f}",
                "",
                f"{100 * graph.cpu_unheard[name]:.1f}",
                f"{graph.memory[name]:.0f}",
                "",
            )
    return table
