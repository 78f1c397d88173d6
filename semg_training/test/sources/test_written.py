# SPDX-License-Identifier: Apache-2.0
"""Prompts of released recordings lie where their times say."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_driver.recordings.recording import RecordingError
from semg_training.handwriting_recordings import HandwritingEmgRecording, HandwritingRecording
from semg_training.sources.written import read_written

PROMPTS = {"prompt": ["hello", "a b"], "start": [1000.5, 1002.0], "end": [1001.5, 1003.25]}


@pytest.mark.parametrize("kind", [HandwritingRecording, HandwritingEmgRecording])
def test_prompts_keep_their_text_and_times(kind, write):
    (made,) = read_written(write(task="handwriting", prompts=PROMPTS), kind)
    assert isinstance(made, kind)
    assert [one.text for one in made.prompts] == ["hello", "a b"]
    spans = np.array([(one.start, one.stop) for one in made.prompts]) / 2000
    np.testing.assert_allclose(spans, [(0.5, 1.5), (2.0, 3.25)], atol=1 / 2000)
    assert made.seconds == pytest.approx(4.0, abs=0.15)


def test_a_prompt_that_the_end_cut_off_is_left_out(write):
    cut = {"prompt": ["whole", "cut"], "start": [1001.0, 1003.5], "end": [1002.0, 1004.5]}
    (made,) = read_written(write(prompts=cut), HandwritingEmgRecording)
    assert [one.text for one in made.prompts] == ["whole"]


@pytest.mark.parametrize(
    ("recorded", "said"),
    [
        ({"prompts": {**PROMPTS, "end": [1000.4, 1003.0]}}, "must end after it starts"),
        ({"prompts": {**PROMPTS, "start": [999.0, 1002.0]}}, "not start before the recording"),
        ({"prompts": {**PROMPTS, "end": [np.nan, 1003.0]}}, "a time is no number"),
        ({"prompts": {"name": ["x"], "time": [1001.0]}}, "columns prompt, start, end"),
        ({}, "no table 'prompts'"),
        ({"prompts": PROMPTS, "task": "wrist"}, "of task wrist, not handwriting"),
        ({"prompts": PROMPTS, "channels": 8}, "8 channels, but must have 16"),
        ({"prompts": PROMPTS, "bad_row": 7}, "EMG is no number"),
    ],
)
def test_what_does_not_say_what_was_written_is_refused(recorded, said, write):
    path = write(**recorded)
    with pytest.raises(RecordingError, match=said) as refused:
        read_written(path, HandwritingEmgRecording)
    assert str(path) in str(refused.value)
