# SPDX-License-Identifier: Apache-2.0
"""``semg fetch-models``: downloads released checkpoints to the cache."""

from __future__ import annotations

import argparse
import shlex

from semg_bringup.command.fetching_options import add_fetching_arguments, fetch_released

DESCRIPTION = """\
Download the checkpoints that were released with the published neuromotor interface, unpack
them to the cache, and say where they lie. They are under CC-BY-NC-4.0, not under the licence
of semg: you are asked whether you accept that.

No address of the archives is built in, because we know of none that we have seen to be right:
take it from https://github.com/facebookresearch/generic-neuromotor-interface and give it with
--url. An archive is a zip or tar file with a .ckpt file and its model_config.yaml in it.

A download that stops half-way goes on from there when the same command is given again. What
lies in the cache already is not fetched again, and needs no --url.
"""
EXAMPLES = """\
examples:
  semg fetch-models wrist --url https://.../wrist.tar.gz
  semg fetch-models all --url 'https://.../{task}.tar.gz' --accept-licence
  semg fetch-models wrist --url https://.../wrist.tar.gz --sha256 9f86d0...
  semg fetch-models wrist                        where did I put it?

Nothing of an archive that has a wrong checksum, is cut off, or would write outside of its
folder is kept. --sha256 makes sure that it is the same one every time.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_fetching_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Fetch; return the exit status."""
    from semg_bringup.downloads.released import MODELS

    found = fetch_released(MODELS, options)
    print("\nnext, to make model bundles of them:" if len(found) > 1 else "\nnext:")
    for one in found:
        print(
            f"  semg import-checkpoint {shlex.quote(str(one.folder))} --output {one.task}-released"
        )
    return 0
