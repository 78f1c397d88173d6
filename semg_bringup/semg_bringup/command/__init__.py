# SPDX-License-Identifier: Apache-2.0
"""The ``semg`` command, one file for each of its sub-commands."""
