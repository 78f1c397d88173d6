# SPDX-License-Identifier: Apache-2.0
"""One person: recordings, a bundle of their own, and the errors without and with it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semg_bringup.command.refusal import CommandError

_SEMG = Path(sys.executable).with_name("semg")
_NOTHING_BETTER = "nothing was better than the start"
_OTHER_OCCASION = 500_000
"""Added to a person's seed for the seed of what they do in the test."""


@dataclass(frozen=True)
class Settings:
    """How people are personalised.

    Attributes
    ----------
    bundle : str
        Name or folder of a handwriting bundle.
    minutes, test_minutes : float
        Of writing that the bundle is tuned to, and that it is tested on.
    options : tuple of str
        More for ``semg personalise``.
    """

    bundle: str
    minutes: float
    test_minutes: float
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Personalised:
    """What became of one person.

    Attributes
    ----------
    person : int
        Seed.
    before, after : float
        CER in % of the test recording, by the bundle and by the person's own; the same if
        nothing did better than the bundle on what was kept for validation.
    """

    person: int
    before: float
    after: float

    @property
    def cut(self) -> float:
        """Share of the errors that is gone, in %."""
        return 100.0 * (1.0 - self.after / self.before) if self.before else 0.0


def personalise(person: int, settings: Settings) -> Personalised:
    """Simulate a person on two occasions, tune to the one, test on the other."""
    with tempfile.TemporaryDirectory(prefix="semg-personalisation-") as name:
        folder = Path(name)
        mine, test, tuned = folder / "mine.hdf5", folder / "test.hdf5", folder / "tuned"
        who = ("simulate", "--person", person, "--task", "handwriting")
        _semg(*who, "--minutes", settings.minutes, "--output", mine)
        other = ("--seed", _OTHER_OCCASION + person)
        _semg(*who, "--minutes", settings.test_minutes, *other, "--output", test)
        _semg(
            "personalise", "--bundle", settings.bundle, "--recording", mine, "--output", tuned,
            "--others", 0, "--threads", 1, *settings.options,
        )  # fmt: skip
        before = _cer(settings.bundle, test, folder)
        after = _cer(str(tuned), test, folder) if tuned.exists() else before
        return Personalised(person, before, after)


def _cer(bundle: str, recording: Path, folder: Path) -> float:
    facts = folder / "facts.json"
    _semg("evaluate", "--bundle", bundle, "--data", recording, "--json", facts)
    found: dict[str, Any] = json.loads(facts.read_text("utf-8"))
    return float(found["cer"])


def _semg(*words: object) -> None:
    done = subprocess.run(
        [str(_SEMG), *map(str, words)], capture_output=True, text=True, check=False
    )
    if done.returncode and _NOTHING_BETTER not in done.stdout:
        raise CommandError(f"semg {words[0]} ended with {done.returncode}: {done.stderr.strip()}")
