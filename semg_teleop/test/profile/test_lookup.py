# SPDX-License-Identifier: Apache-2.0
import pytest

from semg_teleop.profile.fields import ProfileError
from semg_teleop.profile.lookup import find_profile, installed_profiles, profile_folders


def test_a_profile_is_found_by_its_path(tmp_path):
    path = tmp_path / "mine.yaml"
    path.touch()
    assert find_profile(path) == path
    assert find_profile(str(path)) == path


def test_a_profile_is_found_by_its_name_in_the_ros_prefix(tmp_path, monkeypatch):
    pytest.importorskip("ament_index_python", reason="no ROS prefix without ament_index_python")
    share = tmp_path / "share"
    (share / "ament_index" / "resource_index" / "packages").mkdir(parents=True)
    (share / "ament_index" / "resource_index" / "packages" / "semg_teleop").touch()
    (share / "semg_teleop" / "profiles").mkdir(parents=True)
    path = share / "semg_teleop" / "profiles" / "mine.yaml"
    path.touch()
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    assert find_profile("mine") == path
    assert installed_profiles()["mine"] == path


def test_the_source_tree_serves_without_a_ros_prefix(monkeypatch):
    monkeypatch.delenv("AMENT_PREFIX_PATH", raising=False)
    assert all(folder.parts[-2:] == ("semg_teleop", "profiles") for folder in profile_folders())
    assert "mobile_base" in installed_profiles()


def test_an_unknown_name_lists_what_is_installed_and_what_is_close():
    with pytest.raises(ProfileError) as caught:
        find_profile("mobil_base")
    said = str(caught.value)
    assert said.startswith("mobil_base: no profile file and no installed profile; installed: ")
    assert said.endswith("; did you mean 'mobile_base'?")
    assert "arm_joints" in said


def test_a_folder_is_no_profile(tmp_path):
    with pytest.raises(ProfileError, match="no profile file and no installed profile"):
        find_profile(tmp_path)


def test_the_home_folder_of_nobody_is_a_path_that_is_not_there():
    with pytest.raises(ProfileError, match="no profile file and no installed profile"):
        find_profile("~nobody-of-that-name/base.yaml")
