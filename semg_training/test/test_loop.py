# SPDX-License-Identifier: Apache-2.0
"""Training learns, goes on after an interruption, and repeats itself by seed."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.loop import CheckpointError, LoopSettings, learning_rate, run  # noqa: E402
from semg_training.networks.gestures import GestureNetwork, GestureNetworkSettings  # noqa: E402
from semg_training.networks.wrist import WristNetwork, WristNetworkSettings  # noqa: E402
from semg_training.recordings import EmgRecording, MpfRecording, RecordingPlan  # noqa: E402
from semg_training.tasks.gestures import GestureTask  # noqa: E402
from semg_training.tasks.wrist import WristTask  # noqa: E402
from semg_training.windows import Augmentation  # noqa: E402

PERSON = 1_000_000
NO_AUGMENTATION = Augmentation(0.0, 0.0, 0, 0.0, 0.0)


@pytest.fixture(scope="module")
def gestures():
    return EmgRecording.make(PERSON, RecordingPlan("gestures", 12.0))


def gesture_network(seed=0):
    torch.manual_seed(seed)
    return GestureNetwork(
        GestureNetworkSettings(conv_channels=32, hidden=32, layers=1, dropout=0.0)
    )


def gesture_task(recording):
    return GestureTask(
        [recording], [recording], batch_size=8, frames=400, augmentation=NO_AUGMENTATION
    )


def quiet_run(network, task, settings, checkpoint=None):
    return run(network, task, settings, checkpoint, progress=False, log=lambda _: None)


def test_gestures_of_a_few_seconds_are_learnt_by_heart(gestures):
    task = gesture_task(gestures)
    network = gesture_network()
    settings = LoopSettings(steps=300, warm_up=10, learning_rate=5e-3, check_every=150)
    assert quiet_run(network, task, settings).score > 0.85


def test_wrist_movement_of_a_few_seconds_is_learnt_by_heart():
    moving = MpfRecording.make(PERSON, RecordingPlan("wrist", 12.0))
    task = WristTask([moving], [moving], batch_size=8, frames=100, drop_probability=0.0)
    torch.manual_seed(0)
    network = WristNetwork(WristNetworkSettings(mlp=(32,), hidden=32))
    settings = LoopSettings(steps=200, warm_up=10, learning_rate=1e-2, check_every=200)
    error = -quiet_run(network, task, settings).score
    speed = 50 * np.rad2deg(np.nanmean(np.abs(moving.displacement)))
    assert error < 0.33 * speed


def test_an_interrupted_training_ends_like_one_in_a_piece(gestures, tmp_path):
    settings = LoopSettings(steps=6, warm_up=2, check_every=2)
    whole = gesture_network()
    quiet_run(whole, gesture_task(gestures), settings)

    class Interrupted(Exception):
        pass

    def stop_at_4(line):
        if line.startswith("step 6"):
            raise Interrupted

    checkpoint = tmp_path / "checkpoint.pt"
    pieces = gesture_network()
    with pytest.raises(Interrupted):
        run(pieces, gesture_task(gestures), settings, checkpoint, progress=False, log=stop_at_4)
    resumed = gesture_network(seed=5)
    lines = []
    run(resumed, gesture_task(gestures), settings, checkpoint, progress=False, log=lines.append)
    assert lines[0].endswith("at step 4")
    for name, weights in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], weights, rtol=0, atol=0)


def test_a_checkpoint_of_other_settings_is_refused(gestures, tmp_path):
    checkpoint = tmp_path / "checkpoint.pt"
    settings = LoopSettings(steps=1, check_every=1)
    quiet_run(gesture_network(), gesture_task(gestures), settings, checkpoint)
    with pytest.raises(CheckpointError, match="use the same settings, or another checkpoint"):
        quiet_run(gesture_network(), gesture_task(gestures), replace(settings, seed=1), checkpoint)


def test_release_outputs_count_only_while_their_finger_is_down(gestures):
    task = gesture_task(gestures)
    batch = task.batch(np.random.default_rng(0))
    outputs = torch.zeros(batch.targets.shape)
    loss = task.loss(outputs, batch)
    outputs[batch.weights == 0] = 100.0
    torch.testing.assert_close(task.loss(outputs, batch), loss)
    outputs[batch.weights == 1] = 100.0
    assert task.loss(outputs, batch) > loss


def test_learning_rate_rises_then_falls():
    settings = LoopSettings(steps=1000, warm_up=100, learning_rate=1.0)
    rates = [learning_rate(step, settings) for step in range(1000)]
    assert rates[0] == pytest.approx(0.01)
    assert max(rates) == pytest.approx(1.0)
    assert int(np.argmax(rates)) in (99, 100)
    assert rates[-1] < 0.02
