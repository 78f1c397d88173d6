# SPDX-License-Identifier: Apache-2.0
"""Schedules become steps, and steps learning rates."""

import math

import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.fitting.plan import Plan, plan
from semg_training.recipes.reading import find_recipe, read_recipe
from semg_training.recipes.recipe import ScheduleSettings


def test_learning_rate_rises_linearly_then_falls_as_half_a_cosine():
    steps = Plan(1000, 100, 50, lowest=0.0)
    rates = [steps.rate_share(step) for step in range(1000)]
    assert rates[:100] == pytest.approx([(step + 1) / 100 for step in range(100)])
    assert rates[550] == pytest.approx(0.5)
    assert rates[325] == pytest.approx(0.5 + 0.5 * math.sqrt(0.5))
    assert rates[999] < 1e-5


def test_published_gesture_schedule_halves_once_and_stays():
    schedule = read_recipe(find_recipe("gestures", "published")).schedule
    steps = plan(schedule, steps_per_epoch=10)
    assert (steps.total, steps.warm_up, steps.check_every) == (2500, 50, 10)
    assert [steps.rate_share(step) for step in (49, 249, 250, 2499)] == [1.0, 1.0, 0.5, 0.5]


def test_a_training_of_another_length_keeps_its_shape():
    schedule = ScheduleSettings("steps", 1600, 50, "cosine", 100, halve_at=(800,))
    steps = plan(schedule, 1, total=32)
    assert (steps.total, steps.warm_up, steps.check_every) == (32, 1, 2)
    assert steps.halve_at == (16,)


def test_measurements_come_at_their_interval_and_at_the_end():
    steps = Plan(10, 0, 4)
    assert [step for step in range(1, 11) if steps.checks_after(step)] == [4, 8, 10]
