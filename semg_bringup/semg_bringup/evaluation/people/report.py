# SPDX-License-Identifier: Apache-2.0
"""Results of simulated people as a report: one row for each, their mean, and the worst."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from semg_bringup.command.report import Report, Section
from semg_bringup.evaluation.people.gestures import NULL_SCRIPTS, GestureScore
from semg_bringup.evaluation.people.handwriting import WritingScore
from semg_bringup.evaluation.simulated_people import Evaluation, Pair, PersonResult
from semg_decoders.evaluation.velocity import VelocityScore

TASKS = ("gestures", "wrist", "handwriting")


@dataclass(frozen=True)
class Column:
    """A figure of each person.

    Attributes
    ----------
    title, key : str
        In tables, and in facts.
    value : callable
        Gives it for a score; NaN where it is not defined.
    digits : int
        After the point.
    worst : callable
        Which of several values is the worst: ``max`` or ``min``; NaN if none is.
    """

    title: str
    key: str
    value: Callable[[Any], float]
    digits: int
    worst: Callable[[Sequence[float]], float] = max


def _gesture(value: Callable[[GestureScore], float]) -> Callable[[Any], float]:
    return value


def _velocity(value: Callable[[VelocityScore], float]) -> Callable[[Any], float]:
    return value


def _writing(value: Callable[[WritingScore], float]) -> Callable[[Any], float]:
    return value


def _cler(score: GestureScore) -> float:
    """The error over detected gestures; NaN where none was detected."""
    found = sum(score.doing.labels.values()) - score.doing.misses
    return score.cler if found else math.nan


def _cer(score: WritingScore) -> float:
    """The error over what was to be written; NaN where no prompt was finished."""
    return score.greedy.cer if score.greedy.characters else math.nan


COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "gestures": (
        Column("CLER", "cler", _gesture(_cler), 3),
        Column("missed, %", "missed_percent", _gesture(lambda s: s.missed), 1),
        Column(
            "false events/min of null activity",
            "false_per_minute_of_null_activity",
            _gesture(lambda s: s.false_per_minute),
            2,
        ),
    ),
    "wrist": (
        Column("error, deg/s", "error_deg_per_s", _velocity(lambda s: s.error), 1),
        Column("error / zero", "error_ratio", _velocity(lambda s: s.error_ratio), 2),
        Column("correlation", "correlation", _velocity(lambda s: s.correlation), 3, min),
    ),
    "handwriting": (
        Column("CER, %", "cer", _writing(_cer), 1),
        Column(
            "CER by beam search, %",
            "cer_by_beam_search",
            _writing(lambda s: math.nan if s.searched is None else s.searched.cer),
            1,
        ),
    ),
}
_SPEED = Column(
    "mean speed = error of zero, deg/s",
    "mean_speed_deg_per_s",
    _velocity(lambda s: s.mean_speed),
    1,
    lambda values: math.nan,
)


def report_people(evaluation: Evaluation) -> Report:
    """Sum up the results of all people."""
    tasks = [task for task in TASKS if getattr(evaluation.people[0], task) is not None]
    sections, summary = [], {}
    for task in tasks:
        pairs = [getattr(person, task) for person in evaluation.people]
        section, figures = _of_task(task, evaluation.people, pairs)
        sections.append(section)
        summary[task] = figures
    facts = {
        "people_are_simulated": True,
        "minutes": evaluation.minutes,
        "spread": evaluation.spread,
        "threshold": evaluation.threshold,
        "summary": summary,
        "people": [_facts(person, tasks) for person in evaluation.people],
    }
    return Report(_title(evaluation, tasks), facts, sections)


def _of_task(
    task: str, people: Sequence[PersonResult], pairs: Sequence[Pair[Any]]
) -> tuple[Section, dict[str, Any]]:
    """Return the table of a task, and mean and worst of its figures."""
    decoded = [pair.decoder for pair in pairs]
    linear = [pair.baseline for pair in pairs]
    shown = [("", column, decoded) for column in COLUMNS[task]]
    if task == "wrist":
        shown.insert(1, ("", _SPEED, decoded))
    if all(score is not None for score in linear):
        shown += [("linear: ", column, linear) for column in COLUMNS[task]]
    titles, columns, summary = [], [], {}
    for prefix, column, scores in shown:
        values = [column.value(score) for score in scores]
        defined = [value for value in values if not math.isnan(value)]
        if not defined:
            continue
        mean, worst = float(np.mean(defined)), column.worst(defined)
        titles.append(prefix + column.title)
        columns.append([_text(value, column.digits) for value in (*values, mean, worst)])
        key = ("linear_" if prefix else "") + column.key
        summary[key] = {"mean": mean, "worst": worst}
    who = [*(str(person.seed) for person in people), "**mean**", "**worst**"]
    rows = [list(row) for row in zip(who, *columns, strict=True)]
    return Section(task, rows, ["person (seed)", *titles]), summary


def _text(value: float, digits: int) -> str:
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def _facts(person: PersonResult, tasks: Sequence[str]) -> dict[str, Any]:
    facts: dict[str, Any] = {"seed": person.seed}
    for task in tasks:
        pair = getattr(person, task)
        facts[task] = pair.decoder.to_dict()
        facts[f"linear_{task}"] = None if pair.baseline is None else pair.baseline.to_dict()
    return facts


def _title(evaluation: Evaluation, tasks: Sequence[str]) -> str:
    minutes = f"{evaluation.minutes:g} min"
    said = [f"These people are simulated; each does {minutes} of what each decoder is for."]
    if evaluation.spread != 1.0:
        said.append(
            f"They are {evaluation.spread:g} times as far from the usual one, in anatomy, noise "
            f"and timing, as people whom models are trained on."
        )
    if "gestures" in tasks:
        said.append(
            f"A gesture counts where its probability crosses {evaluation.threshold:g}. Null "
            f"activity is {minutes} of {', '.join(NULL_SCRIPTS)} in equal shares."
        )
    if any(getattr(evaluation.people[0], task).baseline is not None for task in tasks):
        said.append("Linear: a linear baseline, fitted to other simulated people.")
    return " ".join(said)
