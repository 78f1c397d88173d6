# SPDX-License-Identifier: Apache-2.0
"""Recordings of simulated people, as files in the released layout."""
