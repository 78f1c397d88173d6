# SPDX-License-Identifier: Apache-2.0
"""``python -m test.bench``: measures and prints the figures that the README quotes."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from importlib.util import find_spec

import rclpy
from rclpy.signals import SignalHandlerOptions
from rich.console import Console

from semg_decoders.inference.strict_mapping import BundleError
from test.bench.bundles import Bundles, find_bundles
from test.bench.command_latency import measure_commands
from test.bench.graph_figures import Latency, measure_graph
from test.bench.graph_processes import ONE_PROCESS, SEPARATE, GraphNotRunning
from test.bench.machine import describe_machine
from test.bench.published.ways import measure_ways, why_not
from test.bench.report import Figures, print_commands, print_figures, print_published
from test.bench.stages import cpu_by_stage

QUICK_S = 3.0


def main() -> int:
    """Run the bench; return the exit status."""
    options = _parser().parse_args()
    seconds = QUICK_S if options.quick else options.seconds
    progress = Console(stderr=True)
    machine = describe_machine()
    published = {}
    try:
        if options.training:
            return _training(seconds, machine, options.json)
        if options.commands:
            rclpy.init(args=[], signal_handler_options=SignalHandlerOptions.NO)
            commands = _commands(seconds, find_bundles(options.gestures, options.wrist), progress)
            if options.json:
                found = {
                    arrangement: {way: dataclasses.asdict(one) for way, one in ways.items()}
                    for arrangement, ways in commands.items()
                }
                print(json.dumps({"machine": machine, "commands": found}, indent=2))
            else:
                print_commands(machine, commands, Console(width=max(120, Console().width)))
            return 0
        if reason := why_not():
            if options.published:
                print(f"bench: --published: {reason}", file=sys.stderr)
                return 2
            progress.print(f"published networks: left out, {reason}")
        else:
            published = measure_ways(seconds, progress.print)
        if options.published:
            if options.json:
                ways = {way: dataclasses.asdict(figures) for way, figures in published.items()}
                print(json.dumps({"machine": machine, "published": ways}, indent=2))
            else:
                print_published(published, Console(width=max(120, Console().width)))
            return 0
        bundles = find_bundles(options.gestures, options.wrist)
        progress.print(f"engines alone: {seconds:g} s of EMG")
        stages = cpu_by_stage(seconds, bundles)
        rclpy.init(args=[], signal_handler_options=SignalHandlerOptions.NO)
        graphs = {
            arrangement: measure_graph(
                arrangement, seconds, bundles, f"/bench_{os.getpid()}_{index}", progress.print
            )
            for index, arrangement in enumerate((ONE_PROCESS, SEPARATE))
        }
        commands = _commands(seconds, bundles, progress)
    except (BundleError, GraphNotRunning) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    finally:
        rclpy.try_shutdown()
    figures = Figures(machine, seconds, stages, graphs, commands, published)
    if options.json:
        print(json.dumps(dataclasses.asdict(figures), indent=2))
    else:
        print_figures(figures, Console(width=max(120, Console().width)))
    return 0


def _training(seconds: float, machine: dict[str, str], as_json: bool) -> int:
    missing = [name for name in ("torch", "lightning", "onnx") if find_spec(name) is None]
    if missing:
        said = f"{' and '.join(missing)} not installed (requirements/train.txt)"
        print(f"bench: --training: {said}", file=sys.stderr)
        return 2
    from test.bench.training import measure_sizes, print_training

    figures = measure_sizes(seconds)
    if as_json:
        sizes = {size: dataclasses.asdict(one) for size, one in figures.items()}
        print(json.dumps({"machine": machine, "training": sizes}, indent=2))
    else:
        print_training(figures, Console(width=max(120, Console().width)))
    return 0


def _commands(seconds: float, bundles: Bundles, progress: Console) -> dict[str, dict[str, Latency]]:
    return {
        arrangement: measure_commands(
            arrangement, seconds, bundles, f"/drive_{os.getpid()}_{index}", progress.print
        )
        for index, arrangement in enumerate((ONE_PROCESS, SEPARATE))
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make bench",
        description="Measure speed, latency and CPU of the wristband graph on this machine.",
        epilog="example: make bench ARGS='--seconds 60 --json'",
    )
    parser.add_argument(
        "--seconds", type=float, default=30.0, help="length of each measurement (30)"
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK_S:g} s each: to see whether the bench works"
    )
    parser.add_argument(
        "--published",
        action="store_true",
        help="only the networks of the published sizes, beside PyTorch (needs torch)",
    )
    parser.add_argument(
        "--commands", action="store_true", help="only the latency of commands to a robot"
    )
    parser.add_argument(
        "--training", action="store_true", help="only how fast networks are trained (needs torch)"
    )
    parser.add_argument("--json", action="store_true", help="print figures for a program")
    parser.add_argument("--gestures", default="gestures", help="gesture bundle, name or path")
    parser.add_argument("--wrist", default="wrist", help="wrist bundle, name or path")
    return parser


if __name__ == "__main__":
    sys.exit(main())
