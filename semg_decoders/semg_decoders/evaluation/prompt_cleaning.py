# SPDX-License-Identifier: Apache-2.0
"""From the text of a prompt to the characters that a handwriting model can write."""

from __future__ import annotations

from collections.abc import Collection

from anyascii import anyascii

BACKSPACE = "⌫"
_WRITTEN_AS = {
    "←": BACKSPACE,
    "→": "_",
    "\n": "⏎",
    "\r": "⏎",
    "—": "-",
}


def clean_prompt(prompt: str, classes: Collection[str]) -> str:
    """Write a prompt in a model's characters.

    Gestures that prompts show as arrows, line ends and long dashes become the characters that
    stand for them. Any other character is transliterated if that makes a single supported one
    (``é`` becomes ``e``, a curly quote a straight one), and dropped if not. A backspace is only
    ever meant by an arrow: a ``⌫`` in a prompt is dropped. Nothing is trimmed.

    Parameters
    ----------
    prompt : str
        As in a recording's table of prompts.
    classes : collection of str
        The characters that the model can write, one each.
    """
    known = frozenset(classes)
    return "".join(_cleaned(character, known) for character in prompt)


def _cleaned(character: str, classes: frozenset[str]) -> str:
    if character in _WRITTEN_AS:
        written = _WRITTEN_AS[character]
    elif character == BACKSPACE:
        return ""
    elif character in classes:
        return character
    else:
        written = anyascii(character)
    return written if written in classes else ""
