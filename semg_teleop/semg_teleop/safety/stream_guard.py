# SPDX-License-Identifier: Apache-2.0
"""Whether an input can be relied on at this moment."""

from __future__ import annotations

from dataclasses import dataclass

from semg_node.settings import setting


@dataclass(frozen=True)
class InputLimits:
    """How late, and how far from now, an input may be. They can be made stricter, not looser."""

    silence: float = setting(
        0.1,
        "longest time between two messages of gesture/probabilities or wrist/velocity",
        unit="s",
        minimum=0.03,
        maximum=0.1,
        read_only=True,
    )
    oldest_stamp: float = setting(
        0.2, "oldest sample time of an input", unit="s", minimum=0.03, maximum=0.2, read_only=True
    )
    latest_stamp: float = setting(
        0.02,
        "how far in the future a sample time may be",
        unit="s",
        minimum=0.0,
        maximum=0.02,
        read_only=True,
    )


@dataclass(frozen=True)
class Heading:
    """What the gate goes by of a message, whatever it carries.

    Attributes
    ----------
    stream_id, sequence : int
        As in the message.
    age : float
        s from its sample time to its arrival, by ROS time.
    fresh, suspect : bool
        Whether the sender says that it has just started, or that its input was bad.
    finite : bool
        Whether all its numbers are such as there can be.
    """

    stream_id: int
    sequence: int
    age: float
    fresh: bool = False
    suspect: bool = False
    finite: bool = True


class StreamGuard:
    """Follows one input and remembers all that is wrong with it until it is asked.

    Parameters
    ----------
    topic : str
        For the messages.
    limits : InputLimits
        What is too late.
    steady : bool
        Whether it comes all the time, so that silence is a fault too.
    """

    def __init__(self, topic: str, limits: InputLimits, *, steady: bool = True) -> None:
        self._topic = topic
        self._limits = limits
        self._steady = steady
        self.forget()

    def forget(self) -> None:
        """Start as if nothing had ever come."""
        self._arrival: float | None = None
        self._stream_id: int | None = None
        self._sequence = 0
        self._wrong: list[str] = []
        self._lasting: list[str] = []

    @property
    def stream_id(self) -> int | None:
        """Stream of the last message; None before the first."""
        return self._stream_id

    def hear(self, arrival: float, heading: Heading) -> bool:
        """Judge a message.

        Parameters
        ----------
        arrival : float
            Steady time in s.
        heading : Heading
            What there is to judge.

        Returns
        -------
        bool
            Whether there is nothing wrong with it.
        """
        wrong = self._faults_of(heading)
        # The same fault may come with every message until the next cycle.
        self._wrong += [fault for fault in wrong if fault not in self._wrong]
        # What comes all the time stays bad until something good comes.
        self._lasting = wrong if self._steady else []
        self._arrival = arrival
        self._stream_id = heading.stream_id
        self._sequence = heading.sequence
        return not wrong

    def _faults_of(self, heading: Heading) -> list[str]:
        limits, wrong = self._limits, []
        if self._stream_id is not None:
            if heading.stream_id != self._stream_id:
                wrong.append("a new stream began")
            elif heading.sequence != self._sequence + 1:
                wrong.append(_out_of_order(heading.sequence, self._sequence + 1))
        if heading.fresh:
            wrong.append("its sender has just started afresh")
        if heading.suspect:
            wrong.append("its sender calls its own input suspect")
        if not heading.finite:
            wrong.append("it holds values that cannot be")
        if not heading.age <= limits.oldest_stamp:
            wrong.append(
                f"it is {_ms(heading.age)} old, must be at most {_ms(limits.oldest_stamp)}"
            )
        elif heading.age < -limits.latest_stamp:
            wrong.append(
                f"its stamp is {_ms(-heading.age)} in the future, must be at most "
                f"{_ms(limits.latest_stamp)}: do the clocks agree?"
            )
        return wrong

    def faults(self, now: float) -> list[str]:
        """Return what is wrong now, and what was since this was last asked.

        Parameters
        ----------
        now : float
            Steady time in s.
        """
        wrong, self._wrong = self._wrong, []
        wrong += [fault for fault in self._lasting if fault not in wrong]
        if self._steady:
            if self._arrival is None:
                wrong.append("nothing has come yet")
            elif now - self._arrival > self._limits.silence:
                wrong.append(f"silent for more than {_ms(self._limits.silence)}")
        return [f"{self._topic}: {fault}" for fault in wrong]


def _out_of_order(sequence: int, expected: int) -> str:
    if sequence > expected:
        return f"{sequence - expected} messages were lost"
    return "messages come out of order: is there a second publisher?"


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:.0f} ms"
