# SPDX-License-Identifier: Apache-2.0
"""Training learns, goes on after an interruption, and repeats itself by seed."""

import csv
import math
import os
import signal

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.fitting.checking import forget  # noqa: E402
from semg_training.fitting.checkpoint import CheckpointError  # noqa: E402
from semg_training.fitting.fit import FitSettings, Interrupted, fit  # noqa: E402
from semg_training.fitting.plan import Plan  # noqa: E402
from semg_training.networks.gestures import GestureNetwork, GestureNetworkSettings  # noqa: E402
from semg_training.networks.wrist import WristNetwork, WristNetworkSettings  # noqa: E402
from semg_training.recipes.recipe import OptimiserSettings  # noqa: E402
from semg_training.recordings import EmgRecording, MpfRecording, RecordingPlan  # noqa: E402
from semg_training.tasks.gestures import GestureTask  # noqa: E402
from semg_training.tasks.wrist import WristTask  # noqa: E402
from semg_training.windows import Augmentation  # noqa: E402

PERSON = 1_000_000
NO_AUGMENTATION = Augmentation(0.0, 0.0, 0, 0.0, 0.0)


@pytest.fixture(scope="module")
def gestures():
    return EmgRecording.make(PERSON, RecordingPlan("gestures", 12.0))


def gesture_network(seed=0, dropout=0.0):
    torch.manual_seed(seed)
    return GestureNetwork(
        GestureNetworkSettings(conv_channels=32, hidden=32, layers=1, dropout=dropout)
    )


def gesture_task(recording):
    return GestureTask(
        [recording], [recording], batch_size=8, frames=400, augmentation=NO_AUGMENTATION
    )


def settings(steps, rate=2e-3, check_every=2, clip=0.5, **others):
    optimiser = OptimiserSettings("adam", rate, 0.0, clip)
    return FitSettings(optimiser, Plan(steps, min(10, steps // 2), check_every), **others)


def quiet_fit(network, task, how, folder, identity=None, log=lambda _: None):
    return fit(network, task, how, folder, identity or {"seed": how.seed}, log=log)


def assert_same_weights(one, two):
    for name, weights in one.state_dict().items():
        torch.testing.assert_close(two.state_dict()[name], weights, rtol=0, atol=0)


def test_gestures_of_a_few_seconds_are_learnt_by_heart(gestures, tmp_path):
    network = gesture_network()
    how = settings(300, rate=5e-3, check_every=150)
    assert quiet_fit(network, gesture_task(gestures), how, tmp_path).score > 0.85


def test_wrist_movement_of_a_few_seconds_is_learnt_by_heart(tmp_path):
    moving = MpfRecording.make(PERSON, RecordingPlan("wrist", 12.0))
    task = WristTask([moving], [moving], batch_size=8, frames=100)
    torch.manual_seed(0)
    network = WristNetwork(WristNetworkSettings(mlp=(32,), hidden=32))
    how = settings(200, rate=1e-2, check_every=200)
    error = -quiet_fit(network, task, how, tmp_path).score
    speed = 50 * np.rad2deg(np.nanmean(np.abs(moving.displacement)))
    assert error < 0.33 * speed


def test_the_same_seed_gives_the_same_weights_with_any_number_of_workers(gestures, tmp_path):
    networks = [gesture_network(dropout=0.5) for _ in range(2)]
    for workers, network in enumerate(networks):
        folder = tmp_path / str(workers)
        quiet_fit(network, gesture_task(gestures), settings(3, workers=2 * workers), folder)
    assert_same_weights(*networks)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("accumulate", [1, 2])
def test_an_interrupted_training_ends_like_one_in_a_piece(gestures, tmp_path, number, accumulate):
    how = settings(6, accumulate=accumulate)
    whole = gesture_network(dropout=0.5)
    record = quiet_fit(whole, gesture_task(gestures), how, tmp_path / "whole")

    drawn = []

    class InterruptedTask(GestureTask):
        def batch(self, rng):
            drawn.append(rng)
            if len(drawn) == 3:
                os.kill(os.getpid(), number)
            return super().batch(rng)

    task = gesture_task(gestures)
    pieces = gesture_network(dropout=0.5)
    with pytest.raises(Interrupted, match=r"stopped after step \d of 6"):
        quiet_fit(pieces, InterruptedTask(**vars(task)), how, tmp_path / "pieces")
    lines = []
    resumed = gesture_network(seed=5, dropout=0.5)
    again = quiet_fit(resumed, task, how, tmp_path / "pieces", log=lines.append)
    assert lines[0].startswith("going on after step ")
    assert (again.score, again.step, again.steps) == (record.score, record.step, 6)
    assert_same_weights(whole, resumed)
    tables = [
        [(row["step"], row["loss"], row["score"]) for row in csv.DictReader(path.open())]
        for path in sorted(tmp_path.glob("*/measurements.csv"))
    ]
    assert tables[0] == tables[1]
    assert [step for step, _, _ in tables[0]] == ["2", "4", "6"]


def test_a_finished_training_only_gives_its_weights_again(gestures, tmp_path):
    first, second = gesture_network(), gesture_network(seed=1)
    record = quiet_fit(first, gesture_task(gestures), settings(2), tmp_path)
    again = quiet_fit(second, gesture_task(gestures), settings(2), tmp_path)
    assert again == record
    assert_same_weights(first, second)


def test_weights_that_were_measured_before_are_trained_with_dropout_from_the_first_step(
    gestures, tmp_path
):
    found = []

    class WatchedTask(GestureTask):
        def loss(self, outputs, batch):
            found.append(network.training)
            return super().loss(outputs, batch)

    network = gesture_network(dropout=0.5)
    network.eval()
    quiet_fit(network, WatchedTask(**vars(gesture_task(gestures))), settings(3), tmp_path)
    assert found == [True] * 3


def test_a_training_whose_measurements_are_no_numbers_ends_and_says_so(gestures, tmp_path):
    still = EmgRecording(gestures.emg, gestures.events[:0])
    task = GestureTask([gestures], [still], batch_size=8, frames=400)
    record = quiet_fit(gesture_network(), task, settings(4), tmp_path)
    assert (record.score, record.steps) == (-math.inf, 4)


def test_what_a_training_left_is_forgotten_and_nothing_else(gestures, tmp_path):
    (tmp_path / "thesis.txt").write_text("long")
    quiet_fit(gesture_network(), gesture_task(gestures), settings(2), tmp_path)
    assert len(list(tmp_path.iterdir())) >= 4
    forget(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_training_ends_when_nothing_has_become_better_for_long_enough(gestures, tmp_path):
    task = gesture_task(gestures)
    optimiser = OptimiserSettings("adam", 1e-12, 0.0, 1.0)
    how = FitSettings(optimiser, Plan(50, 0, 1, patience=3))
    record = quiet_fit(gesture_network(), task, how, tmp_path)
    assert (record.step, record.steps) == (1, 4)
    assert quiet_fit(gesture_network(), task, how, tmp_path) == record


def test_a_checkpoint_of_another_training_is_refused(gestures, tmp_path):
    task = gesture_task(gestures)
    quiet_fit(gesture_network(), task, settings(1), tmp_path, {"seed": 0, "people": 3})
    with pytest.raises(CheckpointError, match=r"other people \(people: 3 there, 4 here\)"):
        quiet_fit(gesture_network(), task, settings(1), tmp_path, {"seed": 0, "people": 4})


def test_a_damaged_checkpoint_is_refused_in_one_line(gestures, tmp_path):
    task = gesture_task(gestures)
    quiet_fit(gesture_network(), task, settings(1), tmp_path)
    checkpoint = tmp_path / "last.ckpt"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match=r"last.ckpt: cannot be read .*--restart") as refused:
        quiet_fit(gesture_network(), task, settings(1), tmp_path)
    assert "\n" not in str(refused.value)


def test_nothing_that_a_checkpoint_says_is_run(gestures, tmp_path):
    class Touch:
        def __reduce__(self):
            return os.system, (f"touch {tmp_path}/run",)

    torch.save({"identity": Touch()}, tmp_path / "last.ckpt")
    with pytest.raises(CheckpointError, match="cannot be read"):
        quiet_fit(gesture_network(), gesture_task(gestures), settings(1), tmp_path)
    assert not (tmp_path / "run").exists()


def test_release_outputs_count_only_while_their_finger_is_down(gestures):
    task = gesture_task(gestures)
    batch = task.batch(np.random.default_rng(0))
    outputs = torch.zeros(batch.targets.shape)
    loss = task.loss(outputs, batch)
    outputs[batch.weights == 0] = 100.0
    torch.testing.assert_close(task.loss(outputs, batch), loss)
    outputs[batch.weights == 1] = 100.0
    assert task.loss(outputs, batch) > loss
