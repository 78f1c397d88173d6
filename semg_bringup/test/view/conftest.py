# SPDX-License-Identifier: Apache-2.0
import array
import time
from types import SimpleNamespace

import numpy as np
import pytest

from semg_bringup.view.state import ViewState


def header(age=0.0):
    nanoseconds = time.time_ns() - round(age * 1e9)
    stamp = SimpleNamespace(sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9)
    return SimpleNamespace(stamp=stamp)


class Graph:
    """Stands in for the nodes: hands messages to a view's callbacks."""

    def __init__(self, state):
        self._callbacks = state.callbacks

    def band(self, channels=4, source=2):
        self._callbacks["emg/info"](
            SimpleNamespace(
                device="simulator",
                serial="person-7",
                source=source,
                sample_rate=2000.0,
                channel_labels=[str(i) for i in range(channels)],
                handedness=2,
                unit="V",
            )
        )

    def chunk(self, emg, topic="emg/conditioned", first_sample=0, stream_id=1, suspect=0):
        self._callbacks[topic](
            SimpleNamespace(
                data=array.array("f", np.asarray(emg, np.float32).tobytes()),
                channels=np.shape(emg)[1],
                stream_id=stream_id,
                first_sample=first_sample,
                suspect_channels=suspect,
            )
        )

    def event(self, name, kind=0, probability=0.9, inferred=False):
        self._callbacks["gesture/event"](
            SimpleNamespace(
                name=name,
                kind=kind,
                probability=probability,
                inferred=inferred,
                quality=0,
                header=header(),
            )
        )

    def probabilities(self, held=(), age=0.01):
        self._callbacks["gesture/probabilities"](SimpleNamespace(held=held, header=header(age)))

    def velocity(self, velocity, age=0.01):
        self._callbacks["wrist/velocity"](SimpleNamespace(velocity=velocity, header=header(age)))

    def text(self, text, line, complete=False, quality=0):
        self._callbacks["handwriting/text"](
            SimpleNamespace(
                text=text, line=line, complete=complete, quality=quality, header=header()
            )
        )

    def teleop(self, engaged, mode="drive", reason=""):
        self._callbacks["teleop/state"](
            SimpleNamespace(state=int(engaged), ENGAGED=1, mode=mode, reason=reason)
        )

    def truth(self, gestures=(), velocity=0.0):
        self._callbacks["simulation/truth"](
            SimpleNamespace(gestures=gestures, wrist_velocity=velocity, header=header())
        )

    def diagnostics(self, name, phase, level=0, message="running"):
        state = SimpleNamespace(key="state", value=phase)
        status = SimpleNamespace(
            name=f"/{name}", level=bytes([level]), message=message, values=[state]
        )
        self._callbacks["/diagnostics"](SimpleNamespace(status=[status]))


@pytest.fixture
def state():
    return ViewState()


@pytest.fixture
def graph(state):
    return Graph(state)
