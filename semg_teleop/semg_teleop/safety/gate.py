# SPDX-License-Identifier: Apache-2.0
"""The state machine that every command passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from semg_node.settings import setting
from semg_teleop.command import Command
from semg_teleop.profile.profile import Profile
from semg_teleop.safety.deliberate_act import Verdict
from semg_teleop.safety.limiter import Limiter

BEGINS_WITH_ZERO_S = 0.1
"""How long zero goes out first: one alone might not reach a watchdog, which opens at zero."""


@dataclass(frozen=True)
class GateSettings:
    """Times of the gate."""

    zero_for: float = setting(
        1.0,
        "how long zero goes out after disengaging",
        unit="s",
        minimum=1.0,
        maximum=10.0,
        read_only=True,
    )
    longest_engagement: float = setting(
        60.0,
        "after this the deliberate act is asked for anew: a release that was not recognised must "
        "not drive the robot for ever; 0: never",
        unit="s",
        minimum=1.0,
        maximum=3600.0,
        also=0.0,
        read_only=True,
    )


@dataclass(frozen=True)
class Decision:
    """What the gate says in one cycle.

    Attributes
    ----------
    command : Command or None
        What to send; None: nothing.
    engaged : bool
        Whether commands pass.
    reason : str
        Why not, if they do not: what stopped them last, or what is in the way now.
    changed : bool
        Whether `engaged` is another than in the cycle before.
    """

    command: Command | None
    engaged: bool
    reason: str
    changed: bool


class Gate:
    """Lets commands pass while engaged, and zero otherwise.

    Disengaged at the start. It engages when the deliberate act is complete, nothing is in the
    way and the command is zero; and disengages as soon as anything is in the way or the act
    ends. It never engages by itself again.

    Parameters
    ----------
    profile : Profile
        Outputs and their limits.
    settings : GateSettings
        Times.
    """

    def __init__(self, profile: Profile, settings: GateSettings) -> None:
        self._zero = profile.zero
        self._settings = settings
        self._limiter = Limiter(profile.outputs)
        self._engaged = False
        self._since = 0.0
        self._last = 0.0
        self._zero_until: float | None = None
        self._stopped_by = ""

    @property
    def engaged(self) -> bool:
        """Whether commands pass."""
        return self._engaged

    def step(
        self, now: float, wanted: Command, verdict: Verdict, obstacles: Sequence[str]
    ) -> Decision:
        """Decide about one command.

        Parameters
        ----------
        now : float
            Steady time in s, never less than before.
        wanted : Command
            What the mapping makes of the wearer's intent.
        verdict : Verdict
            What the wearer's act amounts to.
        obstacles : sequence of str
            What is, or was since the last step, in the way of driving the robot.
        """
        if not wanted.is_finite:
            wanted, obstacles = self._zero, [*obstacles, "the mapping gave what is no number"]
        was = self._engaged
        elapsed, self._last = now - self._last, now
        if was:
            if end := self._end(now, verdict, obstacles):
                self._disengage(now, end)
        elif verdict.engages and not obstacles and wanted.is_zero:
            self._engaged = True
            self._since = now
            self._limiter.reset()
        if self._engaged:
            begins = now - self._since < BEGINS_WITH_ZERO_S
            sent = replace(self._zero, texts=wanted.texts) if begins else wanted
            return Decision(self._limiter.limit(sent, elapsed), True, "", not was)
        sends_zero = self._zero_until is not None and now < self._zero_until
        return Decision(
            self._zero if sends_zero else None,
            False,
            self._stopped_by if was else self._hint(wanted, verdict, obstacles),
            was,
        )

    def stop(self, now: float, reason: str, *, anyway: bool = False) -> None:
        """Disengage; send zero for `GateSettings.zero_for` if engaged, or `anyway`."""
        if self._engaged or anyway:
            self._disengage(now, reason)

    def _end(self, now: float, verdict: Verdict, obstacles: Sequence[str]) -> str:
        """Return why the wearer cannot stay engaged; empty if nothing stands against it."""
        if obstacles:
            return obstacles[0]
        if not verdict.keeps:
            return verdict.wish or "released"
        longest = self._settings.longest_engagement
        if longest and now - self._since > longest:
            return f"engaged for {longest:g} s, which is the longest: engage anew"
        return ""

    def _disengage(self, now: float, reason: str) -> None:
        self._engaged = False
        self._stopped_by = reason
        self._zero_until = now + self._settings.zero_for

    def _hint(self, wanted: Command, verdict: Verdict, obstacles: Sequence[str]) -> str:
        if obstacles:
            return obstacles[0]
        if verdict.engages and not wanted.is_zero:
            return "the command is not zero: let the hand rest before engaging"
        if self._stopped_by:
            return f"{self._stopped_by}; {verdict.wish}" if verdict.wish else self._stopped_by
        return verdict.wish
