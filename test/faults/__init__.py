# SPDX-License-Identifier: Apache-2.0
"""Real faults of real processes, and how soon the robot stands still after them."""
