# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from semg_bringup.simulated.plan import Plan
from semg_bringup.simulated.recording import PIECE, simulated_content
from semg_decoders.decoding.characters import CHARACTERS
from semg_decoders.evaluation.prompt_cleaning import clean_prompt
from semg_driver.devices.device import Hand
from semg_driver.recordings.released_hdf5 import Hdf5Recording
from semg_driver.recordings.writer import write_hdf5
from semg_driver.simulation.recording import simulate

MINUTES = 0.25


@pytest.fixture(scope="module")
def simulated():
    """What the simulation itself says of person 17: EMG in V, and the truth."""
    return {task: simulate(17, task, 60 * MINUTES, 4) for task in ("gestures", "wrist")}


def plan(task="gestures", **fields):
    script, minutes = fields.pop("script", task), fields.pop("minutes", MINUTES)
    return Plan(17, task, script, minutes, 4, **fields)


@pytest.fixture
def recorded(tmp_path):
    def record(**fields):
        write_hdf5(tmp_path / "recording.hdf5", simulated_content(plan(**fields)))
        return Hdf5Recording(tmp_path / "recording.hdf5")

    return record


def test_emg_is_that_of_the_simulation_conditioned_as_released(recorded, simulated):
    recording = recorded()
    volts, _ = simulated["gestures"]
    high_pass = butter(4, 40.0, "highpass", fs=2000.0, output="sos")
    expected = sosfilt(high_pass, volts.astype(np.float64) / 2.46e-6, axis=0)
    assert recording.samples == len(volts) > PIECE
    # The two filters begin differently, and have forgotten that after 200 ms.
    emg = recording.read(0, recording.samples)
    np.testing.assert_allclose(emg[400:], expected[400:], atol=1e-4)
    info = recording.info
    assert (info.sample_rate, info.unit, info.conditioned) == (2000.0, "noise_sd", True)
    assert recording.task == "discrete_gestures"


def test_gestures_are_labelled_where_they_happened(recorded, simulated):
    recording = recorded()
    done = simulated["gestures"][1].gestures
    prompts = recording.labels().prompts
    assert prompts["name"].tolist() == [gesture.name for gesture in done]
    assert recording.rows_at(prompts["time"]).tolist() == [gesture.sample for gesture in done]
    assert recording.wrist_angles(0, 10) is None


def test_the_second_angle_of_the_wrist_is_zero(recorded, simulated):
    recording = recorded(task="wrist")
    angles = recording.wrist_angles(0, recording.samples)
    np.testing.assert_array_equal(angles[:, 0], simulated["wrist"][1].wrist_angle)
    assert not angles[:, 1].any()
    assert recording.task == "wrist"


def test_a_band_on_the_left_says_in_which_order_its_channels_lie(recorded):
    right = recorded().read(0, 4000)
    left = recorded(hand=Hand.LEFT)
    assert left.info.hand is Hand.LEFT
    # The same muscles, mirrored: each electrode hears what its mirror image did, noise apart.
    seen = left.read(0, 4000)[:, list(left.info.ring_order)]
    loudness = [np.log(np.std(emg, axis=0)) for emg in (right, seen)]
    assert np.corrcoef(loudness)[0, 1] > 0.9


def test_a_rotation_by_one_channel_moves_everything_by_one(recorded):
    straight = recorded().read(0, 30_000)
    turned = recorded(rotation=22.5).read(0, 30_000)
    # What is measured between neighbours is what the next channel measured before.
    loudness = [np.log(np.std(emg, axis=0)) for emg in (straight, turned)]
    agreement = [np.corrcoef(loudness[0], np.roll(loudness[1], o))[0, 1] for o in range(16)]
    assert int(np.argmax(agreement)) == 1


def test_another_rate_is_raw_and_without_aliases(recorded, simulated):
    recording = recorded(task="wrist", rate=1000)
    volts, truth = simulated["wrist"]
    info = recording.info
    assert (info.sample_rate, info.unit, info.noise_sd) == (1000.0, "V", 2.46e-6)
    assert (info.conditioned, info.bandwidth) == (False, 450.0)
    assert recording.samples == len(volts) // 2
    angles = recording.wrist_angles(0, recording.samples)[:, 0]
    np.testing.assert_allclose(angles, truth.wrist_angle[::2], atol=1e-6)
    # Below 400 Hz the spectra are the same, apart from what the low-pass does at the ends.
    fast = np.fft.rfft(volts[:, 3] * np.hanning(len(volts)))
    slow = np.fft.rfft(recording.read(0, recording.samples)[:, 3] * np.hanning(len(volts) // 2))
    below = round(400.0 * 60 * MINUTES)
    assert np.linalg.norm(fast[:below] - 2 * slow[:below]) < 0.02 * np.linalg.norm(fast[:below])


def test_progress_adds_up_to_all_samples():
    made = []
    content = simulated_content(plan(), made.append)
    assert sum(made) == len(content.emg)
    assert len(made) > 1


def test_another_script_keeps_the_labels_of_the_task(recorded):
    recording = recorded(script="rest")
    assert len(recording.labels().prompts) == 0
    assert recording.labels().stages["name"].tolist() == ["rest"]


def test_handwriting_has_prompts_and_nothing_of_one_that_is_not_finished(recorded):
    recording = recorded(task="handwriting")
    _, truth = simulate(17, "handwriting", 60 * MINUTES, 4)
    prompts = recording.labels().prompts
    written = [clean_prompt(prompt, CHARACTERS) for prompt in prompts["prompt"]]
    assert written == [prompt.text for prompt in truth.prompts]
    assert recording.rows_at(prompts["end"]).tolist() == [prompt.stop for prompt in truth.prompts]
    assert len(prompts) > 0
    assert recording.task == "handwriting"


def test_postures_under_a_ring_on_the_forearm_are_laid_out_as_real_ones(shared):
    simulated = simulated_content(plan("postures", ring="forearm", rate=1000, minutes=28 / 60))
    with Hdf5Recording(shared / "data" / "flexemg" / "flexemg_s001_1Train.hdf5") as real:
        info, labels, start = real.info, real.labels(), real.times(0, 1)[0]
        assert simulated.task == real.task
    assert len(simulated.emg) == 28_000
    assert (simulated.info.sample_rate, simulated.info.unit) == (info.sample_rate, info.unit)
    assert simulated.info.channels == info.channels
    for ours, theirs in ((simulated.prompts, labels.prompts), (simulated.stages, labels.stages)):
        assert list(ours.columns) == list(theirs.columns)
        assert sorted(ours["name"][:6]) == sorted(theirs["name"][:6])
    # One trial: rest, four postures, rest, at the same times.
    times = labels.prompts["time"][:6] - start
    np.testing.assert_allclose(simulated.prompts["time"], times, atol=1e-3)
    np.testing.assert_allclose(simulated.stages["end"], labels.stages["end"][:6] - start, atol=1e-3)


def test_what_was_simulated_is_told():
    origin = simulated_content(plan(spread=1.5)).origin
    assert origin.startswith("simulated person 17, script gestures 4, spread 1.5, simulation ")
