# SPDX-License-Identifier: Apache-2.0
"""CPU of each engine by itself, without ROS."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from semg_decoders.decoding.events import EventDetector, event_settings
from semg_decoders.decoding.gestures import GestureDecoder
from semg_decoders.decoding.wrist import WristDecoder
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import SAMPLE_RATE, Conditioner
from semg_decoders.signal.mpf import HANDWRITING_WINDOW, WRIST_WINDOW, MultiWindowMpf
from semg_decoders.signal.quality import QualityMonitor
from semg_driver.simulation.band import FULL_SCALE, NOISE_SD
from semg_driver.simulation.person import CHANNELS, Person
from semg_driver.simulation.script import SCRIPTS
from semg_driver.simulation.wearer import Wearer
from test.bench.bundles import Bundles

CHUNK = 20
"""Samples: 10 ms."""
WARM_UP_S = 1.0

Result = TypeVar("Result")


class _Stopwatch:
    """Adds up the CPU of each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, stage: str, work: Callable[[], Result]) -> Result:
        before = time.thread_time()
        result = work()
        after = time.thread_time()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + after - before
        return result


def cpu_by_stage(seconds: float, bundles: Bundles) -> dict[str, float]:
    """Return seconds of CPU per second of EMG for each stage.

    Every chunk of 10 ms goes through all stages before the next one comes, as in the graph, but
    without a pause between them: caches are warmer than in real time, so that in the graph the
    same work takes longer.
    """
    person = Person.sample(101)
    wearer = Wearer(person, SCRIPTS["demo"](1, person), seed=1)
    quality = QualityMonitor(CHANNELS, SAMPLE_RATE, FULL_SCALE)
    conditioner = Conditioner(SAMPLE_RATE, NOISE_SD, conditioned=False, channels=CHANNELS)
    mpf = MultiWindowMpf(CHANNELS, (WRIST_WINDOW, HANDWRITING_WINDOW))
    gesture_model = Model.load(bundles.gestures)
    gestures = GestureDecoder(gesture_model)
    settings = event_settings(gesture_model.bundle.decoding, gesture_model.bundle.name)
    events = EventDetector(gestures.labels, gestures.sample_rate, settings)
    wrist = WristDecoder(Model.load(bundles.wrist))

    def run(chunks: range, watch: _Stopwatch) -> None:
        for index in chunks:
            first = index * CHUNK
            emg, _ = watch.time("simulated wearer", lambda: wearer.generate(CHUNK))
            checked = watch.time("signal quality", lambda emg=emg: quality.push(emg))
            block = watch.time(
                "conditioning", lambda c=checked, f=first: conditioner.push(c.emg, f, c.suspect)
            )
            steps = watch.time(
                "gesture model", lambda b=block: gestures.push(b.emg, b.first_sample, b.suspect)
            )
            for step in steps:
                watch.time("events", lambda s=step: events.push(s.samples, s.probabilities))
            frames = watch.time(
                "MPF, both windows", lambda b=block: mpf.push(b.emg, b.first_sample, b.suspect)
            )
            new = frames[WRIST_WINDOW]
            if len(new):
                matrices = new.log_matrices.astype(np.float32)
                last = int(new.last_samples[0])
                watch.time("wrist model", lambda m=matrices, n=last: wrist.push(m, n))

    warm_up = round(WARM_UP_S * SAMPLE_RATE / CHUNK)
    measured = round(seconds * SAMPLE_RATE / CHUNK)
    run(range(warm_up), _Stopwatch())
    watch = _Stopwatch()
    run(range(warm_up, warm_up + measured), watch)
    per_second = {stage: total / seconds for stage, total in watch.seconds.items()}
    return {**per_second, "all stages": sum(per_second.values())}
