# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a recipe."""

from __future__ import annotations


class RecipeError(ValueError):
    """A recipe cannot be used. One line says which file and key, and what would be right."""
