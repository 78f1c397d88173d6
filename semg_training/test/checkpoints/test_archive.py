# SPDX-License-Identifier: Apache-2.0
"""Archives are read as they are, and refused when they are no checkpoint."""

import zipfile

import pytest

from semg_training.checkpoints.archive import CheckpointArchive


def test_pickle_and_storages_are_read(write_archive):
    path = write_archive(b"pickle", {"archive/data/0": b"12345678"})
    with CheckpointArchive(path) as archive:
        assert archive.pickle() == b"pickle"
        assert archive.storage_size("0") == 8
        assert archive.storage("0") == b"12345678"
        assert archive.byte_order == "<"


def test_the_folder_inside_may_have_any_name_and_byte_order(write_archive):
    path = write_archive(b"pickle", top="last", byte_order=b"big")
    with CheckpointArchive(path) as archive:
        assert archive.pickle() == b"pickle"
        assert archive.byte_order == ">"


@pytest.mark.parametrize(
    "name", ["../outside", "/outside", "archive/../../outside", "..\\outside", "c:/outside"]
)
def test_an_entry_that_points_outside_is_refused(name, write_archive, refusal):
    said = refusal(CheckpointArchive, write_archive(b"", {name: b"x"}))
    assert f"entry '{name}' points outside of the archive" in said


def test_an_entry_that_is_there_twice_is_refused(write_archive, refusal):
    path = write_archive(b"first")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as file:
        file.writestr("archive/data.pkl", b"second")
    assert "entry 'archive/data.pkl' is there twice" in refusal(CheckpointArchive, path)


def test_an_archive_that_unpacks_to_more_than_it_is_is_refused(tmp_path, refusal):
    path = tmp_path / "model_checkpoint.ckpt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("archive/data.pkl", b"\x80\x02}.")
        file.writestr("archive/data/0", bytes(10**6))
    said = refusal(CheckpointArchive, path)
    assert f"unpacks to 1000004 bytes, more than its own {path.stat().st_size}" in said


def test_a_pickle_of_absurd_size_is_refused(write_archive, refusal):
    with CheckpointArchive(write_archive(bytes(8 * 2**20 + 1))) as archive:
        assert "data.pkl' has 8388609 bytes, must be at most 8388608" in refusal(archive.pickle)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_truncated_archive_is_refused(kept, write_archive, refusal):
    path = write_archive(b"pickle", {"archive/data/0": bytes(1000)})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole))])
    assert "no zip archive, or one that was cut off" in refusal(CheckpointArchive, path)


def test_damaged_content_is_refused(write_archive, refusal):
    path = write_archive(b"pickle", {"archive/data/0": b"ABCDEFGH"})
    path.write_bytes(path.read_bytes().replace(b"ABCDEFGH", b"ABCDEFGX"))
    with CheckpointArchive(path) as archive:
        assert "entry 'archive/data/0' is damaged" in refusal(archive.storage, "0")


@pytest.mark.parametrize("content", [b"", b"PK", b"\x80\x02}.", b"text " * 100])
def test_what_is_no_archive_is_refused(content, tmp_path, refusal):
    (tmp_path / "file").write_bytes(content)
    assert "no zip archive" in refusal(CheckpointArchive, tmp_path / "file")


def test_a_missing_file_is_refused(tmp_path, refusal):
    assert refusal(CheckpointArchive, tmp_path / "none") == f"{tmp_path / 'none'}: no such file"


def test_a_zip_of_something_else_is_refused(tmp_path, refusal):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as file:
        file.writestr("letter.txt", b"Dear")
    assert "no data.pkl inside" in refusal(CheckpointArchive, tmp_path / "other.zip")


def test_a_byte_order_that_is_none_is_refused(write_archive, refusal):
    said = refusal(CheckpointArchive, write_archive(b"", byte_order=b"middle"))
    assert "byteorder: b'middle', must be little or big" in said


def test_a_name_cannot_command_a_terminal(write_archive, refusal):
    said = refusal(CheckpointArchive, write_archive(b"", {"../\x1b[2J": b""}))
    assert "entry '../?[2J' points outside" in said
