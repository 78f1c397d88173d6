# SPDX-License-Identifier: Apache-2.0
"""Programs that measure say in one line what cannot be done, and before they begin."""

from pathlib import Path

import pytest

from semg_bringup.command.refusal import CommandError
from test.measuring import check_writable, exit_status


def raising(error):
    def measure():
        raise error

    return measure


def test_a_refusal_is_one_line_and_a_status_of_its_own(capsys):
    assert exit_status("course", raising(CommandError("--people 0: must be at least 1"))) == 2
    assert capsys.readouterr().err == "course: --people 0: must be at least 1\n"
    assert exit_status("course", raising(KeyboardInterrupt())) == 130
    assert exit_status("course", lambda: None) == 0


def test_a_fault_of_the_program_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        exit_status("course", raising(ZeroDivisionError()))


def test_a_file_that_could_not_be_written_is_refused(tmp_path):
    check_writable("--csv", None, (".csv",))
    check_writable("--csv", tmp_path / "people.csv", (".csv",))
    with pytest.raises(CommandError, match=r"--csv .*: no folder .*nowhere to write it into"):
        check_writable("--csv", tmp_path / "nowhere" / "people.csv", (".csv",))
    with pytest.raises(CommandError, match=r"--figure people.gif: must end in .png or .svg"):
        check_writable("--figure", Path("people.gif"), (".png", ".svg"))
