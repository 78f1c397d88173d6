# SPDX-License-Identifier: Apache-2.0
"""``semg fetch-data``: downloads released recordings to the cache."""

from __future__ import annotations

import argparse
import shlex

from semg_bringup.command.fetching_options import add_fetching_arguments, fetch_released

DESCRIPTION = """\
Download the recordings that were released with the published neuromotor interface, unpack
them to the cache, and say where they lie. They are under CC-BY-NC-4.0, not under the licence
of semg: you are asked whether you accept that.

The release has a sample of three people for each task, and, many gigabytes, all hundred. No
address of them is built in, because we know of none that we have seen to be right: take it
from https://github.com/facebookresearch/generic-neuromotor-interface and give it with --url.
An archive is a zip or tar file with HDF5 recordings and a corpus CSV in it.

A download that stops half-way goes on from there when the same command is given again. What
lies in the cache already is not fetched again, and needs no --url.
"""
EXAMPLES = """\
examples:
  semg fetch-data wrist --url https://.../wrist_sample.tar
  semg fetch-data wrist --full --url https://.../wrist.tar
  semg fetch-data all --url 'https://.../{task}_sample.tar' --accept-licence
  semg fetch-data wrist --cache /data/emg        where did I put it?

Nothing of an archive that has a wrong checksum, is cut off, or would write outside of its
folder is kept. --sha256 makes sure that it is the same one every time. While it is being
unpacked, archive and recordings both need room.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_fetching_arguments(parser)
    parser.add_argument(
        "--full",
        action="store_true",
        help="the recordings of all people; --url has to be that of the full set then "
        "(default: the sample)",
    )


def run(options: argparse.Namespace) -> int:
    """Fetch; return the exit status."""
    from semg_bringup.downloads.released import DATA, SAMPLES

    found = fetch_released(DATA if options.full else SAMPLES, options)
    print("\nnext:")
    for one in found:
        print(f"  semg evaluate --bundle {one.task} --data {shlex.quote(str(one.folder))}")
    return 0
