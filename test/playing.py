# SPDX-License-Identifier: Apache-2.0
"""Plays a recording through the graph, each node in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from semg_driver.recordings.opening import open_recording
from test.listening import NAME, Listener
from test.processes import CONSUMERS, Processes


class Playing:
    """A recording on its way through driver, preprocessor and decoders, and what they say."""

    def __init__(
        self, folder: Path, path: Path, bundles: Mapping[str, str], **options: Any
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._options = options
        self.processes = Processes(folder)
        self.listener = Listener(self.processes.domain)
        decoder = {"gesture_decoder": bundles["gestures"], "wrist_decoder": bundles["wrist"]}
        for name in CONSUMERS:
            self.processes.node(
                name, parameters={"bundle": decoder[name]} if name in decoder else {}
            )
        self.driver = self.processes.node(
            "driver",
            parameters={
                "device": "replay",
                "wait_for": [*CONSUMERS, NAME],
                "wait_s": 60.0,
                "exit_at_end": True,
                "replay.path": str(path),
                **{f"replay.{name}": value for name, value in options.items()},
            },
        )

    def finish(self, timeout: float) -> Listener:
        """Wait for the end of the recording and of what is made of it; return what came."""
        assert self.driver.ends(timeout) == 0, self.driver.output
        self.listener.wait_for_end(self._end())
        return self.listener

    def _end(self) -> int:
        recording = open_recording(self.path)
        try:
            part = {name: self._options.get(name, 0.0) for name in ("start", "end")}
            for block in recording.blocks(**part):
                end = block.first_sample + len(block.emg)
        finally:
            recording.close()
        return end

    def close(self) -> None:
        """End what still runs."""
        self.listener.close()
        self.processes.stop()
