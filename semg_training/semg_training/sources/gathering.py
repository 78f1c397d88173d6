# SPDX-License-Identifier: Apache-2.0
"""All that a network is trained and chosen on: simulated people, real recordings, or both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from semg_node.cache_folder import cache_folder
from semg_training.gesture_targets import NINE_GESTURES, GestureSet
from semg_training.recipes.recipe import PeopleSettings
from semg_training.refusal import TrainingRefused
from semg_training.sources.mixing import mixed
from semg_training.sources.people import (
    CHOICE_SEED,
    TRAINING_SEED,
    People,
    load_people,
)
from semg_training.sources.recorded import Recorded, read_recorded
from semg_training.sources.simulation import simulation
from semg_training.sources.written_recordings import read_written_recordings


@dataclass(frozen=True)
class DataRequest:
    """Which recordings of real people are asked for.

    Attributes
    ----------
    paths : tuple of Path
        Labelled recordings and corpora.
    nothing_done : tuple of Path
        Recordings in which no gesture was done.
    mix : float, optional
        Share of the windows that comes from these, where there are simulated people too; each
        second counts the same if it is not given.
    strict : bool
        Whether a recording that cannot be used ends the training.
    labels : tuple of str
        Gestures that there are; if not given, see `gesture_set`.
    """

    paths: tuple[Path, ...] = ()
    nothing_done: tuple[Path, ...] = ()
    mix: float | None = None
    strict: bool = False
    labels: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.paths or self.nothing_done)


@dataclass(frozen=True)
class Gathered:
    """Recordings.

    Attributes
    ----------
    training, choice : list
        To train on, and to choose the model on.
    origin : dict
        Where they come from, for ``bundle.yaml``; also tells trainings apart.
    choice_origin : str
        Whom the model is chosen on, in words.
    """

    training: list[Any]
    choice: list[Any]
    origin: dict[str, Any] = field(default_factory=dict)
    choice_origin: str = ""

    @property
    def seconds(self) -> float:
        """Length of what is trained on."""
        return _seconds(self.training)


def gather(
    task: str,
    kind: type[Any],
    people: PeopleSettings,
    data: DataRequest,
    *,
    gestures: GestureSet = NINE_GESTURES,
    processes: int | None = None,
    progress: bool = True,
    log: Callable[[str], None] = print,
) -> Gathered:
    """Return recordings of simulated people, of real ones, or both.

    Parameters
    ----------
    task : str
        ``gestures``, ``wrist`` or ``handwriting``.
    kind : type
        Of the recordings, such as `EmgRecording`.
    people : PeopleSettings
        How many are simulated.
    data : DataRequest
        What is read.
    gestures : GestureSet
        Which there are in it.
    processes : int, optional
        How many simulate or read at once.
    progress : bool
        Whether to show progress bars.
    log : callable
        Takes lines for the user.

    Raises
    ------
    TrainingRefused
        If a recording cannot be used, or there is nothing to train on or to choose the model on.
    """
    if not data:
        _refuse_nothing(people.training, people.choice)
        return _simulated(kind, people, processes, progress)
    if task == "handwriting" and data.nothing_done:
        raise TrainingRefused("--null-data: is for gestures")
    simulated = _simulated(kind, people, processes, progress)
    if task == "gestures":
        # The bandwidth that can be counted on is that of the slowest device.
        for some in (simulated.training, simulated.choice):
            some[:] = [replace(one, gestures=gestures) for one in some]
    if task == "handwriting":
        recorded = read_written_recordings(data.paths, kind, strict=data.strict, log=log)
    else:
        recorded = read_recorded(
            data.paths,
            data.nothing_done,
            task,
            cache_folder() / "recordings",
            gestures=gestures,
            strict=data.strict,
            processes=processes,
            progress=progress,
            log=log,
        )
    gathered = _joined(recorded, simulated, data.mix)
    _refuse_nothing(len(gathered.training), len(gathered.choice))
    return gathered


def _simulated(
    kind: type[Any], people: PeopleSettings, processes: int | None, progress: bool
) -> Gathered:
    training, choice = (
        [
            recording
            for person in load_people(
                People(first, count, people.minutes), kind, processes=processes, progress=progress
            )
            for recording in person.values()
        ]
        for first, count in ((TRAINING_SEED, people.training), (CHOICE_SEED, people.choice))
    )
    if not (training or choice):
        return Gathered([], [])
    origin: dict[str, Any] = {
        "data": "simulated people (semg_driver.simulation); no recording of a real person"
    }
    if training:
        origin["training_seeds"] = [TRAINING_SEED, TRAINING_SEED + people.training - 1]
    if choice:
        origin["model_choice_seeds"] = [CHOICE_SEED, CHOICE_SEED + people.choice - 1]
    origin |= {"minutes_per_person": people.minutes, "simulation": simulation()}
    return Gathered(training, choice, origin, f"{people.choice} simulated people for model choice")


def _joined(recorded: Recorded, simulated: Gathered, mix: float | None) -> Gathered:
    minutes = round(_seconds(recorded.training) / 60, 2)
    origin = {
        **simulated.origin,
        "data": "recordings" + (" and simulated people" if simulated.training else ""),
        "recordings": recorded.names,
        "recordings_digests": recorded.digests,
        "recordings_minutes": minutes,
        "recordings_left_out": len(recorded.skipped),
    }
    training = [*recorded.training, *simulated.training]
    if mix is not None:
        if not (recorded.training and simulated.training):
            raise TrainingRefused("--mix: is for --data with --people above 0")
        lengths = (_seconds(recorded.training), simulated.seconds)
        training, reached = mixed(recorded.training, simulated.training, lengths, mix)
        origin["recordings_share"] = round(reached, 4)
    who = [f"{_seconds(recorded.choice) / 60:.1f} minutes of recordings"] if recorded.choice else []
    if simulated.choice:
        who.append(simulated.choice_origin)
    return Gathered(training, [*recorded.choice, *simulated.choice], origin, " and ".join(who))


def _refuse_nothing(training: int, choice: int) -> None:
    if not training:
        raise TrainingRefused("nothing to train on: say --people above 0, or --data")
    if not choice:
        raise TrainingRefused(
            "nothing to choose the model on: a corpus needs rows of split 'val', or say "
            "--choice-people above 0"
        )


def _seconds(recordings: list[Any]) -> float:
    return float(sum(one.seconds for one in recordings))
