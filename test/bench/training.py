# SPDX-License-Identifier: Apache-2.0
"""How fast gesture networks are trained, the drawing of windows included."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning.pytorch.callbacks import Callback
from rich.console import Console

from semg_training.fitting.fit import fit
from semg_training.recordings import EmgRecording
from semg_training.request import TrainingRequest
from semg_training.tasks.kinds import KINDS
from semg_training.training import chosen_recipe
from semg_training.training_job import fit_settings
from test.bench.tables import new_table

WARM_UP_STEPS = 2
PEOPLE = 8
MINUTES = 1.5
BUSY_AIM = 0.8
"""Share of the time that a GPU is aimed to be busy."""


@dataclass(frozen=True)
class TrainingFigures:
    """What was measured.

    Attributes
    ----------
    hours_per_second : float
        Of EMG that a second of training takes in.
    steps_per_second : float
        Of the optimiser.
    busy : float
        Share of the time in which the device computes: on a CPU forward, backward and the
        change of weights; on a GPU what its own clock says of these.
    device : str
        What was trained on.
    """

    hours_per_second: float
    steps_per_second: float
    busy: float
    device: str


class _Unscored:
    """A task without measurements on model-choice people."""

    def __init__(self, task: Any) -> None:
        self.batch, self.loss = task.batch, task.loss

    def score(self, network: torch.nn.Module) -> tuple[float, str]:
        return 0.0, ""


class _Clock(Callback):
    """Times steps once the first few are done."""

    def __init__(self) -> None:
        self._spans: list[Any] = []
        self._began = self.wall = 0.0

    def on_train_batch_start(self, trainer: Any, *_: Any) -> None:
        if trainer.global_step == WARM_UP_STEPS and not self._began:
            _finish(trainer)
            self._began = time.perf_counter()
        self._start = _now(trainer)

    def on_train_batch_end(self, trainer: Any, *_: Any) -> None:
        if self._began:
            self._spans.append((self._start, _now(trainer)))

    def on_train_end(self, trainer: Any, *_: Any) -> None:
        _finish(trainer)
        self.wall = time.perf_counter() - self._began

    @property
    def busy(self) -> float:
        """Seconds in which the device computed."""
        return sum(
            start.elapsed_time(end) / 1000 if hasattr(start, "elapsed_time") else end - start
            for start, end in self._spans
        )


def measure_training(size: str, seconds: float) -> TrainingFigures:
    """Train for about so many seconds on recordings of noise, which take as long as any."""
    gpu = torch.cuda.is_available() and size == "published"
    request = TrainingRequest(
        "gestures", Path("none"), size=size, accelerator="gpu" if gpu else "cpu"
    )
    recipe = chosen_recipe(request)
    kind = KINDS["gestures"]
    assert kind.task is not None
    with tempfile.TemporaryDirectory(prefix="semg-bench-") as folder:
        recordings = _recordings(Path(folder))
        task = _Unscored(kind.task(recipe, recordings, recordings))
        steps = WARM_UP_STEPS + 2
        while True:
            clock = _Clock()
            settings = fit_settings(replace(request, steps=steps), recipe, 1.0)
            settings = replace(settings, plan=replace(settings.plan, check_every=10**9))
            log = Path(folder) / f"log-{steps}"
            fit(kind.network(recipe.network), task, settings, log, {}, callbacks=[clock], log=_mute)
            timed = steps - WARM_UP_STEPS
            if clock.wall >= 0.5 * seconds:
                break
            steps = WARM_UP_STEPS + max(2 * timed, round(timed * seconds / clock.wall))
    per_step = recipe.batch.size * recipe.batch.window_s * recipe.batch.accumulate
    return TrainingFigures(
        hours_per_second=timed * per_step / 3600 / clock.wall,
        steps_per_second=timed / clock.wall,
        busy=clock.busy / clock.wall,
        device=torch.cuda.get_device_name() if gpu else f"{torch.get_num_threads()} CPU threads",
    )


def measure_sizes(seconds: float) -> dict[str, TrainingFigures]:
    """Measure the small size on the CPU, and the published one where there is a GPU."""
    sizes = ["small", *(["published"] if torch.cuda.is_available() else [])]
    return {size: measure_training(size, seconds) for size in sizes}


def print_training(figures: Mapping[str, TrainingFigures], console: Console) -> None:
    """Print the table."""
    table = new_table(
        "Training of gestures", "size", "hours of EMG per s", "steps per s", "device busy", "on"
    )
    for size, one in figures.items():
        aim = f" (aim > {BUSY_AIM:.0%})" if size == "published" else ""
        table.add_row(
            size,
            f"{one.hours_per_second:.3f}",
            f"{one.steps_per_second:.2f}",
            f"{one.busy:.1%}{aim}",
            one.device,
        )
    console.print(table)


def _recordings(folder: Path) -> list[EmgRecording]:
    """Noise with gestures marked in it, on disk as those of people are."""
    rng = np.random.default_rng(0)
    samples = round(MINUTES * 60 * 2000)
    loaded = []
    for person in range(PEOPLE):
        emg = rng.standard_normal((samples, 16), np.float32).astype(np.float16)
        at = np.arange(2000, samples, 2000)
        events = np.column_stack([rng.integers(9, size=at.size), at])
        EmgRecording(emg, events).save(folder / str(person))
        loaded.append(EmgRecording.load(folder / str(person)))
    return loaded


def _now(trainer: Any) -> Any:
    if trainer.strategy.root_device.type != "cuda":
        return time.perf_counter()
    event = torch.cuda.Event(enable_timing=True)
    event.record()
    return event


def _finish(trainer: Any) -> None:
    if trainer.strategy.root_device.type == "cuda":
        torch.cuda.synchronize()


def _mute(line: str) -> None:
    pass
