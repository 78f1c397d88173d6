# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a training that was asked for."""

from __future__ import annotations


class TrainingRefused(Exception):
    """Training cannot begin or end as asked for. The message is one line for the user."""
