# SPDX-License-Identifier: Apache-2.0
"""The one error of an import, and how text from a file is shown in it."""

from __future__ import annotations

from semg_node.shown import shown

__all__ = ["CheckpointRefused", "shown"]


class CheckpointRefused(ValueError):
    """A checkpoint cannot be imported. One line says which file, what, and what would fit."""
