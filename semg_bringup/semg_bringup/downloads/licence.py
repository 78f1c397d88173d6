# SPDX-License-Identifier: Apache-2.0
"""Asks whether a licence is accepted before anything under it is fetched."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from semg_bringup.downloads.fault import FetchError


@dataclass(frozen=True)
class Licence:
    """Terms under which something was released.

    Attributes
    ----------
    name : str
        Its SPDX name.
    link : str
        Where its text is.
    gist : str
        What it says, in one line.
    """

    name: str
    link: str
    gist: str


def ask(licence: Licence, what: str) -> None:
    """Show the licence of `what` on the terminal, and ask.

    Raises
    ------
    FetchError
        If the answer is not yes, or there is no terminal to ask on.
    """
    if not sys.stdin.isatty():
        raise FetchError(
            f"{what}: under {licence.name} ({licence.link}); "
            "without a terminal to ask on, --accept-licence is needed"
        )
    print(
        f"{what}: under {licence.name}, {licence.link}\n{licence.gist}\nAccept it? [y/N] ",
        end="",
        file=sys.stderr,
        flush=True,
    )
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise FetchError(f"{licence.name} was not accepted; nothing was fetched")
