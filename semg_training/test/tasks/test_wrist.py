# SPDX-License-Identifier: Apache-2.0
"""Velocity is scored where it is known."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.networks.wrist import WristNetwork, WristNetworkSettings  # noqa: E402
from semg_training.recordings import MpfRecording, RecordingPlan  # noqa: E402
from semg_training.tasks.wrist import velocity_scores  # noqa: E402


def test_frames_whose_velocity_is_not_known_are_not_scored():
    whole = MpfRecording.make(1_000_000, RecordingPlan("wrist", 4.0))
    displacement = whole.displacement.copy()
    displacement[20:40] = np.nan
    gap = MpfRecording(whole.mpf, displacement)
    never = MpfRecording(whole.mpf, np.full_like(displacement, np.nan))
    torch.manual_seed(0)
    network = WristNetwork(WristNetworkSettings(mlp=(8,), hidden=8))
    scored, with_gap = velocity_scores(network, [whole, never, gap])
    assert (scored.frames, with_gap.frames) == (len(displacement) - 1, len(displacement) - 21)
    assert np.isfinite(with_gap.error)
