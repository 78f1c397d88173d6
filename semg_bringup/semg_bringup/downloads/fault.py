# SPDX-License-Identifier: Apache-2.0
"""Why something could not be fetched."""

from __future__ import annotations


class FetchError(Exception):
    """Something cannot be fetched. The message is one line for the user."""


class DiskError(FetchError):
    """The disk is full or cannot be written to; what was fetched is as it should be."""
