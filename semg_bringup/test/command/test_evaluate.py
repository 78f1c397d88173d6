# SPDX-License-Identifier: Apache-2.0
import json
import os
import pickle
import re
from types import SimpleNamespace

import h5py
import numpy as np
import pytest

from semg_decoders.signal.mpf import mpf

BEGIN = 1.65e9
"""Time stamp of the first sample, s."""


class Harmful:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


@pytest.fixture
def write_labelled(tmp_path):
    """Write a recording in the released layout, with angles or a table of gestures."""

    def write(emg, name="day1", *, angles=None, prompts=None, task="", pickled=None):
        fields = [("time", "<f8"), ("emg", "<f4", (16,))]
        if angles is not None:
            fields.append(("wrist_angles", "<f4", (2,)))
        rows = np.zeros(len(emg), fields)
        rows["time"] = BEGIN + np.arange(len(emg)) / 2000
        rows["emg"] = emg
        if angles is not None:
            rows["wrist_angles"][:, 0] = angles
        with h5py.File(tmp_path / f"{name}.hdf5", "w") as file:
            file["data"] = rows
            file["data"].attrs["task"] = task
            if prompts is not None:
                texts = np.array([[text for text, *_ in prompts]], object)
                columns = ["prompt", "start", "end"] if len(prompts[0]) > 2 else ["name", "time"]
                times = np.array([times for _, *times in prompts])
                _table(file, columns, times, pickled or pickle.dumps(texts))
        return tmp_path / f"{name}.hdf5"

    def _table(file, columns, times, texts):
        text, *numbers = [name.encode() for name in columns]
        group = file.create_group("prompts")
        group.attrs.update({"pandas_type": "frame", "nblocks": 2})
        group["axis0"] = np.array([text, *numbers])
        group["block0_items"], group["block1_items"] = np.array(numbers), np.array([text])
        group["block0_values"] = times
        group["block0_values"].attrs["transposed"] = 1
        node = group.create_dataset("block1_values", (1,), h5py.vlen_dtype(np.uint8))
        node[0] = np.frombuffer(texts, np.uint8)
        node.attrs["PSEUDOATOM"] = "object"

    return write


@pytest.fixture
def gestures(write_labelled, noise):
    """The model finds index_press, index_release, thumb_up, middle_press; see `noise`."""

    def write(name="day1", **options):
        times = {1000: "index_press", 2400: "index_release", 3500: "thumb_in", 4400: "middle_press"}
        prompts = [(label, BEGIN + sample / 2000 - 0.1) for sample, label in times.items()]
        prompts.append(("thumb_up", BEGIN + 2.9))
        options = {"prompts": prompts, "task": "discrete_gestures", **options}
        return write_labelled(noise, name, **options)

    return write


@pytest.fixture
def evaluate(semg_here, tmp_path):
    """Evaluate; return the facts of --json, and what was printed."""

    def run(*arguments):
        done = semg_here("evaluate", "--json", tmp_path / "facts.json", *arguments)
        assert done.returncode == 0, done.stderr
        facts = json.loads((tmp_path / "facts.json").read_text("utf-8"))
        return SimpleNamespace(facts=facts, text=done.stdout)

    return run


def test_gestures_are_scored_by_the_published_error(evaluate, gestures, gesture_bundle):
    said = evaluate("--bundle", gesture_bundle, "--data", gestures())
    (day,) = said.facts["recordings"]
    assert (said.facts["threshold"], said.facts["threshold_of_live_events"]) == (0.35, 0.5)
    assert day["confusion"] == [
        ["index_press", "index_press", 1],
        ["index_release", "index_release", 1],
        ["middle_press", "middle_press", 1],
        ["thumb_in", "thumb_up", 1],
        ["thumb_up", None, 1],
    ]
    assert day["cler"] == said.facts["mean_cler"] == 0.25
    assert (day["seconds"], day["misses_per_minute"]) == (3.0, 20.0)
    assert day["false_alarms"] == 0
    assert "| day1      | 0.2500 | 5        | 20.00      | 0.00             |" in said.text
    assert "crosses 0.35 (as published; the bundle's live events cross 0.5)" in said.text


def test_a_threshold_is_used_and_said(evaluate, gestures, gesture_bundle):
    said = evaluate("--bundle", gesture_bundle, "--data", gestures(), "--threshold", "0.9999")
    assert said.facts["threshold"] == 0.9999
    assert said.facts["split"] is None
    assert said.facts["pooled"]["misses"] == 5
    assert "crosses 0.9999 (as asked for)" in said.text


def test_recordings_of_a_corpus_are_decoded_and_pooled(
    evaluate, gestures, gesture_bundle, tmp_path
):
    for name in ("day1", "day2", "day3"):
        gestures(name)
    rows = [
        f"{name},{BEGIN},{BEGIN + 1},{split}"
        for name, split in (("day1", "test"), ("day2", "train"), ("day3", "test"))
    ]
    text = "\n".join(["dataset,start,end,split", *rows])
    (tmp_path / "discrete_gestures_corpus.csv").write_text(text, "utf-8")
    said = evaluate("--bundle", gesture_bundle, "--data", tmp_path)
    assert [day["name"] for day in said.facts["recordings"]] == ["day1", "day3"]
    assert said.facts["split"] == "test"
    assert said.facts["pooled"]["labels"]["thumb_in"] == 2
    assert "| all events together    | 0.2500 | 10 " in said.text
    everything = evaluate("--bundle", gesture_bundle, "--data", tmp_path, "--split", "all")
    assert len(everything.facts["recordings"]) == 3


def test_each_wrist_partition_is_a_stream_of_its_own(
    evaluate, write_labelled, noise, wrist_bundle, tmp_path
):
    angles = np.sin(np.arange(len(noise)) / 300).astype(np.float32)
    write_labelled(noise, angles=angles, task="wrist")
    parts = [(0, 3000), (2100, 5500)]
    rows = [f"day1,{BEGIN + first / 2000},{BEGIN + stop / 2000},test" for first, stop in parts]
    (tmp_path / "wrist_corpus.csv").write_text(
        "\n".join(["dataset,start,end,split", *rows]), "utf-8"
    )
    facts = evaluate("--bundle", wrist_bundle, "--data", tmp_path).facts
    expected, frames = [], []
    for first, stop in parts:
        features = mpf(noise[first:stop], 200)
        # The model adds the number of frames since the start.
        ours = features.mean(axis=(1, 2, 3)) + np.arange(len(features))
        true = np.diff(angles[first:stop][253::40].astype(float))
        expected.append(np.degrees(50 * np.abs(ours[1:] - true)).mean())
        frames.append(len(true))
    told = facts["partitions"]
    assert [part["frames"] for part in told] == frames
    assert [part["error_deg_per_s"] for part in told] == pytest.approx(expected, rel=1e-5)
    assert facts["mean_error_deg_per_s"] == pytest.approx(np.mean(expected), rel=1e-5)
    pooled = np.average(expected, weights=frames)
    assert facts["error_over_all_frames_deg_per_s"] == pytest.approx(pooled, rel=1e-5)


def test_each_prompt_is_written_in_a_stream_of_its_own(
    evaluate, write_labelled, noise, handwriting_bundle
):
    # The model always writes the same, from the start of its stream on.
    prompts = [("hello\nto→be", BEGIN + 0.5, BEGIN + 5.25), ("bell", BEGIN + 5.5, BEGIN + 10.5)]
    path = write_labelled(np.tile(noise, (4, 1)), prompts=prompts, task="handwriting")
    said = evaluate("--bundle", handwriting_bundle, "--data", path)
    first, second = said.facts["recordings"][0]["prompts"]
    assert (first["prompt"], first["target"]) == ("hello\nto→be", "hello⏎to_be")
    assert first["text"] == second["text"] == "hellp⌫o⏎to_be"
    # It looks at twelve frames only: nothing before a prompt is decoded with it.
    assert (first["samples"], second["samples"]) == (9500 + 974, 10_000 + 974)
    for prompt in (first, second):
        frames = (prompt["samples"] - 214) // 40 + 1
        assert prompt["emissions"] == (frames - 12) // 8 + 1
    assert (first["deletions"], first["insertions"], first["replacements"]) == (2, 0, 0)
    assert said.facts["characters"] == 11 + 4
    assert said.facts["cer"] == pytest.approx(100 * (2 + 10) / 15)
    assert re.search(r"^\| all prompts \| +\| +\| 80\.00 +\| 0\.00 ", said.text, re.MULTILINE)


def test_figures_are_drawn_for_each_recording(
    evaluate,
    gestures,
    write_labelled,
    noise,
    gesture_bundle,
    wrist_bundle,
    handwriting_bundle,
    tmp_path,
):
    pytest.importorskip("matplotlib", reason="matplotlib is needed to draw figures")
    folder = tmp_path / "new" / "figures"
    evaluate("--bundle", gesture_bundle, "--data", gestures(), "--figures", folder)
    moving = write_labelled(noise, "day2", angles=np.zeros(len(noise)))
    evaluate("--bundle", wrist_bundle, "--data", moving, "--figures", folder)
    written = write_labelled(noise, "day3", prompts=[("hello", BEGIN + 1, BEGIN + 2)])
    evaluate("--bundle", handwriting_bundle, "--data", written, "--figures", folder)
    assert sorted(file.name for file in folder.iterdir()) == [
        "confusion.png",
        "day1-probabilities.png",
        "day2-velocity.png",
        "day3-text.png",
    ]


def test_text_that_would_run_code_is_refused_and_does_not_run(
    refused, gestures, gesture_bundle, tmp_path
):
    target = tmp_path / "ran"
    path = gestures(pickled=pickle.dumps(np.array([[Harmful(str(target))] * 5], object)))
    said = refused("evaluate", "--bundle", gesture_bundle, "--data", path)
    assert f"{path}: table 'prompts': holds a pickle that asks for posix.mkdir" in said
    assert not target.exists()


def test_refusals_are_one_line(
    refused, gestures, write_labelled, noise, gesture_bundle, wrist_bundle, tmp_path
):
    def line(bundle, path, *others):
        return refused("evaluate", "--bundle", bundle, "--data", path, *others)

    day = gestures()
    alone = write_labelled(noise, "alone")
    fist = write_labelled(noise, "fist", prompts=[("fist", BEGIN)])
    short = write_labelled(noise[:290], "short", angles=np.zeros(290))
    assert "of task discrete_gestures, but the bundle is for wrist" in line(wrist_bundle, day)
    assert "no field 'wrist_angles'" in line(wrist_bundle, alone)
    assert "nothing to compare in 290 samples from row 0" in line(wrist_bundle, short)
    assert "no table 'prompts'" in line(gesture_bundle, alone)
    assert "names fist, none of which the bundle knows" in line(gesture_bundle, fist)
    assert "there is no such file" in line(gesture_bundle, tmp_path / "none.hdf5")
    assert "there is no such file" in line(gesture_bundle, "~nobody-at-all/day1.hdf5")
    assert "no discrete_gestures_corpus.csv in the folder" in line(gesture_bundle, tmp_path)
    assert "no bundle folder and no installed bundle" in line("no_such_bundle", day)
    assert "a threshold is for gestures" in line(wrist_bundle, alone, "--threshold", "0.4")
    assert "there is no folder" in line(gesture_bundle, day, "--json", tmp_path / "no" / "x.json")
    assert "is a folder, must be a file" in line(gesture_bundle, day, "--json", tmp_path)
    assert "is the recording itself" in line(gesture_bundle, day, "--json", day)
    assert "cannot be made" in line(gesture_bundle, day, "--figures", day / "figures")
    (tmp_path / "wrist_corpus.csv").write_text("dataset,start,end,split\nday9,1,2,test\n", "utf-8")
    assert "line 2: there is no recording" in line(wrist_bundle, tmp_path)
    assert "no rows of split 'val', only of test" in line(wrist_bundle, tmp_path, "--split", "val")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "x"], "--bundle: must name the model bundle that decodes --data"),
        (["--bundle", "x"], "--bundle: only with --data"),
        (["--data", "x", "--bundle", "y", "--first-person", "3"], "--first-person: only without"),
        (["--figures", "x"], "--figures: only with --data"),
    ],
)
def test_options_of_people_and_recordings_are_kept_apart(refused, arguments, message):
    assert message in refused("evaluate", *arguments)


@pytest.mark.parametrize("threshold", ["1.1", "-0.1", "nan", "high"])
def test_a_threshold_is_a_probability(semg_here, threshold):
    done = semg_here("evaluate", "--threshold", threshold)
    assert done.returncode == 2
    assert threshold in done.stderr.splitlines()[-1]


def test_simulated_people_are_scored_without_data(evaluate):
    said = evaluate("--people", "1", "--minutes", "0.1", "--first-person", "3", "--no-baseline")
    assert said.facts["people_are_simulated"] is True
    assert said.facts["people"][0]["seed"] == 3
    assert "| **mean** " in said.text
    assert "**gestures**" in said.text


def test_simulated_people_write_for_a_bundle_that_is_named(evaluate, handwriting_bundle):
    said = evaluate(
        "--people", 1, "--minutes", 0.2, "--no-baseline", "--tasks", "handwriting",
        "--bundle-handwriting", handwriting_bundle,
    )  # fmt: skip
    (person,) = said.facts["people"]
    assert person["handwriting"]["prompts"] > 0
    # The model writes the same whatever it is given.
    assert person["handwriting"]["greedy"]["cer"] > 50.0
    assert person["handwriting"]["searched"] is None
    assert said.facts["bundles"] == {"handwriting": str(handwriting_bundle)}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tasks", "wrist,dance"], "--tasks: 'dance', must be of gestures, wrist, handwriting"),
        (["--tasks", "wrist", "--bundle-gestures", "x"], "gestures is not among --tasks"),
        (["--tasks", "wrist", "--threshold", "0.5"], "--threshold: is for gestures"),
        (["--first-person", "1000000", "--tasks", "wrist"], "models are trained on the others"),
    ],
)
def test_what_simulated_people_cannot_do_is_refused(refused, arguments, message):
    assert message in refused("evaluate", *arguments)
