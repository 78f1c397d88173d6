# SPDX-License-Identifier: Apache-2.0
"""Made-up handwriting that is easy to read."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_driver.devices.device import WrittenText
from semg_training.handwriting_recordings import HandwritingRecording

FRAME = 40
FIRST_END = 213


@pytest.fixture
def written():
    """Make a recording in which each character lifts a channel of its own for 0.4 s."""

    def write(*prompts, pause=50, every=20, noise=0.1, seed=0):
        rng = np.random.default_rng(seed)
        place, characters, shown, lifted = pause, [], [], []
        for prompt in prompts:
            start = place
            for character in prompt:
                lifted.append((place, ord(character) % 16))
                place += every
                characters.append(WrittenText(character, (place - every) * FRAME, place * FRAME))
            shown.append(WrittenText(prompt, start * FRAME, place * FRAME))
            place += pause
        mpf = rng.normal(0.0, noise, (place, 4, 16, 4))
        for begin, channel in lifted:
            mpf[begin : begin + every - 6, :, channel, 0] += 3.0
        return HandwritingRecording(mpf.astype(np.float16), tuple(shown), tuple(characters))

    return write
