# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys

import pytest

pytest.importorskip("rclpy")

NODE = (
    "import sys; from semg_node.starting import start_node; "
    "sys.exit(start_node('node', 'semg_node.shell:NodeShell'))"
)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--params-file", "/nowhere.yaml"], "node: Couldn't parse params file: "),
        (["-p", "x:=[1"], "node: Couldn't parse parameter override rule: '-p x:=[1'"),
        (["-r", "__ns:=/a-b"], "node: Couldn't parse remap rule: '-r __ns:=/a-b'"),
    ],
)
def test_ros_arguments_that_cannot_be_read_are_refused_in_one_line(arguments, line):
    done = subprocess.run(
        [sys.executable, "-c", NODE, "--ros-args", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert last.startswith(line)
    assert ".c:" not in last
    assert "Traceback" not in done.stderr


BREAKS = """
import sys
from semg_node.component import Status


class Breaks:
    publishes = ()
    finished = False

    def __init__(self, shell):
        pass

    def configure(self):
        pass

    def activate(self):
        print("drives", flush=True)

    def deactivate(self):
        print("stands", flush=True)

    def cleanup(self):
        pass

    def parameters_changed(self):
        pass

    def status(self, now):
        raise RuntimeError("broken")


if __name__ == "__main__":
    from semg_node.starting import start_node

    sys.exit(start_node("node", "__main__:Breaks"))
"""


def test_a_node_that_breaks_is_deactivated_before_its_process_ends(tmp_path):
    script = tmp_path / "breaks.py"
    script.write_text(BREAKS)
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode != 0
    assert "broken" in done.stderr
    assert done.stdout.split() == ["drives", "stands"]
