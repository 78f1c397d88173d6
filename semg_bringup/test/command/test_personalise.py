# SPDX-License-Identifier: Apache-2.0
"""``semg personalise`` refuses before it computes."""

import subprocess
import sys

import pytest

from semg_bringup.command.main import main


def test_help_says_what_happens_and_shows_examples(capsys):
    with pytest.raises(SystemExit) as left:
        main(["personalise", "--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert "last fifth" in text
    assert "examples:" in text


@pytest.mark.parametrize(
    "words",
    [
        ["personalise", "--bundle", "wrist", "--recording", "x.hdf5", "--output", "b"],
        ["scaling", "--task", "wrist", "--people", "1,3", "--output", "d"],
    ],
)
def test_without_torch_it_says_what_is_needed_in_one_line(words, tmp_path):
    script = (
        "import sys, importlib.util as util; found = util.find_spec; "
        "util.find_spec = lambda name, *rest: None if name == 'torch' else found(name, *rest); "
        f"sys.argv[1:] = {words!r}; "
        "from semg_bringup.command.main import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert done.returncode == 2
    assert done.stderr == f"semg {words[0]}: needs torch: pip install -r requirements/train.txt\n"


def test_what_cannot_be_used_is_refused_in_one_line(tmp_path, capsys, monkeypatch):
    pytest.importorskip("torch", reason="torch is only installed for training")
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path / "cache"))
    words = ["--recording", str(tmp_path / "nowhere.hdf5"), "--output", str(tmp_path / "mine")]
    for bundle, said in (("wrist", "nowhere.hdf5: "), ("nobody", "nobody")):
        assert main(["personalise", "--bundle", bundle, *words]) == 2
        last = capsys.readouterr().err.strip()
        assert last.startswith("semg personalise: ")
        assert said in last
        assert "\n" not in last
    assert not (tmp_path / "mine").exists()
