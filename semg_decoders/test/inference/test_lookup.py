# SPDX-License-Identifier: Apache-2.0
import pytest

from semg_decoders.inference.lookup import bundle_folders, find_bundle, installed_bundles
from semg_decoders.inference.strict_mapping import BundleError


def bundle_in(folder):
    folder.mkdir()
    (folder / "bundle.yaml").touch()
    return folder


def test_a_bundle_is_found_by_its_path(tmp_path):
    folder = bundle_in(tmp_path / "b")
    assert find_bundle(folder) == folder
    assert find_bundle(str(folder)) == folder


def test_a_bundle_is_found_by_its_name_in_the_ros_prefix(tmp_path, monkeypatch):
    pytest.importorskip("ament_index_python", reason="no ROS prefix without ament_index_python")
    share = tmp_path / "share"
    (share / "ament_index" / "resource_index" / "packages").mkdir(parents=True)
    (share / "ament_index" / "resource_index" / "packages" / "semg_decoders").touch()
    (share / "semg_decoders" / "bundles").mkdir(parents=True)
    folder = bundle_in(share / "semg_decoders" / "bundles" / "mine")
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    assert find_bundle("mine") == folder
    assert installed_bundles()["mine"] == folder


def test_the_source_tree_serves_without_a_ros_prefix(monkeypatch):
    monkeypatch.delenv("AMENT_PREFIX_PATH", raising=False)
    assert all(folder.parts[-2:] == ("semg_decoders", "bundles") for folder in bundle_folders())


def test_an_unknown_name_lists_what_is_installed():
    with pytest.raises(BundleError, match="nonesuch: no bundle folder and no installed bundle"):
        find_bundle("nonesuch")
    with pytest.raises(BundleError, match="~nobody-at-all/b: no bundle folder"):
        find_bundle("~nobody-at-all/b")
