# SPDX-License-Identifier: Apache-2.0
"""Where a package has its files."""

from semg_node.installed import installed_folders


def test_what_is_installed_comes_before_the_source_tree(tmp_path, monkeypatch):
    prefix, source = tmp_path / "prefix", tmp_path / "source"
    index = prefix / "share" / "ament_index" / "resource_index" / "packages"
    installed = prefix / "share" / "some_package" / "things"
    for folder in (index, installed, source / "things"):
        folder.mkdir(parents=True)
    (index / "some_package").touch()
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(prefix))
    found = installed_folders("some_package", "things", source)
    assert found == [installed, source / "things"]


def test_without_an_installation_there_is_the_source_tree(tmp_path, monkeypatch):
    (tmp_path / "things").mkdir()
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    assert installed_folders("some_package", "things", tmp_path) == [tmp_path / "things"]


def test_a_folder_that_is_not_there_is_none(tmp_path, monkeypatch):
    monkeypatch.delenv("AMENT_PREFIX_PATH")
    assert installed_folders("some_package", "things", tmp_path) == []
