# SPDX-License-Identifier: Apache-2.0
"""Simulated wearers drive a simulated robot around a course, with real processes and real DDS."""
