# SPDX-License-Identifier: Apache-2.0
import fcntl
import os
import pty
import struct
import sys
import termios

import pytest

from semg_bringup.downloads.progress import Bar, in_words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2_340_000, "2.3 MB"), (3e10, "30.0 GB"),
     (4e15, "4000.0 TB")],
)  # fmt: skip
def test_bytes_in_words(count, words):
    assert in_words(int(count)) == words


def use(bar):
    bar.begin("fetching", 2**20, 4 * 2**20)
    bar.advance(2**20)
    bar.note("the connection was closed")
    bar.begin("unpacking", 0, None)
    bar.end()


def test_without_a_terminal_only_notes_are_shown(capsys):
    use(Bar("semg fetch-data"))
    assert capsys.readouterr().err == "semg fetch-data: the connection was closed\n"


def test_on_a_terminal_what_was_there_before_counts_as_done(monkeypatch):
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 80, 0, 0))
    with os.fdopen(outer, "rb", buffering=0) as screen, os.fdopen(inner, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        use(Bar("semg fetch-data"))
        terminal.flush()
        shown = screen.read(100_000).decode()
    assert "fetching:  25%" in shown
    assert "1.00M/4.00M" in shown
