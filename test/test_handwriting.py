# SPDX-License-Identifier: Apache-2.0
"""The handwriting decoder says over DDS what it says offline, and never joins two pieces."""

import pytest

from semg_msgs.msg import HandwritingText
from test import offline
from test.band import Band, active, noise
from test.listening import Listener
from test.spelling import WARM_UP, spelling_bundle

TEXT = "hellp⌫o⏎to"
FIRST = 213 + 40 * WARM_UP
"""Sample of the first emission; the others follow every 320, every second one a character."""
NODE = "/handwriting_decoder"
TOPICS = ("emg/info", "emg/raw", "emg/conditioned", "emg/mpf/handwriting", "handwriting/text")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return spelling_bundle(tmp_path_factory.mktemp("bundles") / "spelling", TEXT)


@pytest.fixture
def listener(processes):
    listening = Listener(processes.domain, topics=TOPICS)
    yield listening
    listening.close()


@pytest.fixture
def band(processes, listener):
    """A band whose EMG the preprocessor takes."""
    processes.node("preprocessor")
    band = Band(listener)
    band.describe(1)
    return band


def connect(band, listener):
    """Wait until frames reach the decoder, and begin stream 1."""
    active(listener, ["/preprocessor", NODE])
    band.wait_for_listeners(2)
    listener.wait(lambda: all(listener.publishers(topic) for topic in TOPICS))
    for stream in range(100, 120):
        band.describe(stream)
        band.send(noise(600))  # too short for an emission
        reports = listener.reports(NODE)
        listener.wait(lambda reports=reports: listener.reports(NODE) > reports + 1)
        if int(listener.values(NODE)["streams"]):
            break
    band.describe(1)


def end_of(characters):
    """Samples until just after the emission of the last of so many characters."""
    return FIRST + 640 * (characters - 1) + 20


def test_text_is_what_was_written_sample_for_sample(processes, listener, band, bundle):
    processes.node("handwriting_decoder", parameters={"bundle": bundle})
    connect(band, listener)
    emg = noise(end_of(10))
    band.send(emg)
    messages = listener.wait_for("handwriting/text", 10)
    assert [m.text for m in messages] == list(TEXT)
    assert [m.line for m in messages] == [
        "h", "he", "hel", "hell", "hellp", "hell", "hello", "hello", "t", "to",
    ]  # fmt: skip
    assert [m.complete for m in messages] == [one == "⏎" for one in TEXT]
    assert [m.sample for m in messages] == [FIRST + 640 * k for k in range(10)]
    assert [m.sequence for m in messages] == list(range(10))
    assert {m.quality for m in messages} == {HandwritingText.GOOD}
    assert [m.fresh for m in messages] == [True, *[False] * 9]
    frames = [frame for frame in listener["emg/mpf/handwriting"] if frame.stream_id == 1]
    stamps = {frame.last_sample: frame.header.stamp for frame in frames}
    assert all(m.header.stamp == stamps[m.sample] for m in messages)

    *_, written = offline.pieces(listener["emg/raw"])
    decoded = offline.decode([written], offline.device_info(listener["emg/info"][-1]), bundle)
    assert decoded["text"].tolist() == [m.text for m in messages]
    assert decoded["text_sample"].tolist() == [m.sample for m in messages]
    assert decoded["line"].tolist() == ["hello", "to"]
    listener.wait(lambda: listener.values(NODE).get("emissions") == str(len(decoded["sample"])))


def test_after_a_gap_and_in_a_new_stream_an_empty_line_begins(processes, listener, band, bundle):
    processes.node("handwriting_decoder", parameters={"bundle": bundle})
    connect(band, listener)
    emg = noise(end_of(3))
    band.send(emg, 0)
    listener.wait_for("handwriting/text", 3)
    band.send(emg, len(emg) + 20)
    after_gap = listener.wait_for("handwriting/text", 6)[3:]
    band.describe(2)
    band.send(emg, 0)
    new_stream = listener.wait_for("handwriting/text", 9)[6:]
    for messages in (after_gap, new_stream):
        assert [m.line for m in messages] == ["h", "he", "hel"]
        assert [m.fresh for m in messages] == [True, False, False]
    assert [m.sequence for m in after_gap] == [3, 4, 5]
    assert [(m.stream_id, m.sequence) for m in new_stream] == [(2, 0), (2, 1), (2, 2)]


def test_a_line_that_is_not_settled_at_a_break_is_settled_as_it_stands(
    processes, listener, band, bundle
):
    chosen = {"bundle": bundle, "decoder": "beam", "settle_after": 60.0, "beam_width": 8}
    processes.node("handwriting_decoder", parameters=chosen)
    connect(band, listener)
    emg = noise(end_of(3))
    band.send(emg, 0)
    shown = listener.wait_for("handwriting/text", 3)
    assert [(m.text, m.line) for m in shown] == [("", "h"), ("", "he"), ("", "hel")]
    band.describe(2)
    band.send(emg, 0)
    settled, *later = listener.wait_for("handwriting/text", 7)[3:]
    assert (settled.text, settled.line, settled.complete) == ("hel", "hel", False)
    assert (settled.stream_id, settled.sequence, settled.sample) == (1, 3, shown[-1].sample)
    assert [(m.stream_id, m.line) for m in later] == [(2, "h"), (2, "he"), (2, "hel")]


def test_without_a_bundle_it_says_so_in_one_line(processes, listener):
    node = processes.node("handwriting_decoder")
    line = node.says("no handwriting bundle is named")
    assert line.endswith("bundle: no handwriting bundle is named, such as handwriting")
    listener.wait(lambda: listener.reports(NODE) > 2)
    assert node.output.count("no handwriting bundle") == 1
    assert "Traceback" not in node.output


def test_a_character_model_that_cannot_be_read_is_refused(processes, listener, bundle):
    chosen = {"bundle": bundle, "decoder": "beam", "language_model": "/nowhere.arpa"}
    node = processes.node("handwriting_decoder", parameters=chosen)
    node.says("language_model: /nowhere.arpa: cannot be read: No such file or directory")
    assert "Traceback" not in node.output
