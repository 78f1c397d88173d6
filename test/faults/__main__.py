# SPDX-License-Identifier: Apache-2.0
"""``make faults``: makes every fault many times, and prints the table."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from semg_decoders.inference.lookup import find_bundle
from test.bench.machine import describe_machine
from test.faults.faults import FAULTS, Fault
from test.faults.table import AIM_S, DEADLINE_S, markdown, misses
from test.faults.trials import Stop, Trials

_MODELS = ("gestures", "wrist")


def main() -> int:
    """Return 1 if the robot once did not stand still in time, or moved again by itself."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--repeats", type=int, default=20, help="times each (default 20)")
    parser.add_argument("--only", default="", help="faults with this in their name")
    arguments = parser.parse_args()
    chosen = [fault for fault in FAULTS if arguments.only in fault.name]
    missing = {fault.name: reason for fault in chosen if (reason := fault.why_not())}
    stops: dict[str, list[Stop]] = {f.name: [] for f in chosen if f.name not in missing}
    failures: list[str] = []
    machine = describe_machine()
    with tempfile.TemporaryDirectory(prefix="semg-faults-") as folder:
        trials = Trials(Path(folder), {name: str(find_bundle(name)) for name in _MODELS})
        try:
            for fault in chosen:
                for time in range(arguments.repeats if fault.name in stops else 0):
                    _try(trials, fault, time == 0, stops[fault.name], failures)
        finally:
            trials.close()
    print(markdown(stops, missing), end="\n\n")
    print("Machine:", "; ".join(f"{name} {value}" for name, value in machine.items()))
    print(f"Load after: {os.getloadavg()[0]:.2f}")
    print(f"Trials that were none, as the robot had stopped by itself: {trials.spoiled}")
    for what, limit in (("aim", AIM_S), ("deadline", DEADLINE_S)):
        late = misses(stops, limit)
        print(f"Longer than the {what} of {1e3 * limit:.0f} ms: {len(late)}", *late, sep="\n  ")
    print(f"Failures: {len(failures)}", *failures, sep="\n  ")
    return int(bool(failures or misses(stops, DEADLINE_S)))


def _try(
    trials: Trials, fault: Fault, to_the_end: bool, stops: list[Stop], failures: list[str]
) -> None:
    try:
        stop = trials.run(fault, to_the_end=to_the_end)
    except AssertionError as error:
        failures.append(f"{fault.name}: {error}")
        said = failures[-1]
    else:
        stops.append(stop)
        said = f"{fault.name}: {1e3 * stop.seconds:.0f} ms; teleop: {stop.reason}"
    print(said, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
