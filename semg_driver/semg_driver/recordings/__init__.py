# SPDX-License-Identifier: Apache-2.0
"""Recordings: reading and writing them."""
