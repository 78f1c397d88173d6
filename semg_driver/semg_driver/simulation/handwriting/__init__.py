# SPDX-License-Identifier: Apache-2.0
"""Simulated handwriting: from text over the pen's movement to muscle activity."""
