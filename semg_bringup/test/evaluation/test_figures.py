# SPDX-License-Identifier: Apache-2.0
"""Figures are looked at by people; here, that any content can be drawn and is in the picture."""

from __future__ import annotations

import numpy as np
import pytest

from semg_bringup.command.refusal import CommandError
from semg_bringup.scaling.power_law import PowerLaw
from semg_bringup.scaling.table import ScalingTable
from semg_decoders.evaluation.cler import GestureErrors
from semg_decoders.evaluation.events import TimedEvent
from semg_decoders.evaluation.postures import PostureScore

pytest.importorskip("matplotlib", reason="matplotlib is needed to draw figures")

from matplotlib.image import imread

from semg_bringup.evaluation.figures import canvas
from semg_bringup.evaluation.figures.confusion import draw_confusion
from semg_bringup.evaluation.figures.postures import draw_postures
from semg_bringup.evaluation.figures.probabilities import draw_probabilities
from semg_bringup.evaluation.figures.scaling import draw_scaling
from semg_bringup.evaluation.figures.text import draw_texts
from semg_bringup.evaluation.figures.velocity import draw_velocity

LABELS = ("index_press", "index_release", "thumb_click")
# Anything that matplotlib warns of, such as a character that the font lacks, spoils the picture.
pytestmark = pytest.mark.filterwarnings("error")


def amount(path, colour):
    """How many dots of a picture have a colour, #rrggbb."""
    wanted = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return int((np.abs(imread(path)[:, :, :3] - wanted).max(axis=2) < 0.02).sum())


def test_detections_as_done_and_not_done_are_told_apart(tmp_path):
    times = 1.65e9 + np.arange(400) / 200
    probabilities = np.tile(np.linspace(0, 1, 400), (3, 1)).T
    done = [TimedEvent("index_press", times[100])]

    def drawn(*detected):
        path = tmp_path / "p.png"
        draw_probabilities(path, "day1", times, probabilities, LABELS, done, detected, 0.35)
        return np.array([amount(path, canvas.RIGHT), amount(path, canvas.WRONG)])

    # The legend has one mark of each.
    legend = drawn()
    assert (drawn(TimedEvent("index_press", times[110])) - legend > 0).tolist() == [True, False]
    assert (drawn(TimedEvent("index_press", times[300])) - legend > 0).tolist() == [False, True]
    assert (drawn(TimedEvent("thumb_click", times[110])) - legend > 0).tolist() == [False, True]


def test_a_recording_without_frames_or_gestures_is_drawn(tmp_path):
    empty = (np.zeros(0), np.zeros((0, 3)), LABELS, [], [], 0.5)
    draw_probabilities(tmp_path / "a.png", "day1", *empty)
    assert imread(tmp_path / "a.png").ndim == 3


def test_confusions_are_darker_the_more_of_a_gesture_there_are(tmp_path):
    errors = GestureErrors({("index_press", "thumb_click"): 3}, {"thumb_click": 1}, 60.0)
    draw_confusion(tmp_path / "some.png", errors, LABELS)
    draw_confusion(tmp_path / "none.png", GestureErrors({}, {}, 0.0), LABELS)
    some, none = (imread(tmp_path / f"{name}.png") for name in ("some", "none"))
    assert some.mean() < none.mean()


def test_postures_are_darker_the_more_of_them_are_right(tmp_path):
    right = {("rest", "rest"): 9, ("fist", "fist"): 9}
    wrong = {("rest", "fist"): 9, ("rest", None): 9, ("fist", "rest"): 9, ("fist", "fist"): 9}
    names = ("rest", "fist")
    for name, counts in (("right", right), ("wrong", wrong), ("none", {})):
        draw_postures(tmp_path / f"{name}.png", PostureScore(counts), names)
    darkest = [
        imread(tmp_path / f"{name}.png")[:, :, 0].mean() for name in ("right", "wrong", "none")
    ]
    assert darkest[0] < darkest[1] < darkest[2]


def test_velocities_are_drawn_in_their_colours(tmp_path):
    times = np.arange(1500) / 50
    draw_velocity(tmp_path / "v.png", "day1", times, np.sin(times), np.cos(times))
    assert amount(tmp_path / "v.png", canvas.TRUE)
    assert amount(tmp_path / "v.png", canvas.DECODED)
    draw_velocity(tmp_path / "still.png", "day1", times[:1], np.zeros(1), np.zeros(1))


@pytest.mark.parametrize(
    "texts",
    [
        [("", "")],
        [],
        [("a$b$c \\alpha_x", "⌫⏎⇧🤏→é")],
        [("word " * 40, "wurd " * 40)],
        [("a", "b")] * 30,
    ],
)
def test_any_text_is_drawn(tmp_path, texts):
    draw_texts(tmp_path / "t.png", "day1", texts)
    assert imread(tmp_path / "t.png").ndim == 3


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path):
    with pytest.raises(CommandError, match=r"no/t.png: cannot be written: No such file"):
        draw_texts(tmp_path / "no" / "t.png", "day1", [])


def test_means_and_law_are_drawn_whatever_could_not_be_measured(tmp_path):
    errors = {"cler": np.array([[0.5, np.nan], [0.25, 0.0]]), "misses": np.full((2, 2), np.nan)}
    table = ScalingTable("gestures", np.array([1, 10]), (701, 702), errors)
    law = PowerLaw(0.5, 0.3, 0.01, (0.2, 0.4))
    draw_scaling(tmp_path / "law.png", table, "cler", law)
    draw_scaling(tmp_path / "without.png", table, "cler", None)
    draw_scaling(tmp_path / "nothing.png", table, "misses", None)
    with_law, without, nothing = (
        [amount(tmp_path / f"{name}.png", colour) for colour in (canvas.TRUE, canvas.DECODED)]
        for name in ("law", "without", "nothing")
    )
    assert with_law[0] > without[0]
    assert without[1] > nothing[1]
