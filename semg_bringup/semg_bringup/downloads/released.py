# SPDX-License-Identifier: Apache-2.0
"""What was released with the published neuromotor interface, and under which licence."""

from __future__ import annotations

from dataclasses import dataclass

from semg_bringup.downloads.licence import Licence

HOME = "https://github.com/facebookresearch/generic-neuromotor-interface"
"""Where the release says how to get its archives."""

LICENCE = Licence(
    "CC-BY-NC-4.0",
    "https://creativecommons.org/licenses/by-nc/4.0/",
    "You may use and share it with credit to its authors, not for commercial purposes.",
)
"""Of everything in the release."""

TASKS = {
    "gestures": "discrete_gestures",
    "wrist": "wrist",
    "handwriting": "handwriting",
}
"""The release's name of each task, by ours."""

TASK_FIELD = "{task}"
"""Stands for the release's name of the task in an address."""


@dataclass(frozen=True)
class ReleasedArchive:
    """One archive of the release.

    Attributes
    ----------
    what : str
        In words, such as ``checkpoint of wrist``.
    place : str
        Folder within the cache.
    marker : str
        Pattern of a file that it holds, in the folder that matters.
    url : str
        Address; empty where we know of none that we have seen to be right.
    sha256 : str
        Its checksum; empty where we know of none.
    """

    what: str
    place: str
    marker: str
    url: str = ""
    sha256: str = ""


MODELS = {
    task: ReleasedArchive(f"checkpoint of {task}", f"models/{name}", "*.ckpt")
    for task, name in TASKS.items()
}
"""A ``.ckpt`` file and ``model_config.yaml`` each."""

SAMPLES = {
    task: ReleasedArchive(f"sample of {task} recordings", f"data/sample/{name}", "*_corpus.csv")
    for task, name in TASKS.items()
}
"""Three people for each task."""

DATA = {
    task: ReleasedArchive(f"all {task} recordings", f"data/full/{name}", "*_corpus.csv")
    for task, name in TASKS.items()
}
"""A hundred people for each task."""
