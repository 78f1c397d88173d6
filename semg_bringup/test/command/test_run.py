# SPDX-License-Identifier: Apache-2.0
"""`semg run` with all nodes, on the simulated band and on a recording."""

import re
import signal
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("rclpy")


@pytest.fixture
def models(gesture_bundle, wrist_bundle):
    return [
        "-p",
        f"gesture_decoder.bundle:={gesture_bundle}",
        "-p",
        f"wrist_decoder.bundle:={wrist_bundle}",
    ]


def test_the_simulated_band_is_decoded_and_recorded(semg, models, tmp_path):
    done = semg("run", "--duration", 4, "--person", 7, "--record", tmp_path / "bag", *models)
    assert done.returncode == 0, done.stderr
    assert "SIMULATED wearer, not a real person: simulator person-7" in done.stdout
    samples = int(re.search(r": (\d+) samples, 0 lost", done.stdout)[1])
    assert samples > 4000
    assert "no sample lost" in done.stderr.splitlines()[-1]
    told = semg("info", tmp_path / "bag").stdout
    for topic in ("/emg/conditioned", "/emg/mpf/wrist", "/gesture/probabilities", "/diagnostics"):
        assert topic in told
    assert "person-7" in told


def test_a_recording_is_played_to_its_end_and_decoded_alike_offline(
    semg, models, write_hdf5, noise, gesture_bundle, tmp_path
):
    recording = write_hdf5(noise)
    played = semg("run", "--recording", recording, "--rate", 0, *models)
    assert played.returncode == 0, played.stderr
    assert "playback of a recording" in played.stdout
    lines = [line.split() for line in played.stdout.splitlines()]
    live = [line[2] for line in lines if len(line) >= 4 and re.match(r"\d{4}-", line[0])]
    semg("decode", recording, "--bundle", gesture_bundle, "--output", tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz") as offline:
        assert live == offline["event_name"].tolist()
    assert live == ["index_press", "index_release", "thumb_up", "middle_press"]


def test_handwriting_is_decoded_shown_and_recorded_where_its_bundle_is_named(
    semg, models, write_hdf5, noise, handwriting_bundle, tmp_path
):
    recording, bag = write_hdf5(noise), tmp_path / "bag"
    options = ["--recording", recording, "--rate", 0, *models]
    done = semg("run", *options, "--handwriting", handwriting_bundle, "--record", bag)
    assert done.returncode == 0, done.stderr
    written = [line.split()[3] for line in done.stdout.splitlines() if "written   " in line]
    assert written == ["hello"]
    told = semg("info", bag).stdout
    assert "/handwriting/text" in told
    assert "/emg/mpf/handwriting" in told
    bad = semg("run", *options, "--handwriting", "nowhere")
    assert bad.returncode == 2
    last = bad.stderr.splitlines()[-1]
    assert last.startswith("semg run: handwriting_decoder: nowhere: no bundle folder")


def test_ctrl_c_stops_it_in_order(semg, models):
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "semg_bringup.command.main", "run", *models],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=semg.environment,
    )
    while "band:" not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert said.splitlines()[-1].startswith("ran for ")
    assert "Traceback" not in errors


def test_refusals_are_one_line(refused, tmp_path, models):
    assert "no such file or folder" in refused("run", "--recording", tmp_path / "none")
    assert "no node 'juggler'" in refused("run", "--nodes", "juggler")
    assert "--domain 999: must be from 0 to 232" in refused("run", "--domain", 999)
    assert "there is no such file" in refused("run", "--params", tmp_path / "none.yaml")


def test_faults_of_nodes_end_it(semg, models, tmp_path):
    done = semg("run", "-p", "gesture_decoder.bundle:=nowhere", "--nodes", "gesture_decoder")
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert last.startswith("semg run: gesture_decoder: nowhere: no bundle folder")
    done = semg("run", "-p", "driver.chunk_ms:=-5.0", "--nodes", "driver")
    assert done.returncode == 2
    assert "chunk_ms" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    done = semg("run", "--nodes", "handwriting_decoder")
    assert done.returncode == 2
    assert "no handwriting bundle is named" in done.stderr.splitlines()[-1]
    done = semg("run", "--device", "glove", "--nodes", "driver")
    assert done.returncode == 2
    assert "'glove' is not installed; there are:" in done.stderr.splitlines()[-1]


def test_a_graph_that_no_emg_came_to_says_so(semg):
    done = semg("run", "--nodes", "preprocessor", "--duration", 1)
    assert done.returncode == 1
    line = done.stderr.splitlines()[-1]
    domain = semg.environment["ROS_DOMAIN_ID"]
    assert line == (
        f"semg run: no EMG came: is a driver running in namespace / on ROS domain {domain}?"
    )


def test_a_usual_start_is_no_matter_for_a_log(semg, models):
    done = semg("run", "--duration", 1, *models)
    assert done.returncode == 0
    assert "waiting for" not in done.stdout + done.stderr


def test_a_band_that_the_models_do_not_fit_ends_it(semg, models, write_hdf5, noise):
    recording = write_hdf5(noise[:, :8])
    done = semg("run", "--recording", recording, *models)
    assert done.returncode == 2
    line = done.stderr.splitlines()[-1]
    assert re.match(r"semg run: \w+_decoder: emg/raw: 8 channels, but bundle", line), line
    done = semg("run", "--recording", recording, "--rate", 0, "--nodes", "driver", "preprocessor")
    assert done.returncode == 0, done.stderr


def test_what_ros_cannot_read_is_refused_in_one_line(semg, tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("/**/driver:\n  ros__parameters: [1\n")
    for options, line in (
        (["--params", broken], f"Couldn't parse params file: '--params-file {broken}'"),
        (["--namespace", "a b"], "Invalid namespace: .*'/a b'"),
        (["-p", "driver.simulator.persn:=7"], "driver: .*no parameter .* 'simulator.person'?"),
        (["--ros-args", "-p", "x:=[1"], "Couldn't parse parameter override rule"),
    ):
        done = semg("run", "--nodes", "driver", *options)
        assert done.returncode == 2
        assert re.match(f"semg run: {line}", done.stderr.splitlines()[-1]), done.stderr
        assert "Traceback" not in done.stderr
    done = semg("record", "--namespace", "a b", "--output", tmp_path / "bag")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_existing_folder_is_not_recorded_over(semg, models, tmp_path):
    done = semg("run", "--record", tmp_path, *models)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith("a recording is never overwritten")
