# SPDX-License-Identifier: Apache-2.0
"""The handwriting network learns, and is measured, as described."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.decoding.characters import CHARACTERS  # noqa: E402
from semg_decoders.evaluation.text_error import pool_text_errors  # noqa: E402
from semg_training.mpf_augmentation import MpfAugmentation  # noqa: E402
from semg_training.networks.handwriting import (  # noqa: E402
    HandwritingNetwork,
    HandwritingNetworkSettings,
)
from semg_training.tasks.handwriting import (  # noqa: E402
    HandwritingTarget,
    HandwritingTask,
    ctc_loss,
    false_characters,
    frame_loss,
    prompt_errors,
)
from semg_training.written_batches import WrittenBatch  # noqa: E402

TINY = HandwritingNetworkSettings(
    bands=(0, 1), num_adjacent_cov=1, mlp=(32,), feed_forward=48, kernel=6, strides=(1, 2),
    attention_windows=(8, 8), heads=2, dropout=0.0,
)  # fmt: skip
PROMPTS = ("hello", "world")


def task_of(*recordings, **options):
    options = {"batch_size": 4, "seconds": 0.1, "augmentation": MpfAugmentation(), **options}
    return HandwritingTask(recordings, recordings, TINY, **options)


def network():
    torch.manual_seed(0)
    return HandwritingNetwork(TINY)


def trained(network, task, steps, loss=None, rate=5e-3):
    measure = loss or task.loss
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate)
    network.train()
    for step in range(steps):
        batch = task.batch(np.random.default_rng(step))
        batch = task.prepare(batch, torch.device("cpu"))
        optimiser.zero_grad()
        measure(task.outputs(network, batch), batch).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()


def batch_of(texts, emissions, frame_targets=None):
    """A batch without inputs, for losses alone."""
    lengths = [len(text) for text in texts]
    targets = torch.full((len(texts), max(lengths)), 99)
    for row, text in enumerate(texts):
        targets[row, : len(text)] = torch.tensor([CHARACTERS.index(c) for c in text])
    nothing = torch.zeros(len(texts))
    return WrittenBatch(
        nothing, nothing, nothing, nothing, nothing, targets, torch.tensor(lengths),
        torch.tensor(emissions), frame_targets,
    )  # fmt: skip


@pytest.mark.parametrize("frame_weight", [0.0, 1.0])
def test_two_prompts_are_learnt_by_heart(written, frame_weight):
    task = task_of(written(*PROMPTS), target=HandwritingTarget(frame_weight=frame_weight))
    learner = network()
    before = task.score(learner)[0]
    trained(learner, task, 130)
    score, line = task.score(learner)
    assert before < -50
    assert score == 0.0
    assert line == "CER 0.0 %"


def test_times_of_characters_alone_are_enough_to_learn_from(written):
    task = task_of(written(*PROMPTS))
    learner = network()
    trained(learner, task, 100, loss=frame_loss)
    assert task.score(learner)[0] == 0.0


def test_the_loss_is_that_of_all_alignments():
    """Every sequence of classes that collapses to the text counts."""
    torch.manual_seed(1)
    outputs = torch.randn(1, 4, 100).log_softmax(-1)
    classes = [CHARACTERS.index("a"), CHARACTERS.index("b"), 99]
    total = -np.inf
    for path in itertools.product(classes, repeat=4):
        collapsed = [c for c, _ in itertools.groupby(path) if c != 99]
        if collapsed == classes[:2]:
            value = sum(float(outputs[0, k, c]) for k, c in enumerate(path))
            total = np.logaddexp(total, value)
    assert float(ctc_loss(outputs, batch_of(["ab"], [4]))) == pytest.approx(-total / 2, rel=1e-5)


def test_what_comes_after_a_window_does_not_count():
    torch.manual_seed(1)
    outputs = torch.randn(2, 9, 100).log_softmax(-1)
    targets = torch.full((2, 9), -1)
    targets[0, :5], targets[1] = 3, 4
    batch = batch_of(["ab", "c"], [5, 9], targets)
    changed = outputs.clone()
    changed[0, 5:] = torch.randn(4, 100).log_softmax(-1)
    for loss in (ctc_loss, frame_loss):
        assert loss(outputs, batch) == loss(changed, batch)


def test_nothing_to_write_is_learnt_as_blanks():
    outputs = torch.full((1, 6, 100), -9.0)
    outputs[..., 99] = 0.0
    outputs = outputs.log_softmax(-1)
    expected = -6 * float(outputs[0, 0, 99])
    assert float(ctc_loss(outputs, batch_of([""], [6]))) == pytest.approx(expected, rel=1e-5)


def test_more_characters_than_emissions_give_no_infinite_loss():
    outputs = torch.zeros(1, 2, 100).log_softmax(-1)
    assert float(ctc_loss(outputs, batch_of(["abc"], [2]))) == 0.0


def test_frame_loss_is_the_mean_over_what_is_known():
    outputs = torch.log(torch.tensor([[[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]]]))
    batch = batch_of(["a"], [3], torch.tensor([[0, -1, 2]]))
    assert float(frame_loss(outputs, batch)) == pytest.approx(-np.log(0.5 * 0.4) / 2, rel=1e-6)


def test_recordings_without_times_of_characters_have_no_frame_loss(written):
    recording = replace(written(*PROMPTS), characters=())
    task = task_of(recording, target=HandwritingTarget(frame_weight=1.0))
    batch = task.prepare(task.batch(np.random.default_rng(0)), torch.device("cpu"))
    outputs = task.outputs(network(), batch)
    assert task.loss(outputs, batch) == ctc_loss(outputs, batch)


def test_recordings_without_a_whole_prompt_are_passed_over(written):
    whole, cut = written("abc"), replace(written("d"), prompts=())
    texts = {
        tuple(task_of(whole, cut).batch(np.random.default_rng(seed)).target_lengths.tolist())
        for seed in range(5)
    }
    assert texts == {(3, 3, 3, 3)}
    with pytest.raises(ValueError, match="no recording to train on holds a whole prompt"):
        task_of(cut).batch(np.random.default_rng(0))


def test_score_is_the_error_of_each_prompt_read_by_itself(written):
    recordings = [written("abc", "de"), written("fghi")]
    learner = network()
    errors = prompt_errors(learner, recordings, at_once=2)
    assert [error.characters for error in errors] == [3, 2, 4]
    one_by_one = prompt_errors(learner, recordings, at_once=1)
    assert one_by_one == errors
    score, line = task_of(*recordings).score(learner)
    assert score == -pool_text_errors(errors).cer
    assert line.startswith("CER ")


def test_what_is_read_while_nobody_writes_is_counted_per_minute(written):
    silent = written(pause=750 * 4)
    learner = network()
    with torch.no_grad():
        learner.output.weight.zero_()
        learner.output.bias.zero_()
        learner.output.bias[99] = 1.0
    assert false_characters(learner, [silent]) == 0.0
    with torch.no_grad():
        learner.output.bias[0] = 2.0
    # One "a" for ever is read as one character in about a minute.
    assert false_characters(learner, [silent]) == pytest.approx(1.0, rel=0.02)
    assert "1.0 characters/min" in task_of(written("a"), silent).score(learner)[1]
