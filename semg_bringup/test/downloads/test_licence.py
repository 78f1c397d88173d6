# SPDX-License-Identifier: Apache-2.0
import os
import pty
import sys

import pytest

from semg_bringup.downloads.fault import FetchError
from semg_bringup.downloads.licence import Licence, ask

LICENCE = Licence("CC-TEST-1.0", "https://example.org/licence", "Be kind.")


@pytest.fixture
def answer(monkeypatch):
    """Put somebody at a terminal who types this."""
    opened = []

    def type_in(text):
        outer, inner = pty.openpty()
        terminal = os.fdopen(inner)
        opened.extend([os.fdopen(outer, "wb", buffering=0), terminal])
        opened[-2].write(text.encode())
        monkeypatch.setattr(sys, "stdin", terminal)

    yield type_in
    for file in opened:
        file.close()


@pytest.mark.parametrize("text", ["y\n", "Y\n", " yes \n"])
def test_yes_is_accepted_and_the_licence_was_shown(answer, capsys, text):
    answer(text)
    ask(LICENCE, "wrist")
    shown = capsys.readouterr().err
    assert "wrist: under CC-TEST-1.0, https://example.org/licence\nBe kind.\n" in shown
    assert shown.endswith("Accept it? [y/N] ")


@pytest.mark.parametrize("text", ["n\n", "\n", "maybe\n", "\x04"])
def test_anything_else_is_a_no(answer, text):
    answer(text)
    with pytest.raises(FetchError, match=r"CC-TEST-1\.0 was not accepted; nothing was fetched"):
        ask(LICENCE, "wrist")


def test_without_a_terminal_there_is_one_line(monkeypatch, capsys):
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        with pytest.raises(FetchError, match=r"under CC-TEST-1\.0 .* --accept-licence is needed"):
            ask(LICENCE, "wrist")
    assert capsys.readouterr().err == ""
