# SPDX-License-Identifier: Apache-2.0
import fcntl
import hashlib
import os
import subprocess

import pytest

from semg_bringup.downloads.fault import DiskError, FetchError
from semg_bringup.downloads.fetching import fetch, held


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache" / "models" / "wrist"


@pytest.fixture
def packed(tar_of, files):
    return tar_of(*files.items(), packed="gz")


def beside(folder):
    return sorted(path.name for path in folder.parent.iterdir() if path.suffix != ".lock")


def test_an_archive_is_fetched_and_unpacked(site, folder, packed, files, tree):
    url = site.put(packed)
    holding = fetch(url, folder)
    found = tree(folder)
    del found[".fetched.json"]
    assert found == files
    assert holding.sha256 == hashlib.sha256(packed).hexdigest()
    assert not holding.checked
    assert beside(folder) == ["wrist"]
    assert held(folder, url) == holding


def test_only_what_was_asked_for_counts_as_held(site, folder, packed):
    url = site.put(packed)
    sha256 = hashlib.sha256(packed).hexdigest()
    assert held(folder, url) is None
    fetch(url, folder, sha256=sha256)
    assert held(folder).checked
    assert held(folder, "https://elsewhere/", sha256.upper())
    assert held(folder, "https://elsewhere/") is None
    assert held(folder, url, "0" * 64) is None
    (folder / "wrist" / "model.ckpt").unlink()
    assert held(folder, url) is None


def test_something_newer_replaces_the_old_as_a_whole(site, folder, packed, tar_of, tree):
    fetch(site.put(packed), folder)
    fetch(site.put(tar_of(("new", b"2")), "/new"), folder)
    assert set(tree(folder)) == {"new", ".fetched.json"}
    assert beside(folder) == ["wrist"]


@pytest.mark.parametrize("wrong", ["cut off", "outside", "checksum", "nothing there"])
def test_whatever_goes_wrong_leaves_the_old_one_alone(site, folder, packed, tar_of, tree, wrong):
    fetch(site.put(packed), folder)
    before = tree(folder)
    content = {"cut off": packed[:300], "outside": tar_of(("../evil", b"1"))}.get(wrong, packed)
    url = site.put(content, "/new")
    if wrong == "nothing there":
        url = site.url("/404")
    with pytest.raises(FetchError):
        fetch(url, folder, sha256="0" * 64 if wrong == "checksum" else "")
    assert tree(folder) == before
    assert beside(folder) == ["wrist"]


def test_a_folder_of_the_users_own_is_not_touched(site, folder, packed):
    folder.mkdir(parents=True)
    (folder / "mine").write_text("mine")
    with pytest.raises(FetchError, match="is there already, and was not fetched"):
        fetch(site.put(packed), folder)
    assert site.asked == []
    assert (folder / "mine").read_text() == "mine"


def test_two_processes_do_not_fetch_the_same_at_once(site, folder, packed):
    folder.parent.mkdir(parents=True)
    with folder.with_name("wrist.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(FetchError, match="another process is fetching this already"):
            fetch(site.put(packed), folder)
    assert site.asked == []


def test_a_cache_that_cannot_be_made_is_one_line(site, tmp_path, packed):
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskError, match="cannot be written to: "):
        fetch(site.put(packed), tmp_path / "file" / "models" / "wrist")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_an_archive_that_did_not_fit_unpacked_is_not_fetched_twice(site, tmp_path, zip_of, tree):
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if subprocess.run(command, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        url = site.put(zip_of(("large", bytes(2 * 2**20))))
        with pytest.raises(DiskError, match="what was fetched is kept for the next try"):
            fetch(url, tmp_path / "wrist")
        subprocess.run(["mount", "-o", "remount,size=8m", str(tmp_path)], check=True)
        fetch(url, tmp_path / "wrist")
        assert len(site.asked) == 1
        assert tree(tmp_path / "wrist")["large"] == bytes(2 * 2**20)
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)
