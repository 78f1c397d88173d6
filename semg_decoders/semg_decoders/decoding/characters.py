# SPDX-License-Identifier: Apache-2.0
"""The characters that handwriting is decoded into, in the order of a model's outputs."""

from __future__ import annotations

BACKSPACE = "⌫"
ENTER = "⏎"
PINCH = "🤏"
SWIPE = "_"
"""Right swipe, as the class set writes it; prompts write an arrow."""
BLANK = "<blank>"
"""Label of CTC's blank, the last class."""

CHARACTERS = (
    *"abcdefghijklmnopqrstuvwxyz",
    *"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    *"0123456789",
    *"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    BACKSPACE,
    ENTER,
    " ",
    "⇧",
    PINCH,
)
"""Every class but the blank."""
