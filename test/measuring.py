# SPDX-License-Identifier: Apache-2.0
"""How programs that measure something end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from semg_bringup.command.refusal import CommandError, is_refusal

_USAGE_ERROR, _INTERRUPTED = 2, 130


def exit_status(name: str, measure: Callable[[], None]) -> int:
    """Measure; return the exit status. What cannot be done is said in one line."""
    try:
        measure()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:
        if not is_refusal(error):
            raise
        print(f"{name}: {error}", file=sys.stderr)
        return _USAGE_ERROR
    return 0


def check_writable(option: str, path: Path | None, endings: tuple[str, ...]) -> None:
    """Refuse, before anything is measured, a file that could not be written after it.

    Raises
    ------
    CommandError
        If its folder is not there, or it is called otherwise.
    """
    if path is None:
        return
    if path.suffix not in endings:
        raise CommandError(f"{option} {path}: must end in {' or '.join(endings)}")
    if not path.resolve().parent.is_dir():
        raise CommandError(f"{option} {path}: no folder {path.parent} to write it into")
