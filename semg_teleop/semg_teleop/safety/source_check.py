# SPDX-License-Identifier: Apache-2.0
"""Whether what is decoded is a wearer's doing at this moment."""

from __future__ import annotations

from collections import OrderedDict

_KNOWN = 8
"""Streams that are remembered."""

LIVE = 1
SIMULATED = 2
PLAYBACK = 3
_NAMES = {LIVE: "live", SIMULATED: "simulated", PLAYBACK: "playback"}


class SourceCheck:
    """Knows of each stream whether it is live, simulated or a recording.

    Parameters
    ----------
    allow_playback : bool
        Whether a recording may drive the robot as well.
    """

    def __init__(self, *, allow_playback: bool) -> None:
        self._allow_playback = allow_playback
        self._sources: OrderedDict[int, int] = OrderedDict()

    def hear(self, stream_id: int, source: int) -> None:
        """Take in the description of a stream, with ``EmgInfo.source``."""
        self._sources[stream_id] = source
        while len(self._sources) > _KNOWN:
            self._sources.popitem(last=False)

    def is_recorded(self, stream_id: int) -> bool:
        """Tell whether a stream is a recording that may drive: its stamps are not of now."""
        return self._allow_playback and self._sources.get(stream_id) == PLAYBACK

    def faults(self, stream_id: int | None) -> list[str]:
        """Return what stands against a stream; nothing against none."""
        if stream_id is None or self._allow_playback:
            return []
        source = self._sources.get(stream_id)
        if source is None:
            return ["emg/info: this stream has not been described"]
        if source in (LIVE, SIMULATED):
            return []
        name = _NAMES.get(source, "unknown")
        return [
            f"emg/info: the source is {name}, must be live or simulated "
            "(or set the parameter allow_playback)"
        ]
