# SPDX-License-Identifier: Apache-2.0
import io
import os
import resource
import struct
import subprocess
import tarfile
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from semg_bringup.downloads.archive import Limits, unpack
from semg_bringup.downloads.fault import DiskError, FetchError


@pytest.fixture
def archive(tmp_path):
    """Return the file of an archive with these bytes."""

    def write(content):
        path = tmp_path / "archive"
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def refusal(tmp_path, archive):
    """Return the one line by which an archive is refused; nothing of it may be left."""

    def run(content, limits=None):
        outside = tmp_path / "box"
        outside.mkdir()
        with pytest.raises(FetchError) as refused:
            unpack(archive(content), outside / "new", limits=limits)
        assert list(outside.iterdir()) == []
        assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "box"]
        outside.rmdir()
        line = str(refused.value)
        assert "\n" not in line
        return line.removeprefix(f"{tmp_path}/archive: ")

    return run


def tar_entry(name, kind, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def zip_entry(name, mode):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def test_an_honest_archive_is_unpacked_as_it_is(tmp_path, archive, honest, files, tree):
    sizes = unpack(archive(honest), tmp_path / "new")
    assert tree(tmp_path / "new") == files
    assert sizes == {name: len(content) for name, content in files.items()}


def test_folders_and_dots_in_names_are_fine(tmp_path, archive, tar_of, tree):
    entries = [
        (tar_entry("./", tarfile.DIRTYPE), b""),
        (tar_entry("./a/", tarfile.DIRTYPE), b""),
        ("./a/..b..", b"1"),
        ("./ä:1 (é)", b"2"),
    ]
    unpack(archive(tar_of(*entries)), tmp_path / "new")
    assert tree(tmp_path / "new") == {"a/..b..": b"1", "ä:1 (é)": b"2"}


def test_rights_in_the_archive_are_not_taken_over(tmp_path, archive, tar_of):
    info = tarfile.TarInfo("tool")
    info.mode, info.uid = 0o6777, 12345
    unpack(archive(tar_of((info, b"x"))), tmp_path / "new")
    (tmp_path / "plain").write_bytes(b"")
    found, plain = (tmp_path / "new" / "tool").stat(), (tmp_path / "plain").stat()
    assert (found.st_mode, found.st_uid) == (plain.st_mode, plain.st_uid)


OUTSIDE = ["../evil", "a/../../evil", "/tmp/evil", "..", "/"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_tar_entries_that_lead_outside_are_refused_by_name(refusal, tar_of, name):
    content = tar_of(("good", b"1"), (tar_entry(name, tarfile.REGTYPE), b"2"))
    assert refusal(content) == f"entry '{name}' leads outside of the folder; nothing was unpacked"


@pytest.mark.parametrize("name", OUTSIDE)
def test_zip_entries_that_lead_outside_are_refused_by_name(refusal, zip_of, name):
    line = refusal(zip_of(("good", b"1"), (zipfile.ZipInfo(name), b"2")))
    assert line == f"entry '{name}' leads outside of the folder; nothing was unpacked"


@pytest.mark.parametrize("name", ["a\\..\\evil", "C:\\evil", "a\x01b", "a\nb"])
def test_names_with_odd_characters_are_refused(refusal, tar_of, zip_of, name):
    for content in (tar_of((name, b"1")), zip_of((zipfile.ZipInfo(name), b"1"))):
        assert "has a name with a character that no name should have" in refusal(content)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (tarfile.SYMTYPE, "is a link to '../../etc/passwd'"),
        (tarfile.LNKTYPE, "is a link to '../../etc/passwd'"),
        (tarfile.FIFOTYPE, "is neither a file nor a folder"),
        (tarfile.CHRTYPE, "is neither a file nor a folder"),
        (tarfile.BLKTYPE, "is neither a file nor a folder"),
    ],
)
def test_tar_entries_that_are_no_files_are_refused(refusal, tar_of, kind, why):
    content = tar_of(("good", b"1"), (tar_entry("odd", kind, "../../etc/passwd"), b""))
    assert refusal(content) == f"entry 'odd' {why}; nothing was unpacked"


def test_a_file_through_a_link_is_not_written(refusal, tar_of):
    link = tar_entry("folder", tarfile.SYMTYPE, "..")
    assert "entry 'folder' is a link to '..'" in refusal(tar_of((link, b""), ("folder/evil", b"1")))


@pytest.mark.parametrize(("mode", "why"), [(0o120777, "a link"), (0o010644, "neither a file")])
def test_zip_entries_that_are_no_files_are_refused(refusal, zip_of, mode, why):
    assert f"entry 'odd' is {why}" in refusal(zip_of((zip_entry("odd", mode), b"../../etc")))


def test_an_encrypted_zip_entry_is_refused(refusal, zip_of):
    content = bytearray(zip_of(("secret", b"1")))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(content)) == "entry 'secret' is encrypted; nothing was unpacked"


def test_impossible_names_are_refused(refusal, tar_of, zip_of):
    assert "entry '.' has no name" in refusal(tar_of((".", b"1")))
    nul = zip_of(("a_b", b"1")).replace(b"a_b", b"a\x00b")
    assert "has a name with a character that no name should have" in refusal(nul)
    assert "has too long a name" in refusal(tar_of(("a" * 300, b"1")))


@pytest.mark.parametrize("second", ["a", "./a", "a/b"])
def test_a_name_that_is_there_twice_is_refused(refusal, tar_of, second):
    assert f"entry '{second}' is there twice" in refusal(tar_of(("a", b"1"), (second, b"2")))


def test_a_bomb_of_zeros_is_refused_whatever_it_claims(refusal, tar_of, gzipped_zeros, zip_of):
    limits = Limits(always_allowed=2**20)
    zeros = bytes(30 * 2**20)
    too_large = "unpacks to more than"
    assert too_large in refusal(tar_of(("zeros", zeros), packed="gz"), limits)
    assert too_large in refusal(zip_of(("zeros", zeros)), limits)
    lying = zip_of(("zeros", zeros)).replace(struct.pack("<I", len(zeros)), struct.pack("<I", 9))
    assert "cut off or damaged" in refusal(lying, limits)
    # A whole tar archive and then zeros without end.
    endless = tar_of(("a", b"1"), packed="gz") + gzipped_zeros(30 * 2**20)
    assert too_large in refusal(endless, limits)


def test_a_sparse_file_of_absurd_size_is_refused(refusal, tar_of):
    info = tarfile.TarInfo("hole")
    info.pax_headers = {
        "GNU.sparse.major": "0",
        "GNU.sparse.minor": "1",
        "GNU.sparse.name": "hole",
        "GNU.sparse.size": str(2**50),
        "GNU.sparse.map": f"0,1,{2**50 - 1},0",
    }
    assert "unpacks to more than" in refusal(tar_of((info, b"1")))


def test_an_enormous_header_is_not_read(refusal):
    header = tar_entry("x", tarfile.XHDTYPE)
    header.size = 2**40
    content = header.tobuf(tarfile.GNU_FORMAT) + bytes(2048)
    assert refusal(content) == f"holds a header of {2**40} bytes"


def test_a_negative_size_does_not_lead_back(refusal):
    header = tarfile.TarInfo("a")
    header.size = -2048
    content = header.tobuf(tarfile.GNU_FORMAT) + bytes(4096)
    assert "claims to have -2048 bytes" in refusal(content) or "damaged" in refusal(content)


def test_more_entries_than_allowed_are_refused(refusal, tar_of):
    content = tar_of(*((str(number), b"") for number in range(6)))
    assert refusal(content, Limits(entries=5)) == "holds more than 5 entries"


@pytest.mark.parametrize("share", [0.9, 0.5, 0.1, 0.0])
def test_a_truncated_archive_is_one_line(refusal, honest, share):
    # Of the kilobytes of zeros at the end of a plain tar one block would be enough.
    whole = honest.rstrip(b"\x00")
    missing = max(1, int(len(whole) * share))
    assert "is cut off or damaged" in refusal(whole[:-missing])


def test_a_tar_that_ends_between_two_entries_is_known_to_be_cut_off(refusal, tar_of):
    content = tar_of(("a", bytes(512)), ("b", bytes(512)))
    assert refusal(content[:1024]) == "is cut off or damaged"


def test_what_is_no_archive_is_refused(refusal):
    assert "must be a zip or a tar archive, plain or" in refusal(b"<!DOCTYPE html><html>log in")
    assert "but begins with b'<!DOCTYPE html>" in refusal(b"<!DOCTYPE html><html>log in")
    assert "but begins with b''" in refusal(b"")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_archive_is_refused_or_gives_only_plain_files(
    tmp_path_factory, honest, data, tree
):
    folder = tmp_path_factory.mktemp("damaged")
    content = bytearray(honest)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (folder / "archive").write_bytes(content)
    sizes, line = {}, ""
    try:
        sizes = unpack(folder / "archive", folder / "new")
    except FetchError as error:
        line = str(error)
    found = tree(folder / "new")
    assert {name: len(content) for name, content in found.items()} == sizes
    assert (folder / "new").exists() == (not line)
    assert "\n" not in line
    assert {path.name for path in folder.iterdir()} <= {"archive", "new"}


def test_a_folder_that_is_there_is_left_alone(tmp_path, archive, honest):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine").write_text("mine")
    with pytest.raises(DiskError, match="cannot be made: File exists"):
        unpack(archive(honest), tmp_path / "new")
    assert (tmp_path / "new" / "mine").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_a_disk_with_too_little_room_is_said_and_nothing_kept(tmp_path, tmp_path_factory, zip_of):
    command = ["mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=9", "tmpfs", str(tmp_path)]
    if subprocess.run(command, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    path = tmp_path_factory.mktemp("elsewhere") / "archive"
    try:
        path.write_bytes(zip_of(("large", bytes(2 * 2**20))))
        with pytest.raises(DiskError, match=r"only 1\.0 MB are free, but 'large' needs 2\.1 MB"):
            unpack(path, tmp_path / "new")
        path.write_bytes(zip_of(*((str(number), b"") for number in range(20))))
        with pytest.raises(DiskError, match="cannot be written: No space left on device"):
            unpack(path, tmp_path / "new")
        assert list(tmp_path.iterdir()) == []
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


@pytest.mark.parametrize("size", [3000, 3_000_000])
def test_a_file_that_may_not_grow_is_no_fault_of_the_archive(tmp_path, archive, zip_of, size):
    path = archive(zip_of(("large", bytes(size))))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with pytest.raises(DiskError, match="cannot be written: File too large"):
            unpack(path, tmp_path / "new")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / "new").exists()


def test_a_zip_whose_local_names_differ_goes_by_neither_outside(refusal, zip_of):
    content = zip_of(("aaaaaaa", b"1"))
    local = content.replace(b"aaaaaaa", b"../evil", 1)
    assert "is cut off or damaged (File name in directory" in refusal(local)
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["aaaaaaa"]
