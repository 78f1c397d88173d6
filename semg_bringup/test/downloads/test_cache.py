# SPDX-License-Identifier: Apache-2.0

import pytest

from semg_bringup.downloads.cache import Holding, read_holding, write_holding


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a").write_bytes(b"123")
    return tmp_path


HOLDING = Holding("https://x/y", "ab" * 32, True, {"a": 3})


def test_what_was_noted_is_read_again(folder):
    write_holding(folder, HOLDING)
    assert read_holding(folder) == HOLDING


@pytest.mark.parametrize("files", [{"a": 4}, {"a": 3, "gone": 1}])
def test_a_folder_that_is_not_whole_holds_nothing(folder, files):
    write_holding(folder, Holding("https://x/y", "ab" * 32, True, files))
    assert read_holding(folder) is None


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"url": 1}', "\x00", '{"files": 3}'])
def test_a_broken_note_counts_as_none(folder, note):
    (folder / ".fetched.json").write_text(note)
    assert read_holding(folder) is None
