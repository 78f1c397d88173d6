# SPDX-License-Identifier: Apache-2.0
"""``semg info``: what a recording or a model bundle holds."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

DESCRIPTION = """\
Show what a recording or a model bundle holds.

PATH is an HDF5 recording, a bag (the folder, or one file out of it), an .npz file with EMG,
the folder of a model bundle, or the name of an installed bundle such as gestures.
"""
EXAMPLES = """\
examples:
  semg info day1.hdf5
  semg info day2                 a bag: its topics, events, gaps and lost samples
  semg info gestures             the gesture model that comes with semg
  semg info day2 --json          for programs
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", metavar="PATH", help="recording or model bundle")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument(
        "--topic", default="", help="topic of the EMG, for a bag that holds several bands"
    )


def run(options: argparse.Namespace) -> int:
    """Print the report; return the exit status."""
    from semg_bringup.command.report import show

    path = Path(os.path.expanduser(options.path))
    if _is_bundle(path, options.path):
        from semg_bringup.command.bundle_report import report_bundle

        report = report_bundle(options.path)
    else:
        from semg_bringup.command.recording_report import report_recording

        report = report_recording(path, options.topic)
    show(report, as_json=options.json)
    return 0


def _is_bundle(path: Path, name: str) -> bool:
    if path.exists():
        return path.is_dir() and any(
            (path / file).exists() for file in ("bundle.yaml", "model.onnx")
        )
    from semg_decoders.inference.lookup import installed_bundles

    return name in installed_bundles()
