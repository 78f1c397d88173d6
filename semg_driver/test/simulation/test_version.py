# SPDX-License-Identifier: Apache-2.0
import re
import shutil
import subprocess
import sys
from pathlib import Path

import semg_driver.simulation.version as version


def hash_of(folder: Path) -> str:
    code = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); "
        "import version; print(version.simulation_hash())"
    )
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()


def test_hash_is_that_of_the_source_files_wherever_they_lie(tmp_path):
    copy = shutil.copytree(Path(version.__file__).parent, tmp_path / "simulation")
    assert re.fullmatch("[0-9a-f]{12}", version.simulation_hash())
    assert hash_of(copy) == version.simulation_hash()


def test_hash_changes_with_any_file(tmp_path):
    copy = shutil.copytree(Path(version.__file__).parent, tmp_path / "simulation")
    (copy / "anatomy.py").write_text((copy / "anatomy.py").read_text() + "\n")
    assert hash_of(copy) != version.simulation_hash()
