# SPDX-License-Identifier: Apache-2.0
"""Which gestures a profile may name, and what for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from semg_teleop.profile.fields import Fields
from semg_teleop.profile.profile import GESTURES

_PRESS = "_press"
_RELEASE = "_release"
_LABEL = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True)
class GestureNames:
    """The labels of a decoder.

    Attributes
    ----------
    events : tuple of str
        Every label, such as ``thumb_up`` or ``index_press``.
    """

    events: tuple[str, ...] = GESTURES

    @property
    def held(self) -> tuple[str, ...]:
        """What can be held: ``index`` where there is an ``index_press``."""
        return tuple(
            label.removesuffix(_PRESS)
            for label in self.events
            if label.endswith(_PRESS) and label != _PRESS
        )


def is_decoded(label: str, columns: Iterable[str]) -> bool:
    """Say whether a decoder with such columns gives the events of a label.

    A decoder of held postures has one column for each, and gives ``fist_press`` and
    ``fist_release`` for what it calls ``fist``.
    """
    known = set(columns)
    return label in known or label.removesuffix(_PRESS).removesuffix(_RELEASE) in known


def read_gesture_names(fields: Fields) -> GestureNames:
    """Return the labels under ``gestures``, or those of the default decoder.

    Raises
    ------
    ProfileError
        If they are no list of different names.
    """
    if not fields.has("gestures"):
        return GestureNames()
    labels = fields.texts("gestures")
    if not labels:
        raise fields.wrong("gestures", "must name the labels of the decoder")
    for label in labels:
        if not _LABEL.fullmatch(label):
            raise fields.wrong("gestures", f"'{label}', must be letters, digits and _")
    refuse_repetition(fields, "gestures", labels)
    return GestureNames(labels)


def refuse_repetition(fields: Fields, key: str, names: Iterable[str]) -> None:
    """Refuse a list in which a name stands twice.

    Raises
    ------
    ProfileError
        If one does.
    """
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise fields.wrong(key, f"'{name}' stands there twice")
        seen.add(name)
