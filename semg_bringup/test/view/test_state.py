# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_bringup.view.snapshot import Contact, Source


def test_an_empty_view_knows_nothing(state):
    snapshot = state.snapshot()
    assert snapshot.band is None
    assert snapshot.levels == ()
    assert snapshot.latencies == {}


def test_the_level_is_the_rms_of_conditioned_emg(state, graph):
    emg = np.random.default_rng(1).normal(size=(200, 4)) * [1, 2, 3, 4]
    for i in range(0, 200, 20):
        graph.chunk(emg[i : i + 20], first_sample=i)
    snapshot = state.snapshot()
    assert snapshot.levels == pytest.approx(np.sqrt(np.mean(emg**2, axis=0)), rel=1e-6)
    assert snapshot.levels_conditioned
    assert snapshot.contacts == (Contact.GOOD,) * 4


def test_without_a_preprocessor_the_level_is_that_of_raw_emg_around_its_mean(state, graph):
    emg = np.random.default_rng(1).normal(size=(200, 2)) + 100.0
    graph.chunk(emg, "emg/raw")
    snapshot = state.snapshot()
    assert snapshot.levels == pytest.approx(emg.astype(np.float32).std(axis=0), rel=1e-4)
    assert not snapshot.levels_conditioned


def test_suspect_and_flat_channels_are_told_apart(state, graph):
    emg = np.random.default_rng(1).normal(size=(20, 3))
    emg[:, 2] = 0.25
    graph.chunk(emg, "emg/raw")
    graph.chunk(emg, "emg/conditioned", suspect=0b110)
    assert state.snapshot().contacts == (Contact.GOOD, Contact.SUSPECT, Contact.FLAT)


def test_index_jumps_are_losses_and_new_streams_are_not(state, graph):
    emg = np.ones((20, 2))
    for first, stream in ((0, 1), (20, 1), (100, 1), (5000, 2)):
        graph.chunk(emg, "emg/raw", first, stream)
    snapshot = state.snapshot()
    assert (snapshot.samples, snapshot.lost_samples, snapshot.gaps) == (80, 60, 1)
    assert snapshot.streams == 2


def test_the_newest_of_eight_events_comes_first(state, graph):
    for i in range(10):
        graph.event(f"gesture_{i}")
    snapshot = state.snapshot()
    assert [event.name for event in snapshot.events] == [f"gesture_{i}" for i in range(9, 1, -1)]
    assert snapshot.event_count == 10
    assert [event.name for event in state.take_events()] == [f"gesture_{i}" for i in range(10)]
    assert state.take_events() == []


def test_what_is_held_is_a_level(state, graph):
    graph.probabilities(held=["index"])
    assert state.snapshot().held == ("index",)
    graph.probabilities()
    assert state.snapshot().held == ()


def test_delays_go_from_sample_time_to_receipt(state, graph):
    for _ in range(50):
        graph.velocity(0.5, age=0.030)
    p50, _, p99 = state.snapshot().latencies["wrist"]
    assert 30.0 <= p50 <= p99 < 100.0


def test_stamps_of_another_day_give_no_delay(state, graph):
    graph.velocity(0.5, age=86_400.0)
    assert state.snapshot().latencies == {}


def test_nodes_are_known_by_their_diagnostics(state, graph):
    graph.diagnostics("left/driver", "active")
    graph.diagnostics("left/wrist_decoder", "inactive", 2, "bundle is broken")
    nodes = state.snapshot().nodes
    assert nodes["driver"].phase == "active"
    assert (nodes["wrist_decoder"].level, nodes["wrist_decoder"].message) == (2, "bundle is broken")


def test_the_source_is_told(state, graph):
    graph.band(source=3)
    assert state.snapshot().band.source is Source.PLAYBACK
