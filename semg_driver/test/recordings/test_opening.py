# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os

import numpy as np
import pytest

from semg_driver.recordings.bag_writer import write_bag
from semg_driver.recordings.opening import open_recording
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.writer import Content, write_hdf5


def refusal(path, topic=""):
    with pytest.raises(RecordingError) as error:
        open_recording(path, topic)
    text = str(error.value)
    assert "\n" not in text
    assert str(path) in text
    return text


def test_kinds_are_told_by_content_not_by_name(tmp_path, make_info, make_blocks):
    write_hdf5(tmp_path / "a.dat", Content(np.zeros((10, 4), np.float32), make_info()))
    write_bag(tmp_path / "bag", make_blocks(3))
    assert open_recording(str(tmp_path / "a.dat")).kind == "hdf5"
    assert open_recording(tmp_path / "bag").kind == "bag"
    assert open_recording(tmp_path / "bag" / "metadata.yaml").kind == "bag"
    assert open_recording(tmp_path / "bag" / "bag.mcap").kind == "bag"


def test_what_is_missing_is_named(tmp_path):
    assert "no such file" in refusal(tmp_path / "missing.hdf5")
    assert "no such file" in refusal("~nobody-at-all/day1.hdf5")


def test_an_empty_file_is_named(tmp_path):
    (tmp_path / "empty.hdf5").touch()
    assert "is empty" in refusal(tmp_path / "empty.hdf5")


@pytest.mark.parametrize("content", [b"time,emg\n0,1\n", b"\x00" * 4096, b"PK\x03\x04", b"\x89"])
def test_something_else_is_named_and_what_would_be_right(tmp_path, content):
    (tmp_path / "other").write_bytes(content)
    assert "must be an HDF5 file" in refusal(tmp_path / "other")


def test_a_folder_without_a_recording_is_named(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    assert "holds no bag" in refusal(tmp_path)


def test_a_topic_means_nothing_to_an_hdf5_file(tmp_path, make_info):
    path = tmp_path / "a.hdf5"
    write_hdf5(path, Content(np.zeros((10, 4), np.float32), make_info()))
    assert "has no topics" in refusal(path, "/left/emg/raw")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(tmp_path):
    path = tmp_path / "secret.hdf5"
    path.write_bytes(b"x")
    path.chmod(0)
    assert "cannot be read" in refusal(path)
