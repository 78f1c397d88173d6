# SPDX-License-Identifier: Apache-2.0
"""What ``semg fetch-models`` and ``semg fetch-data`` have in common: options and course."""

from __future__ import annotations

import argparse
import os
import string
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from semg_bringup.command.refusal import CommandError
from semg_bringup.downloads.cache import Holding
from semg_bringup.downloads.fetching import fetch, held
from semg_bringup.downloads.licence import ask
from semg_bringup.downloads.progress import Bar, in_words
from semg_bringup.downloads.released import (
    HOME,
    LICENCE,
    TASK_FIELD,
    TASKS,
    ReleasedArchive,
)
from semg_bringup.downloads.transfer import check_url
from semg_node.cache_folder import cache_folder

ALL = "all"


@dataclass(frozen=True)
class Fetched:
    """Something of the release that lies in the cache.

    Attributes
    ----------
    task : str
        Which.
    folder : Path
        With the file that matters in it.
    """

    task: str
    folder: Path


def add_fetching_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of both commands."""
    parser.add_argument(
        "task",
        metavar="TASK",
        choices=[*TASKS, ALL],
        help=f"what to fetch: {', '.join(TASKS)} or {ALL}",
    )
    parser.add_argument(
        "--url",
        default="",
        help="address of the archive, http or https; {task} in it stands for the release's name of "
        f"the task: {', '.join(TASKS.values())}",
    )
    parser.add_argument(
        "--sha256",
        type=checksum,
        metavar="HEX",
        help="checksum that the archive must have; without it none is checked, only shown",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="FOLDER",
        help="where to keep it (default: $SEMG_CACHE, else $XDG_CACHE_HOME/semg, else "
        "~/.cache/semg)",
    )
    parser.add_argument(
        "--accept-licence",
        action="store_true",
        help=f"accept {LICENCE.name} without being asked, for scripts",
    )


def checksum(text: str) -> str:
    """Read a SHA-256 in hexadecimal."""
    if len(text) != 64 or not set(text) <= set(string.hexdigits):
        raise argparse.ArgumentTypeError(f"'{text}' is no SHA-256, must be 64 hexadecimal digits")
    return text.lower()


def fetch_released(
    archives: Mapping[str, ReleasedArchive], options: argparse.Namespace
) -> list[Fetched]:
    """Get what was asked for into the cache, and say where it lies.

    Parameters
    ----------
    archives : mapping of str to ReleasedArchive
        By task.
    options : argparse.Namespace
        Of `add_fetching_arguments`, and the command.

    Raises
    ------
    CommandError, FetchError
        One line that says what is missing or wrong.
    """
    tasks = list(TASKS) if options.task == ALL else [options.task]
    _check_options(tasks, options)
    cache = cache_folder() if options.cache is None else options.cache.expanduser().absolute()
    wanted = {task: _wanted(task, archives[task], options) for task in tasks}
    there = {
        task: held(cache / archives[task].place, url, sha256)
        for task, (url, sha256) in wanted.items()
    }
    missing = [task for task in tasks if there[task] is None]
    for task in missing:
        if not wanted[task][0]:
            raise CommandError(_no_address(archives[task]))
        check_url(wanted[task][0])
    if missing and not options.accept_licence:
        ask(LICENCE, " and ".join(archives[task].what for task in missing))
    found = []
    for task in tasks:
        holding = there[task]
        if holding is None:
            url, sha256 = wanted[task]
            bar = Bar(f"semg {options.command}")
            holding = fetch(url, cache / archives[task].place, sha256=sha256, progress=bar)
        found.append(_say(task, archives[task], cache, holding, task not in missing))
    return found


def _check_options(tasks: list[str], options: argparse.Namespace) -> None:
    if len(tasks) == 1:
        return
    if options.url and TASK_FIELD not in options.url:
        raise CommandError(
            f"--url: one address for {len(tasks)} archives, must have {TASK_FIELD} in it"
        )
    if options.sha256:
        raise CommandError(f"--sha256: one checksum for {len(tasks)} archives, must be one TASK")


def _wanted(task: str, archive: ReleasedArchive, options: argparse.Namespace) -> tuple[str, str]:
    """Return address and checksum. Our checksum is of what lies at our address only."""
    if options.url:
        return options.url.replace(TASK_FIELD, TASKS[task]), options.sha256 or ""
    return archive.url, options.sha256 or archive.sha256


def _no_address(archive: ReleasedArchive) -> str:
    return (
        f"{archive.what}: no address is known that we have seen to be right; "
        f"take it from {HOME} and give it with --url"
    )


def _say(
    task: str, archive: ReleasedArchive, cache: Path, holding: Holding, was_there: bool
) -> Fetched:
    folder = cache / archive.place
    size = in_words(sum(holding.files.values()))
    had = ", was there already" if was_there else ""
    print(f"{archive.what}: {len(holding.files)} files, {size}{had}, under {LICENCE.name}")
    if holding.checked:
        print(f"  SHA-256 of the archive, as it must be: {holding.sha256}")
    else:
        print("  no checksum was known to check the archive by; to hold it to what came now, add")
        print(f"  --sha256 {holding.sha256}")
    inner = sorted(path.parent for path in folder.rglob(archive.marker))
    if not inner:
        print(f"semg: note: there is no {archive.marker} in {folder}", file=sys.stderr)
    chosen = inner[0] if inner else folder
    print(f"  {chosen}{os.sep}")
    return Fetched(task, chosen)
