# SPDX-License-Identifier: Apache-2.0
import json

import numpy as np
import pytest

from semg_driver.recordings.released_hdf5 import Hdf5Recording


@pytest.fixture
def simulated(semg_here, tmp_path):
    def run(*arguments, name="day1.hdf5"):
        done = semg_here("simulate", "--output", tmp_path / name, "--minutes", 0.2, *arguments)
        assert done.returncode == 0, done.stderr
        return tmp_path / name

    return run


def test_what_is_simulated_is_shown(semg_here, simulated):
    facts = json.loads(semg_here("info", simulated("--person", 17), "--json").stdout)
    text = json.dumps(facts)
    assert "person-17" in text
    assert "index_press" in text


def test_what_is_simulated_is_decoded_and_scored(semg_here, simulated, tmp_path):
    recording = simulated("--person", 17, "--task", "gestures")
    decoded = tmp_path / "day1.npz"
    done = semg_here("decode", recording, "--bundle", "gestures", "--output", decoded)
    assert done.returncode == 0, done.stderr
    assert len(np.load(decoded)["output"]) > 1000
    done = semg_here(
        "evaluate", "--bundle", "gestures", "--data", recording, "--json", tmp_path / "facts.json"
    )
    assert done.returncode == 0, done.stderr
    facts = json.loads((tmp_path / "facts.json").read_text("utf-8"))
    prompts = Hdf5Recording(recording).labels().prompts
    assert sum(facts["recordings"][0]["labels"].values()) == len(prompts) > 5
    assert facts["mean_cler"] < 0.5


def test_a_corpus_is_scored(semg_here, simulated, tmp_path):
    folder = simulated("--people", 2, "--first-person", 5, "--task", "wrist", name="people")
    done = semg_here(
        "evaluate", "--bundle", "wrist", "--data", folder, "--split", "all",
        "--json", tmp_path / "facts.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    facts = json.loads((tmp_path / "facts.json").read_text("utf-8"))
    names = [part["name"] for part in facts["partitions"]]
    assert names == ["wrist_person_00005", "wrist_person_00006"]
    assert all(part["correlation"] > 0.4 for part in facts["partitions"])


def test_the_seed_makes_another_occasion_and_not_another_person(simulated):
    first, again, other = (
        Hdf5Recording(simulated(*arguments, name=f"{i}.hdf5")).read(0, 24_000)
        for i, arguments in enumerate([[], ["--seed", 1], ["--seed", 2]])
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_script_that_is_a_task_writes_its_labels(simulated):
    assert Hdf5Recording(simulated("--script", "wrist")).task == "wrist"


def test_nothing_is_replaced_unless_asked_for(refused, semg_here, simulated):
    path = simulated("--person", 1)
    before = path.read_bytes()
    said = refused("simulate", "--output", path, "--minutes", 0.1)
    assert said == f"--output: {path} is there already; --force replaces it"
    assert path.read_bytes() == before
    assert semg_here("simulate", "-o", path, "--minutes", 0.1, "--force").returncode == 0
    assert Hdf5Recording(path).samples == 12_000


def test_a_corpus_that_is_there_is_not_replaced_either(refused, simulated):
    folder = simulated("--people", 1, name="people")
    said = refused("simulate", "--people", 1, "--first-person", 50, "--output", folder)
    assert "discrete_gestures_corpus.csv is there already" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--person", "-1"], "--person -1: must be at least 0"),
        (["--people", "2", "--first-person", "-1"], "--first-person -1: must be at least 0"),
        (["--people", "2", "--person", "1"], "--person: only without --people"),
        (["--first-person", "1"], "--first-person: only with --people"),
        (["--split", "test"], "--split: only with --people"),
        (["--people", "2", "--split", " "], "--split: is empty"),
        (["--script", "dance"], "--script 'dance': the simulation has none of that name"),
        (["--minutes", "300"], "--minutes 300: must be more than 0 and at most 240"),
        (["--rate", "44100"], "--rate 44100: must be from 250 to 2000 Hz"),
        (["--rotation", "nan"], "--rotation nan: must be from -360 to 360 degrees"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(refused, tmp_path, arguments, message):
    assert message in refused("simulate", "--output", tmp_path / "x", *arguments)
    assert list(tmp_path.iterdir()) == []


def test_places_that_cannot_be_written_are_refused(refused, tmp_path):
    (tmp_path / "file").touch()
    assert "is a folder, must be a file" in refused("simulate", "--output", tmp_path)
    said = refused("simulate", "--output", tmp_path / "none" / "a.hdf5")
    assert f"there is no folder {tmp_path / 'none'}" in said
    said = refused("simulate", "--people", 1, "--output", tmp_path / "file")
    assert "is a file, must be a folder with --people" in said
