# SPDX-License-Identifier: Apache-2.0
"""How many files a process may have open."""

from __future__ import annotations

import resource


def allow_many_open_files() -> None:
    """Raise this process' limit of open files as far as it may be raised without privileges.

    Recordings stay on disk and are mapped into memory, each by a file of its own: hundreds of
    people are thousands of files, and shells commonly begin with a limit of 1024.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
