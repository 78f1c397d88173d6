# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.decoding.gestures import GestureDecoder  # noqa: E402
from semg_decoders.evaluation.postures import PostureSpan  # noqa: E402
from semg_decoders.inference.session import Model  # noqa: E402
from semg_training.band_covariances import band_covariances, bands_within  # noqa: E402
from semg_training.mounting import Mounting  # noqa: E402
from semg_training.networks.postures import PostureNetworkSettings  # noqa: E402
from semg_training.posture_recordings import PostureRecording  # noqa: E402
from semg_training.publish_postures import publish_postures  # noqa: E402
from semg_training.tasks.postures import (  # noqa: E402
    PostureTarget,
    PostureTask,
    posture_network,
    posture_score,
)

CHANNELS = 8
LABELS = ("rest", "narrow", "wide")
BANDS = bands_within(450.0)


def recording(seed, rotation=0, seconds=4.0):
    """Noise: alike everywhere, louder on two channels, and louder on four."""
    rng = np.random.default_rng(seed)
    parts, spans = [], []
    for i, (name, active) in enumerate(zip(LABELS, (0, 2, 4), strict=True)):
        level = np.where(np.arange(CHANNELS) < active, 20.0, 2.0)
        level = np.roll(level, rotation)
        parts.append(level * rng.normal(size=(round(2000 * seconds), CHANNELS)))
        spans.append(PostureSpan(name, i * seconds, (i + 1) * seconds))
    emg = np.concatenate(parts)
    return PostureRecording(
        band_covariances(emg, BANDS), tuple(spans), emg.astype(np.float16), 450.0
    )


def trained(task, any_rotation, steps=150):
    torch.manual_seed(0)
    settings = PostureNetworkSettings(any_rotation=any_rotation, hidden=16, members=1)
    network = posture_network(settings, task.training, len(LABELS))
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    for step in range(steps):
        network.train()
        batch = task.batch(np.random.default_rng([0, step]))
        loss = task.loss(task.outputs(network, batch), batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return network


@pytest.fixture(scope="module")
def any_rotation():
    task = PostureTask(
        [recording(0)], [], LABELS, batch_size=48, mounting=Mounting(any_rotation=True)
    )
    return trained(task, any_rotation=True)


def test_a_band_that_is_put_on_rotated_is_decoded_after_training_for_any_rotation(any_rotation):
    for rotation in (0, 3, 5):
        score = posture_score(any_rotation, [recording(1, rotation)], LABELS)
        assert score.balanced_accuracy > 0.95


def test_a_band_that_is_put_on_rotated_is_not_without():
    task = PostureTask([recording(0)], [], LABELS, batch_size=48)
    network = trained(task, any_rotation=False)
    assert posture_score(network, [recording(1)], LABELS).balanced_accuracy > 0.95
    assert posture_score(network, [recording(1, 4)], LABELS).balanced_accuracy < 0.8


def test_rolling_covariances_is_rotating_the_band(any_rotation):
    placed = posture_score(any_rotation, [recording(2, 3)], LABELS)
    rolled = posture_score(any_rotation, [recording(2)], LABELS, rotation=3)
    assert rolled.decisions == placed.decisions


def test_a_batch_has_as_many_windows_of_each_posture():
    task = PostureTask([recording(0)], [], LABELS, batch_size=30)
    batch = task.batch(np.random.default_rng(0))
    assert batch.inputs.shape == (30, 3, CHANNELS, CHANNELS)
    assert np.bincount(batch.targets.numpy()).tolist() == [10, 10, 10]
    again = task.batch(np.random.default_rng(0))
    assert torch.equal(batch.inputs, again.inputs)


def test_windows_lie_where_a_posture_is_surely_held():
    as_it_was = Mounting(
        rotation_sd=0, warp_sd=0, gain_sd=0, channel_gain_sd=0, noisy_share=0, lost_share=0
    )
    task = PostureTask([recording(0)], [], LABELS, batch_size=600, mounting=as_it_was)
    batch = task.batch(np.random.default_rng(0))
    powers = batch.inputs.diagonal(dim1=-2, dim2=-1).sum(dim=1)
    rest, narrow = powers[batch.targets == 0], powers[batch.targets == 1]
    # With a window over a change there would be something between quiet and loud.
    assert rest.max() < 12 < 60 < narrow[:, :2].min()


def test_a_posture_that_is_never_held_long_enough_is_named():
    with pytest.raises(ValueError, match=r"posture 'rest' is never held for more than 2\.1 s"):
        PostureTask([recording(0, seconds=1.5)], [], LABELS, target=PostureTarget(1.0, 1.0))


def test_the_loss_is_the_mean_of_its_members():
    task = PostureTask(
        [recording(0)], [], LABELS, batch_size=6, target=PostureTarget(label_smoothing=0.0)
    )
    batch = task.batch(np.random.default_rng(0))
    outputs = torch.randn(2, 6, 3)
    probabilities = torch.softmax(outputs, -1)[:, torch.arange(6), batch.targets]
    torch.testing.assert_close(task.loss(outputs, batch), -probabilities.log().mean())


def test_a_bundle_decodes_the_stream_as_the_network_does(any_rotation, tmp_path):
    one = recording(3, 2)
    bundle = publish_postures(any_rotation, LABELS, [one], "a made-up one", {}, tmp_path / "b")
    assert bundle.output.exclusive
    assert bundle.output.neutral == "rest"
    assert bundle.input.channels == CHANNELS
    assert bundle.metrics["balanced_accuracy"] > 0.95
    steps = GestureDecoder(Model(bundle)).push(one.emg.astype(np.float32), 0)
    answers = np.concatenate([step.probabilities for step in steps])
    window = any_rotation.settings.window
    covariances = band_covariances(one.emg, BANDS)
    means = np.stack([covariances[k - window + 1 : k + 1].mean(0) for k in (50, 200, 250)])
    with torch.no_grad():
        expected = any_rotation.probabilities(torch.from_numpy(means)).numpy()
    np.testing.assert_allclose(answers[[50, 200, 250]], expected, atol=1e-3)
    assert [step.samples[0] for step in steps[:2]] == [135, 175]


def test_the_score_is_of_recordings_for_model_choice_where_there_are_some(any_rotation):
    mounting = Mounting(any_rotation=True)
    alone = PostureTask([recording(0)], [], LABELS, batch_size=48, mounting=mounting)
    easy = PostureTask([recording(0)], [recording(1)], LABELS, batch_size=48, mounting=mounting)
    wrong = recording(1)
    names = dict(zip(LABELS, ("narrow", "wide", "rest"), strict=True))
    spans = tuple(replace(span, name=names[span.name]) for span in wrong.spans)
    hard = replace(easy, choice=[replace(wrong, spans=spans)])
    scores = [task.score(any_rotation)[0] for task in (alone, easy, hard)]
    assert scores[0] == alone.score(any_rotation)[0]
    assert scores[0] == pytest.approx(scores[1], abs=0.1)
    assert scores[2] < scores[1] - 1.0
    assert "trained on" in alone.score(any_rotation)[1]
    assert "for model choice" in easy.score(any_rotation)[1]
